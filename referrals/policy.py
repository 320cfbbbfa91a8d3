"""Who may do what: one table, and everything that is derived from it.

A rule is one row: a verb, a tie (how a person is connected to the thing), the roles that count, and the stages in
which it holds. A tie knows two directions once: as a condition on the thing, and as a condition on
the people. From the row come

    may she?                 can(actor, verb, obj)      require(actor, verb, obj)
    which ones?              visible_to(actor, Model, *verbs)
    what may she do here?    allowed(actor, obj)        allowed_each(actor, objs)
    who may?                 holders(verb, obj)
    why may she?             explain(actor, verb, obj)

Deny wins: DENIALS are asked first, in their order, and beat every row: where one applies there is nothing to see.
No actor, no permission. `is_superuser` is never looked at.
docs/permissions.md is generated from this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user

from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import LA_ROLES, PARTNER_ROLES, SCHOOL_ROLES, AgencyKind, Role

from .models import BreakGlass, Case, Concern, ConflictOfInterest, Event, Grant, Note, Referral, Restriction
from .models.grant import in_force
from .models.note import Visibility
from .workflow import Noun, Stage, Verb, begins, transition


class Refused(Exception):
    """Visible, but not allowed: says why in a sentence for the person who asked. (403)"""


class Invisible(Refused):
    """As far as this actor is concerned the thing does not exist. (404)"""


# --- ties: how a person is connected to a thing ----------------------------------------------------------------------


@dataclass(frozen=True)
class Tie:
    """`rows(actor, at)`: the things tied to the actor, as a Q under the path prefix `at` (True all, False none).

    `people(obj)`: the memberships tied to the thing, as a Q on Membership. `within`: what the thing belongs to, which
    the actor must be able to read too; `own` is the rest of the condition. Said apart, so that a query that asks for
    several ties within the same thing asks about that thing once.

    `since(actor, at, moment)` and `people_since(obj, moment)`: as `own` and `people`, for something within the thing
    that happened at a moment (the path of a column; a time). Only a tie that reaches no further back than a day has
    them: to everybody else the whole past is open.
    """

    name: str
    says: str
    own: Callable[[Actor, str], Q | bool]
    people: Callable[[Any], Q]
    within: Noun | None = None
    since: Callable[[Actor, str, str], Q | bool] | None = None
    people_since: Callable[[Any, Any], Q] | None = None

    def rows(self, actor: Actor, at: str) -> Q | bool:
        return _within(self.within, self.own(actor, at), actor, at)

    def rows_since(self, actor: Actor, at: str, moment: str) -> Q | bool:
        return self.since(actor, at, moment) if self.since and moment else self.own(actor, at)

    def whom(self, obj: Any, moment: Any = None) -> Q:
        return self.people_since(obj, moment) if self.people_since and moment else self.people(obj)


def _within(noun: Noun | None, own: Q | bool, actor: Actor, at: str) -> Q | bool:
    """`own`, of what stands in the story of a case that the actor reads, from the day that it is open to her."""
    if noun is None or own is False:
        return own
    return _both(own, viewable(actor, noun, f"{at}{noun}__", (Verb.VIEW_STORY,), moment=f"{at}created_at"))


def _la(actor: Actor, at: str = "") -> Q | bool:
    return actor.is_la


def _la_people(obj: Any) -> Q:
    return Q(agency__kind=AgencyKind.LA_ATTENDANCE)


def _sent_to_la(actor: Actor, at: str = "") -> Q | bool:
    return Q(**{f"{at}submitted_at__isnull": False}) if actor.is_la else False


def _sent_to_la_people(referral: Referral) -> Q:
    return _la_people(referral) if referral.submitted_at else NOBODY


def _own_school(actor: Actor, at: str = "") -> Q | bool:
    return Q(**{f"{at}school": actor.agency}) if actor.agency and actor.agency.is_school else False


def _own_school_people(obj: Any) -> Q:
    return Q(agency=obj.school_id) if obj.school_id else NOBODY


def _grants(actor: Actor, at: str, *, joined: bool, shares: str = "", moment: str = "") -> Q | bool:
    if not actor.groups:
        return False
    grants = Grant.everything.filter(
        in_force(timezone.localdate()),
        _sharing(shares, OuterRef(moment) if moment else None),
        content_object=OuterRef(f"{at}pk"),
        group__in=actor.groups,
        joined_at__isnull=not joined,
    )
    return Q(Exists(grants))


def _sharing(section: str, moment: Any) -> Q:
    """Grants that share `section` of their case, of what happened at `moment` (None: whenever)."""
    shared = Q(**{f"shares_{section}": True}) if section else Q()
    return shared & (Q(shares_from__isnull=True) | Q(shares_from__lte=moment)) if moment is not None else shared


def _grant_people(case: Case, *, joined: bool, shares: str = "", moment: Any = None) -> Q:
    groups = Grant.everything.filter(
        in_force(timezone.localdate()), _sharing(shares, moment), content_object=case, joined_at__isnull=not joined
    ).values("group")
    trusts = Agency.objects.open().filter(group__in=groups, trust__isnull=False).values("trust")
    return Q(agency__group__in=groups) | Q(role=Role.TRUST_LEAD, agency__in=trusts)


def _takes_part(actor: Actor, at: str = "") -> Q | bool:
    return _grants(actor, at, joined=True)


def _invited(actor: Actor, at: str = "") -> Q | bool:
    return _grants(actor, at, joined=False)


def _sharing_tie(section: str, says: str) -> Tie:
    """Takes part in the case by a grant that shares this section of it."""
    return Tie(
        f"reads_{section}",
        f"works at an agency that takes part in the case and {says}",
        lambda actor, at: _grants(actor, at, joined=True, shares=section),
        lambda case: _grant_people(case, joined=True, shares=section),
        since=lambda actor, at, moment: _grants(actor, at, joined=True, shares=section, moment=moment),
        people_since=lambda case, moment: _grant_people(case, joined=True, shares=section, moment=moment),
    )


def reads_since(actor: Actor, case: Case, section: str) -> Combinable:
    """From when on the actor reads a section that she may read, as SQL; null: from the beginning.

    Asked of what has no row of its own for each day: marks.
    """
    if actor.is_la or not actor.groups:
        return Value(None, DateTimeField())
    shared = Grant.everything.filter(
        in_force(timezone.localdate()),
        _sharing(section, None),
        content_object=case,
        group__in=actor.groups,
        joined_at__isnull=False,
    )
    return Subquery(shared.order_by(F("shares_from").asc(nulls_first=True)).values("shares_from")[:1])


def _glass(actor: Actor, at: str = "") -> Q | bool:
    if actor.membership is None:
        return False
    return Q(Exists(BreakGlass.objects.in_force().filter(membership=actor.membership, case=OuterRef(f"{at}pk"))))


def _glass_people(case: Case) -> Q:
    return Q(pk__in=BreakGlass.objects.in_force().filter(case=case).values("membership"))


def _any(rows: Iterable[Q | bool]) -> Q | bool:
    """Or, over conditions of which some are already decided."""
    found: Q | None = None
    for condition in rows:
        if isinstance(condition, Q):
            found = found | condition if found is not None else condition
        elif condition:
            return True
    return found if found is not None else False


def _both(one: Q | bool, other: Q | bool) -> Q | bool:
    if one is False or other is False:
        return False
    if one is True:
        return other
    return one if other is True else one & other


def _of_level(level: str, own: Callable[[Actor, str], Q | bool]) -> Callable[[Actor, str], Q | bool]:
    """Notes of `level` that are the actor's by `own`."""

    def rows(actor: Actor, at: str = "") -> Q | bool:
        return _both(Q(**{f"{at}visibility": level}), own(actor, at))

    return rows


def _case_people_and(level: str, own: Callable[[Note], Q]) -> Callable[[Note], Q]:
    def people(note: Note) -> Q:
        if note.visibility != level:
            return NOBODY
        return people_who(Verb.VIEW_STORY, note.case, moment=note.created_at) & own(note)

    return people


def _own_agency_note(actor: Actor, at: str = "") -> Q | bool:
    return Q(**{f"{at}agency": actor.agency}) if actor.agency else False


def _named_in_note(actor: Actor, at: str = "") -> Q | bool:
    if not actor.user:
        return False
    readers = Note.readers.through.objects.filter(note=OuterRef(f"{at}pk"), user=actor.user)
    return Q(**{f"{at}author": actor.user}) | Q(Exists(readers))


def _event_rows(actor: Actor, at: str = "") -> Q | bool:
    """Events of what the actor may read: of a case its story, from the day it is open to her; of a note, the note.

    What is kept to the attendance team (a restriction, a conflict) is for nobody else, however much of it she reads.
    """
    of_note = _both(Q(**{f"{at}note__isnull": False}), viewable(actor, Noun.NOTE, f"{at}note__"))
    of_case = viewable(actor, Noun.CASE, f"{at}case__", (Verb.VIEW_STORY,), moment=f"{at}at")
    of_thing = _any(
        _both(Q(**{f"{at}{noun}__isnull": False}), condition)
        for noun, condition in (
            (Noun.CASE, of_case),
            (Noun.REFERRAL, viewable(actor, Noun.REFERRAL, f"{at}referral__")),
            (Noun.CONCERN, viewable(actor, Noun.CONCERN, f"{at}concern__")),
        )
    )
    told = _any([of_note, _both(Q(**{f"{at}note__isnull": True}), of_thing)])
    return told if actor.is_la else _both(Q(**{f"{at}kept": False}), told)


def _event_people(event: Event) -> Q:
    if event.note_id:
        return people_who(Verb.VIEW, event.note)
    found = people_who(Verb.VIEW_STORY, event.case, moment=event.at) if event.case else NOBODY
    for thing in (event.referral, event.concern):
        if thing is not None:
            found |= people_who(Verb.VIEW, thing)
    return found & _la_people(event) if event.kept else found


NOBODY = Q(pk__in=())
EVERYBODY = Q()

LA_TEAM = Tie("la_team", "is in the council's attendance team", _la, _la_people)
SENT_TO_LA = Tie(
    "sent_to_la", "is in the attendance team, and the referral has been sent", _sent_to_la, _sent_to_la_people
)
OWN_SCHOOL = Tie("own_school", "works at the school", _own_school, _own_school_people)
TAKES_PART = Tie(
    "takes_part", "works at an agency that takes part in the case", _takes_part, lambda c: _grant_people(c, joined=True)
)
INVITED = Tie(
    "invited", "works at an agency that is invited to the case", _invited, lambda c: _grant_people(c, joined=False)
)
READS_STORY = _sharing_tie("story", "reads its timeline, from the day on which it is shared")
READS_ATTENDANCE = _sharing_tie("attendance", "reads its attendance")
READS_PEOPLE = _sharing_tie("people", "reads who is around the child")
READS_TOLD = _sharing_tie("told", "reads what the referral said")
BROKE_GLASS = Tie("broke_glass", "opened the case in an emergency, at most an hour ago", _glass, _glass_people)
ON_THE_CASE = Tie(
    "on_the_case",
    "may read the timeline of the case, and the note is for everyone on it",
    _of_level(Visibility.CASE, lambda actor, at: True),
    _case_people_and(Visibility.CASE, lambda note: EVERYBODY),
    within=Noun.CASE,
)
OWN_ORGANISATION = Tie(
    "own_organisation",
    "may read the timeline of the case, and the note is their own organisation's",
    _of_level(Visibility.AGENCY, _own_agency_note),
    _case_people_and(Visibility.AGENCY, lambda note: Q(agency=note.agency_id)),
    within=Noun.CASE,
)
CHOSEN = Tie(
    "chosen",
    "may read the timeline of the case, and wrote the note or was chosen to read it",
    _of_level(Visibility.NAMED, _named_in_note),
    _case_people_and(
        Visibility.NAMED,
        lambda note: Q(user=note.author_id) | Q(user__in=note.readers.through.objects.filter(note=note).values("user")),
    ),
    within=Noun.CASE,
)
KEPT_TO_OTHERS = Tie(
    "kept_to_others",
    "opened the case in an emergency, and the note is for chosen people",
    _of_level(Visibility.NAMED, lambda actor, at: True),
    _case_people_and(Visibility.NAMED, lambda note: EVERYBODY),
    within=Noun.CASE,
)
SEES_WHAT_IT_IS_ABOUT = Tie("sees_it", "may see what the event is about", _event_rows, _event_people)
ROLE_ALONE = Tie("role_alone", "holds the role", lambda actor, at: True, lambda obj: EVERYBODY)
ANYBODY = Tie(
    "anybody", "is anybody at all, without an account", lambda actor, at: actor.name == "public", lambda obj: NOBODY
)
MACHINE = Tie(
    "machine",
    "is the system itself",
    lambda actor, at: actor.membership is None and actor.name == "worker",
    lambda obj: NOBODY,
)


# --- the table -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    noun: Noun
    verb: Verb
    tie: Tie
    roles: frozenset[str]
    stages: frozenset[Stage] = frozenset()  # empty: whatever the stage
    why: str = ""


EVERY_ROLE = frozenset(Role.values)
DUTY = frozenset({Role.LA_DUTY, Role.LA_MANAGER})
PARTICIPANTS = SCHOOL_ROLES | PARTNER_ROLES
NO_ROLE = frozenset({""})  # machines and the public hold no role
IN_AN_EMERGENCY = PARTICIPANTS | {Role.DPO}
OVERSIGHT = frozenset({Role.LA_MANAGER, Role.DPO})
READERS = PARTICIPANTS | {Role.TRUST_LEAD}


ABOUT_HERSELF = "About oneself; a manager may declare it about anybody."
NEVER_HERSELF = "Somebody with a conflict sees nothing of the child, and so can never lift it."
TWO_PEOPLE = "Never by the person who asked that it ends."


def _rows(noun: Noun, *rows: tuple) -> list[Rule]:
    """Rules of `noun`. The stages of a transition are the workflow's own, so the two tables cannot disagree."""
    made = []
    for verb, tie, roles, *why in rows:
        move = transition(noun, verb)
        made.append(Rule(noun, verb, tie, frozenset(roles), move.before if move else frozenset(), *why))
    return made


RULES: tuple[Rule, ...] = (
    *_rows(
        Noun.CONCERN,
        (Verb.RAISE, ANYBODY, NO_ROLE, "No account is needed to ask for help."),
        (Verb.VIEW, LA_TEAM, LA_ROLES),
        (Verb.REVIEW, LA_TEAM, DUTY),
        (Verb.CONTACT, LA_TEAM, LA_ROLES),
        (Verb.ACCEPT, LA_TEAM, DUTY),
        (Verb.DECLINE, LA_TEAM, DUTY),
        (Verb.DECLARE_CONFLICT, LA_TEAM, LA_ROLES, ABOUT_HERSELF),
        (Verb.LIFT_CONFLICT, LA_TEAM, {Role.LA_MANAGER}, NEVER_HERSELF),
    ),
    *_rows(
        Noun.REFERRAL,
        (Verb.START, ROLE_ALONE, SCHOOL_ROLES),
        (Verb.VIEW, OWN_SCHOOL, SCHOOL_ROLES, "Colleagues of the same school can continue each other's drafts."),
        (Verb.VIEW, SENT_TO_LA, LA_ROLES, "A draft is the school's own until it is sent."),
        (Verb.EDIT, OWN_SCHOOL, SCHOOL_ROLES),
        (Verb.SUBMIT, OWN_SCHOOL, SCHOOL_ROLES),
        (Verb.WITHDRAW, OWN_SCHOOL, SCHOOL_ROLES),
        (Verb.ACCEPT, SENT_TO_LA, DUTY, "A school cannot accept its own referral."),
        (Verb.RETURN, SENT_TO_LA, DUTY),
        (Verb.DECLINE, SENT_TO_LA, DUTY),
        (Verb.DECLARE_CONFLICT, OWN_SCHOOL, SCHOOL_ROLES, ABOUT_HERSELF),
        (Verb.DECLARE_CONFLICT, SENT_TO_LA, LA_ROLES, ABOUT_HERSELF),
        (Verb.LIFT_CONFLICT, SENT_TO_LA, {Role.LA_MANAGER}, NEVER_HERSELF),
    ),
    *_rows(
        Noun.CASE,
        (Verb.OPEN, LA_TEAM, DUTY, "A case opens when a concern or a referral is accepted."),
        (Verb.VIEW, LA_TEAM, LA_ROLES),
        (Verb.VIEW, TAKES_PART, READERS),
        (Verb.VIEW, BROKE_GLASS, IN_AN_EMERGENCY, "With a reason, and somebody else is told at once."),
        (Verb.VIEW_STORY, LA_TEAM, LA_ROLES),
        (Verb.VIEW_STORY, READS_STORY, READERS),
        (Verb.VIEW_STORY, BROKE_GLASS, IN_AN_EMERGENCY),
        (Verb.VIEW_ATTENDANCE, LA_TEAM, LA_ROLES),
        (Verb.VIEW_ATTENDANCE, READS_ATTENDANCE, READERS),
        (Verb.VIEW_ATTENDANCE, BROKE_GLASS, IN_AN_EMERGENCY),
        (Verb.VIEW_PEOPLE, LA_TEAM, LA_ROLES),
        (Verb.VIEW_PEOPLE, READS_PEOPLE, READERS),
        (Verb.VIEW_PEOPLE, BROKE_GLASS, IN_AN_EMERGENCY),
        (Verb.VIEW_TOLD, LA_TEAM, LA_ROLES),
        (Verb.VIEW_TOLD, READS_TOLD, READERS),
        (Verb.VIEW_TOLD, BROKE_GLASS, IN_AN_EMERGENCY),
        (Verb.VIEW_CONTACT, LA_TEAM, LA_ROLES),
        (Verb.VIEW_CONTACT, READS_PEOPLE, PARTICIPANTS, "Only whoever works with the family needs to reach it."),
        (Verb.REVEAL, LA_TEAM, LA_ROLES, "A protected detail is masked for everybody until somebody says why."),
        (Verb.REVEAL, READS_PEOPLE, PARTICIPANTS, "One detail at a time, with a reason that is kept."),
        (Verb.VIEW_UPN, LA_TEAM, LA_ROLES),
        (Verb.VIEW_UPN, TAKES_PART, SCHOOL_ROLES, "A UPN belongs to the school-age education context only."),
        (Verb.INVITE, LA_TEAM, LA_ROLES),
        (Verb.JOIN, INVITED, PARTICIPANTS),
        (Verb.REFUSE, INVITED, PARTICIPANTS),
        (Verb.REMOVE, LA_TEAM, LA_ROLES),
        (Verb.EXPIRE, MACHINE, NO_ROLE, "An end date is kept by the system, not by memory."),
        (Verb.SHARE, LA_TEAM, LA_ROLES),
        (Verb.ASSIGN, LA_TEAM, DUTY),
        (Verb.ADD_NOTE, LA_TEAM, LA_ROLES),
        (Verb.ADD_NOTE, READS_STORY, PARTICIPANTS, "A note stands in the timeline."),
        (Verb.ADD_MARKS, LA_TEAM, LA_ROLES),
        (Verb.ADD_MARKS, READS_ATTENDANCE, {Role.SCHOOL_STAFF, Role.AP_PROVIDER}),
        (Verb.CLOSE, LA_TEAM, {Role.LA_OFFICER, Role.LA_MANAGER}),
        (Verb.REOPEN, LA_TEAM, {Role.LA_OFFICER, Role.LA_MANAGER}),
        (Verb.RESTRICT, LA_TEAM, LA_ROLES, "Whoever hears of the danger sets it at once."),
        (Verb.RESTRICT, TAKES_PART, {Role.DSL}, "The school is often the first to hear of it."),
        (Verb.ASK_TO_LIFT, LA_TEAM, LA_ROLES),
        (Verb.ASK_TO_LIFT, TAKES_PART, {Role.DSL}),
        (Verb.LIFT, LA_TEAM, LA_ROLES, TWO_PEOPLE),
        (Verb.LIFT, TAKES_PART, {Role.DSL}, TWO_PEOPLE),
        (Verb.DECLARE_CONFLICT, LA_TEAM, LA_ROLES, ABOUT_HERSELF),
        (Verb.DECLARE_CONFLICT, TAKES_PART, READERS, ABOUT_HERSELF),
        (Verb.LIFT_CONFLICT, LA_TEAM, {Role.LA_MANAGER}, NEVER_HERSELF),
        (
            Verb.BREAK_GLASS,
            ROLE_ALONE,
            IN_AN_EMERGENCY,
            "One case, for an hour at most. Never against a conflict of interest or a restriction.",
        ),
        (Verb.END_BREAK_GLASS, BROKE_GLASS, IN_AN_EMERGENCY),
        (Verb.END_BREAK_GLASS, LA_TEAM, {Role.LA_MANAGER}, "Whoever is told of it can stop it."),
        (Verb.END_BREAK_GLASS, MACHINE, NO_ROLE, "After an hour it ends by itself."),
        (Verb.REVIEW_BREAK_GLASS, ROLE_ALONE, OVERSIGHT, "Without seeing the case, and never one’s own."),
        (Verb.EXPLAIN, ROLE_ALONE, OVERSIGHT, "Who can see a child and why, without seeing the case."),
    ),
    *_rows(
        Noun.NOTE,
        (Verb.VIEW, ON_THE_CASE, READERS | LA_ROLES | IN_AN_EMERGENCY),
        (Verb.VIEW, OWN_ORGANISATION, READERS | LA_ROLES),
        (Verb.VIEW, CHOSEN, READERS | LA_ROLES),
        (Verb.VIEW, KEPT_TO_OTHERS, {Role.DPO}, "In an emergency alone, which somebody else reviews."),
    ),
    *_rows(Noun.EVENT, (Verb.VIEW, SEES_WHAT_IT_IS_ABOUT, READERS | LA_ROLES | IN_AN_EMERGENCY)),
    *_rows(
        Noun.COUNTY,
        (
            Verb.VIEW_ACTIVITY,
            ROLE_ALONE,
            {Role.LA_MANAGER, Role.DPO},
            "What was done and by whom; never what was written.",
        ),
        (Verb.VIEW_PERMISSIONS, ROLE_ALONE, EVERY_ROLE - {Role.EDITOR}),
        (Verb.MANAGE_PEOPLE, ROLE_ALONE, {Role.LA_MANAGER}, "Who works where, and as what; never her own access."),
        (Verb.MANAGE_OWN_PEOPLE, ROLE_ALONE, {Role.HEAD}, "Of the own school only; never her own access."),
        (Verb.CLOSE_AGENCY, ROLE_ALONE, {Role.LA_MANAGER}),
    ),
)

MODELS: dict[Noun, type[Model]] = {
    Noun.CONCERN: Concern,
    Noun.REFERRAL: Referral,
    Noun.CASE: Case,
    Noun.NOTE: Note,
    Noun.EVENT: Event,
}


# --- denials: asked first, in this order, and beating every rule -----------------------------------------------------


@dataclass(frozen=True)
class Denial:
    """`spares(actor, noun, at)`: holds of the things of `noun` (under path prefix `at`) that it keeps from her *not*.

    `people(obj)`: the memberships that it keeps from the thing, as a Q on Membership. `says` ends "nobody may do
    anything once …".
    """

    name: str
    says: str
    spares: Callable[[Actor, Noun, str], Q | bool]
    people: Callable[[Any], Q]


def _still_a_member(actor: Actor, noun: Noun, at: str) -> Q | bool:
    """Asked of the database each time: a socket, or a page, may have been open for hours."""
    if actor.membership is None:
        return True
    return Q(Exists(Membership.objects.current().filter(pk=actor.membership.pk)))


def _child_path(noun: Noun, at: str) -> str:
    """From a thing to its child; a concern or a referral has one once it is accepted (before, see `_not_likely`)."""
    return f"{at}child" if noun is Noun.CASE else f"{at}case__child"


def _child_of(obj: Any) -> Any:
    """The child, or the one that an arrival is probably about."""
    case = obj if noun_of(obj) is Noun.CASE else obj.case
    return case.child_id if case else obj.likely_id


def _not_likely(noun: Noun, at: str, children: QuerySet) -> Q | bool:
    """Nor does what arrives show itself to whom the child is kept from that it is probably about."""
    return True if noun is Noun.CASE else _not_in(f"{at}likely", children)


def _not_in(path: str, numbers: QuerySet) -> Q:
    """The things whose `path` is not among `numbers`: a small set that is worked out once, however many the things."""
    return ~Q(**{f"{path}__in": numbers})


# Nouns that a denial is about; whatever stands below them is denied with them.
DENIED = frozenset({Noun.CONCERN, Noun.REFERRAL, Noun.CASE})


def _without_conflict(actor: Actor, noun: Noun, at: str) -> Q | bool:
    if actor.user is None or noun not in DENIED:
        return True
    hers = ConflictOfInterest.objects.in_force().filter(user=actor.user)
    children = hers.filter(child__isnull=False).values("child")
    of_child = _both(_not_in(_child_path(noun, at), children), _not_likely(noun, at, children))
    if noun is Noun.CASE:
        return of_child
    return _both(of_child, _not_in(f"{at}pk", hers.filter(**{f"{noun}__isnull": False}).values(noun)))


def _conflicted(obj: Any) -> Q:
    noun = noun_of(obj)
    if noun not in DENIED:
        return NOBODY
    about = Q(child=_child_of(obj), child__isnull=False)
    if noun is not Noun.CASE:
        about |= Q(**{noun: obj.pk})
    return Q(user__in=ConflictOfInterest.objects.in_force().filter(about).values("user"))


def _unrestricted(actor: Actor, noun: Noun, at: str) -> Q | bool:
    if actor.user is None or noun not in DENIED:
        return True
    from_her = Restriction.objects.in_force().filter(from_user=actor.user).values("child")
    return _both(_not_in(_child_path(noun, at), from_her), _not_likely(noun, at, from_her))


def _restricted(obj: Any) -> Q:
    if noun_of(obj) not in DENIED or _child_of(obj) is None:
        return NOBODY
    from_them = Restriction.objects.in_force().filter(child=_child_of(obj), from_user__isnull=False)
    return Q(user__in=from_them.values("from_user"))


ACCOUNT_STATE = Denial(
    "account_state",
    "the account, the membership or the agency is no longer current",
    _still_a_member,
    lambda obj: NOBODY,  # that a membership is current is asked beside
)
CONFLICT = Denial(
    "conflict_of_interest",
    "they have, or a manager has, declared a conflict of interest with the child",
    _without_conflict,
    _conflicted,
)
RESTRICTION = Denial(
    "restriction",
    "they are the adult from whom something about the child is protected",
    _unrestricted,
    _restricted,
)
DENIALS: tuple[Denial, ...] = (ACCOUNT_STATE, CONFLICT, RESTRICTION)
OF_THINGS = DENIALS[1:]  # about this child, not about the account


def not_denied(actor: Actor, noun: Noun, at: str = "") -> Q | bool:
    """The condition, under path prefix `at`, on things of `noun` that no denial keeps from the actor.

    Where `at` leads over an empty foreign key nothing is denied.
    """
    condition: Q | bool = True
    for denial in OF_THINGS:
        condition = _both(condition, denial.spares(actor, noun, at))
    return condition


def denied_cases(actor: Actor) -> QuerySet[Case]:
    """The cases that a denial keeps from the actor: few or none."""
    condition = not_denied(actor, Noun.CASE)
    return Case.objects.filter(~condition) if isinstance(condition, Q) else Case.objects.none()


# --- what is derived -------------------------------------------------------------------------------------------------

M = TypeVar("M", bound=Model)
# What may be done with a case one cannot see. It is no button, and never shows that there is such a case: whoever may
# do nothing else with it is answered, wherever she asks for the case itself, as if it were not there.
UNSEEN: frozenset[Verb] = frozenset({Verb.BREAK_GLASS, Verb.REVIEW_BREAK_GLASS, Verb.EXPLAIN})
DOING: frozenset[Verb] = frozenset(Verb) - UNSEEN


def noun_of(thing: Any) -> Noun:
    """The noun of an object, of its model, or the noun itself."""
    return thing if isinstance(thing, Noun) else thing.NOUN


def rules_of(noun: Noun, verbs: Iterable[Verb] = DOING, role: str | None = None) -> list[Rule]:
    return [r for r in RULES if r.noun is noun and r.verb in verbs and (role is None or role in r.roles)]


def viewable(
    actor: Actor | None, noun: Noun, at: str = "", verbs: Iterable[Verb] = (Verb.VIEW,), moment: str = ""
) -> Q | bool:
    """The condition, under path prefix `at`, on things of `noun` on which the actor may do any of `verbs`.

    What a denial keeps from her is not among them. `moment`: the path of the time at which something within the thing
    happened, for ties that reach no further back than a day.
    """
    if actor is None:
        return False
    condition = _by_rules(actor, noun, at, verbs, moment)
    return False if condition is False else _both(condition, not_denied(actor, noun, at))


def _by_rules(actor: Actor, noun: Noun, at: str, verbs: Iterable[Verb], moment: str = "") -> Q | bool:
    conditions: dict[Noun | None, list[Q | bool]] = {}
    for rule in rules_of(noun, verbs, actor.role):
        in_stage = Q(**{f"{at}stage__in": sorted(rule.stages)}) if rule.stages else True
        tied = rule.tie.rows_since(actor, at, moment)
        conditions.setdefault(rule.tie.within, []).append(_both(tied, in_stage))
    return _any(_within(within, _any(own), actor, at) for within, own in conditions.items())


def visible_to(actor: Actor | None, model: type[M], *verbs: Verb) -> QuerySet[M]:
    """The rows of `model` on which the actor may do any of `verbs` (by default: view). The truth of every list."""
    condition = viewable(actor, model.NOUN, verbs=verbs or (Verb.VIEW,))  # type: ignore[attr-defined]
    condition = _both(condition, _still_a_member(actor, model.NOUN, "")) if actor else False  # type: ignore[attr-defined]
    if condition is False:
        return model._default_manager.none()
    return model._default_manager.all() if condition is True else model._default_manager.filter(condition)


def allowed_each(actor: Actor | None, objs: Iterable[Any]) -> dict[Any, frozenset[Verb]]:
    """`{pk: verbs}` for things of one noun, in one query however many they are."""
    found = list(objs)
    if actor is None or not found:
        return {obj.pk: frozenset() for obj in found}
    noun = noun_of(found[0])
    candidates = [r for r in rules_of(noun, role=actor.role) if not begins(noun, r.verb)]
    ties = {rule.tie.name: rule.tie.rows(actor, "") for rule in candidates}
    spared = _both(_still_a_member(actor, noun, ""), not_denied(actor, noun))
    asked = {name: q for name, q in {**ties, "spared": spared}.items() if isinstance(q, Q)}
    rows = {
        row["pk"]: row
        for row in MODELS[noun]
        ._default_manager.filter(pk__in=[obj.pk for obj in found])
        .annotate(**{f"tie_{name}": ExpressionWrapper(q, output_field=BooleanField()) for name, q in asked.items()})
        .values("pk", *(f"tie_{name}" for name in asked))
    }

    def verbs_on(obj: Any) -> frozenset[Verb]:
        row = rows.get(obj.pk, {})
        if not row or not row.get("tie_spared", spared):
            return frozenset()
        held = [
            rule
            for rule in candidates
            if row.get(f"tie_{rule.tie.name}", ties[rule.tie.name]) and (not rule.stages or obj.stage in rule.stages)
        ]
        through = [rule.tie.name for rule in held if rule.verb is Verb.VIEW] or [rule.tie.name for rule in held]
        obj.through = tuple(dict.fromkeys(through))  # for the audit trail: what let her in
        return frozenset(rule.verb for rule in held)

    return {obj.pk: verbs_on(obj) for obj in found}


def allowed(actor: Actor | None, obj: Any) -> frozenset[Verb]:
    """What the actor may do with `obj` as it stands in memory: the buttons of its page, the API's `allowed_actions`."""
    return allowed_each(actor, [obj])[obj.pk]


def can(actor: Actor | None, verb: Verb, thing: Any) -> bool:
    """May she? `thing` is an object, or a noun for what begins one (to raise, to start) and for the county's pages."""
    if isinstance(thing, Noun):
        return actor is not None and _by_rules(actor, thing, "", (verb,)) is True and _is_member_now(actor)
    if verb in UNSEEN:
        return visible_to(actor, type(thing), verb).filter(pk=thing.pk).exists()
    return verb in allowed(actor, thing)


def _is_member_now(actor: Actor) -> bool:
    if actor.membership is None:
        return True
    return Membership.objects.current().filter(pk=actor.membership.pk).exists()


def require(actor: Actor | None, verb: Verb, thing: Any) -> frozenset[Verb]:
    """All the actor may do with `thing`, `verb` among it; else raises Invisible, or Refused with a sentence."""
    if isinstance(thing, Noun):
        if not can(actor, verb, thing):
            raise Refused(f"You cannot {say(verb)} here. Ask your manager if you think you should be able to.")
        return frozenset({verb})
    verbs = frozenset({verb}) & UNSEEN if verb in UNSEEN and can(actor, verb, thing) else allowed(actor, thing)
    if verb in verbs:
        return verbs
    if not verbs or verb in UNSEEN:
        raise Invisible(f"There is no such {noun_of(thing)}.")
    in_another_stage = any(r.stages and thing.stage not in r.stages for r in rules_of(thing.NOUN, {verb}, actor.role))
    if in_another_stage:
        raise Refused(f"You cannot {say(verb)} this {thing.NOUN} now: it is {thing.get_stage_display().lower()}.")
    raise Refused(
        f"You can see this {thing.NOUN}, but you cannot {say(verb)} it. Ask the attendance team if you need to."
    )


def may_ever(actor: Actor | None, verb: Verb, noun: Noun) -> bool:
    """Whether somebody of her role could do `verb` with some `noun`: the door of the verb's page, a link to it."""
    return actor is not None and bool(rules_of(noun, {verb}, actor.role)) and _is_member_now(actor)


def require_ever(actor: Actor | None, verb: Verb, noun: Noun) -> None:
    if not may_ever(actor, verb, noun):
        raise Refused(f"You cannot {say(verb)} a {noun}. Ask your manager if you think you should be able to.")


def say(verb: Verb) -> str:
    """The verb in a sentence: "you cannot … it"."""
    return SAYS.get(verb, verb.replace("_", " "))


SAYS = {
    Verb.VIEW_UPN: "see the UPN of",
    Verb.VIEW_STORY: "read the timeline of",
    Verb.VIEW_ATTENDANCE: "see the attendance of",
    Verb.VIEW_PEOPLE: "see the people of",
    Verb.VIEW_TOLD: "read what the referral said of",
    Verb.VIEW_CONTACT: "see how to reach the people of",
    Verb.SHARE: "change what is shared of",
    Verb.RESTRICT: "set a restriction on",
    Verb.ASK_TO_LIFT: "ask to lift a restriction on",
    Verb.LIFT: "lift a restriction on",
    Verb.REVEAL: "reveal a protected detail of",
    Verb.DECLARE_CONFLICT: "declare a conflict of interest with",
    Verb.LIFT_CONFLICT: "lift a conflict of interest with",
    Verb.BREAK_GLASS: "use emergency access to",
    Verb.END_BREAK_GLASS: "end the emergency access to",
    Verb.REVIEW_BREAK_GLASS: "review the emergency access to",
    Verb.EXPLAIN: "ask who can see",
}


def people_who(verb: Verb, obj: Any, moment: Any = None) -> Q:
    """The memberships that may do `verb` with `obj`, as a Q on Membership (that they are current is asked beside).

    `moment`: when something within `obj` happened, for ties that reach no further back than a day.
    """
    found = NOBODY
    for rule in rules_of(noun_of(obj), {verb}):
        if not rule.stages or obj.stage in rule.stages:
            found |= Q(role__in=sorted(rule.roles)) & rule.tie.whom(obj, moment)
    for denial in OF_THINGS:
        kept_out = denial.people(obj)
        if kept_out is not NOBODY:
            found &= ~kept_out
    return found


def holders(verb: Verb, obj: Any) -> QuerySet[User]:
    """The people who may do `verb` with `obj`: the audience of a message, "who can see this?"."""
    return User.objects.filter(pk__in=members_who(verb, obj).values("user"))


def members_who(verb: Verb, obj: Any) -> QuerySet[Membership]:
    """The memberships by which people may do `verb` with `obj` now."""
    return Membership.objects.current().filter(people_who(verb, obj))


@dataclass(frozen=True)
class Explanation:
    """Why an actor may, or may not: sentences for the person who asks who can see a child and why."""

    allowed: bool
    because: tuple[str, ...]


def explain(actor: Actor | None, verb: Verb, obj: Any) -> Explanation:
    if actor is None:
        return Explanation(False, ("has no current membership of any agency",))
    if not _is_member_now(actor):
        return Explanation(False, (ACCOUNT_STATE.says,))
    noun = noun_of(obj)
    if denial := _first_denial(actor, obj):
        return Explanation(False, (denial.says,))
    held = []
    for rule in rules_of(noun, {verb}, actor.role):
        rows = rule.tie.rows(actor, "")
        tied = rows if isinstance(rows, bool) else MODELS[noun]._default_manager.filter(rows, pk=obj.pk).exists()
        if tied and (not rule.stages or obj.stage in rule.stages):
            held.append(
                f"{actor.membership.get_role_display() if actor.membership else actor.name}, who {rule.tie.says}"
            )
    if held:
        return Explanation(True, tuple(held))
    who = f"the role {Role(actor.role).label}" if actor.role in EVERY_ROLE else actor.name
    return Explanation(False, (f"no rule lets {who} {say(verb)} this {noun} as it is",))


def _first_denial(actor: Actor, obj: Any) -> Denial | None:
    """The denial that keeps the thing, or what it stands below, from the actor."""
    if obj.pk is None:
        return None
    for denial in OF_THINGS:
        for thing in _above(obj):
            spares = denial.spares(actor, noun_of(thing), "")
            if isinstance(spares, Q) and not type(thing)._default_manager.filter(spares, pk=thing.pk).exists():
                return denial
    return None


def _above(obj: Any) -> list[Any]:
    """The thing, or the case, referral and concern that a note or an event is about."""
    if noun_of(obj) in DENIED:
        return [obj]
    found = [getattr(obj, noun, None) for noun in (Noun.CASE, Noun.REFERRAL, Noun.CONCERN)]
    return [thing for thing in found if thing is not None]


def guardian_cases(actor: Actor) -> QuerySet[Case]:
    """The cases django-guardian itself says the person's agencies take part in: the one wrapper round its list call.

    A model-level permission, or being a superuser, opens nothing. The policy adds roles, denials and the attendance
    team's own rule to it; tests/laws holds the two to the same answer for everybody who comes in by a grant.
    """
    return get_objects_for_user(
        actor.user, "view_case", Case, accept_global_perms=False, with_superuser=False, use_groups=True
    )
