"""Who may do what: one table, and everything that is derived from it.

A rule is one row: a verb, a tie (how a person is connected to the thing), the roles that count, and the stages in
which it holds. A tie knows two directions once: as a condition on the thing, and as a condition on
the people. From the row come

    may she?                 can(actor, verb, obj)      require(actor, verb, obj)
    which ones?              visible_to(actor, Model, *verbs)
    what may she do here?    allowed(actor, obj)        allowed_each(actor, objs)
    who may?                 holders(verb, obj)
    why may she?             explain(actor, verb, obj)

Deny wins: DENIALS are asked first and beat every row. No actor, no permission. `is_superuser` is never looked at.
docs/permissions.md is generated from this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user

from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.roles import LA_ROLES, PARTNER_ROLES, SCHOOL_ROLES, AgencyKind, Role

from .models import Case, Concern, Event, Grant, Note, Referral
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
    the actor must be able to view too; `own` is the rest of the condition. Said apart, so that a query that asks for
    several ties within the same thing asks about that thing once.
    """

    name: str
    says: str
    own: Callable[[Actor, str], Q | bool]
    people: Callable[[Any], Q]
    within: Noun | None = None

    def rows(self, actor: Actor, at: str) -> Q | bool:
        return _within(self.within, self.own(actor, at), actor, at)


def _within(noun: Noun | None, own: Q | bool, actor: Actor, at: str) -> Q | bool:
    return own if noun is None or own is False else _both(own, viewable(actor, noun, f"{at}{noun}__"))


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


def _grants(actor: Actor, at: str, *, joined: bool) -> Q | bool:
    if not actor.groups:
        return False
    grants = Grant.everything.filter(
        in_force(timezone.localdate()),
        content_object=OuterRef(f"{at}pk"),
        group__in=actor.groups,
        joined_at__isnull=not joined,
    )
    return Q(Exists(grants))


def _grant_people(case: Case, *, joined: bool) -> Q:
    groups = Grant.everything.filter(
        in_force(timezone.localdate()), content_object=case, joined_at__isnull=not joined
    ).values("group")
    trusts = Agency.objects.open().filter(group__in=groups, trust__isnull=False).values("trust")
    return Q(agency__group__in=groups) | Q(role=Role.TRUST_LEAD, agency__in=trusts)


def _takes_part(actor: Actor, at: str = "") -> Q | bool:
    return _grants(actor, at, joined=True)


def _invited(actor: Actor, at: str = "") -> Q | bool:
    return _grants(actor, at, joined=False)


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
        return people_who(Verb.VIEW, note.case) & own(note) if note.visibility == level else NOBODY

    return people


def _own_agency_note(actor: Actor, at: str = "") -> Q | bool:
    return Q(**{f"{at}agency": actor.agency}) if actor.agency else False


def _named_in_note(actor: Actor, at: str = "") -> Q | bool:
    if not actor.user:
        return False
    readers = Note.readers.through.objects.filter(note=OuterRef(f"{at}pk"), user=actor.user)
    return Q(**{f"{at}author": actor.user}) | Q(Exists(readers))


def _event_rows(actor: Actor, at: str = "") -> Q | bool:
    """Events of what the actor may view; an event of a note only with the note itself."""
    of_note = _both(Q(**{f"{at}note__isnull": False}), viewable(actor, Noun.NOTE, f"{at}note__"))
    of_thing = _any(
        _both(Q(**{f"{at}{noun}__isnull": False}), viewable(actor, noun, f"{at}{noun}__"))
        for noun in (Noun.CASE, Noun.REFERRAL, Noun.CONCERN)
    )
    return _any([of_note, _both(Q(**{f"{at}note__isnull": True}), of_thing)])


def _event_people(event: Event) -> Q:
    if event.note_id:
        return people_who(Verb.VIEW, event.note)
    found = NOBODY
    for thing in (event.case, event.referral, event.concern):
        if thing is not None:
            found |= people_who(Verb.VIEW, thing)
    return found


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
ON_THE_CASE = Tie(
    "on_the_case",
    "may see the case, and the note is for everyone on it",
    _of_level(Visibility.CASE, lambda actor, at: True),
    _case_people_and(Visibility.CASE, lambda note: EVERYBODY),
    within=Noun.CASE,
)
OWN_ORGANISATION = Tie(
    "own_organisation",
    "may see the case, and the note is their own organisation's",
    _of_level(Visibility.AGENCY, _own_agency_note),
    _case_people_and(Visibility.AGENCY, lambda note: Q(agency=note.agency_id)),
    within=Noun.CASE,
)
CHOSEN = Tie(
    "chosen",
    "may see the case, and wrote the note or was chosen to read it",
    _of_level(Visibility.NAMED, _named_in_note),
    _case_people_and(
        Visibility.NAMED,
        lambda note: Q(user=note.author_id) | Q(user__in=note.readers.through.objects.filter(note=note).values("user")),
    ),
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
    ),
    *_rows(
        Noun.CASE,
        (Verb.OPEN, LA_TEAM, DUTY, "A case opens when a concern or a referral is accepted."),
        (Verb.VIEW, LA_TEAM, LA_ROLES),
        (Verb.VIEW, TAKES_PART, PARTICIPANTS | {Role.TRUST_LEAD}),
        (Verb.VIEW_UPN, LA_TEAM, LA_ROLES),
        (Verb.VIEW_UPN, TAKES_PART, SCHOOL_ROLES, "A UPN belongs to the school-age education context only."),
        (Verb.INVITE, LA_TEAM, LA_ROLES),
        (Verb.JOIN, INVITED, PARTICIPANTS),
        (Verb.REFUSE, INVITED, PARTICIPANTS),
        (Verb.REMOVE, LA_TEAM, LA_ROLES),
        (Verb.EXPIRE, MACHINE, NO_ROLE, "An end date is kept by the system, not by memory."),
        (Verb.ASSIGN, LA_TEAM, DUTY),
        (Verb.ADD_NOTE, LA_TEAM, LA_ROLES),
        (Verb.ADD_NOTE, TAKES_PART, PARTICIPANTS),
        (Verb.ADD_MARKS, LA_TEAM, LA_ROLES),
        (Verb.ADD_MARKS, TAKES_PART, {Role.SCHOOL_STAFF, Role.AP_PROVIDER}),
        (Verb.CLOSE, LA_TEAM, {Role.LA_OFFICER, Role.LA_MANAGER}),
        (Verb.REOPEN, LA_TEAM, {Role.LA_OFFICER, Role.LA_MANAGER}),
    ),
    *_rows(
        Noun.NOTE,
        (Verb.VIEW, ON_THE_CASE, PARTICIPANTS | LA_ROLES | {Role.TRUST_LEAD}),
        (Verb.VIEW, OWN_ORGANISATION, PARTICIPANTS | LA_ROLES | {Role.TRUST_LEAD}),
        (Verb.VIEW, CHOSEN, PARTICIPANTS | LA_ROLES | {Role.TRUST_LEAD}),
    ),
    *_rows(Noun.EVENT, (Verb.VIEW, SEES_WHAT_IT_IS_ABOUT, PARTICIPANTS | LA_ROLES | {Role.TRUST_LEAD})),
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


# --- denials: asked first, and beating every rule --------------------------------------------------------------------


@dataclass(frozen=True)
class Denial:
    """`spares(actor)` is a condition that holds while the denial does *not* apply to the actor."""

    name: str
    says: str
    spares: Callable[[Actor], Q | bool]


def _still_a_member(actor: Actor) -> Q | bool:
    """Asked of the database each time: a socket, or a page, may have been open for hours."""
    if actor.membership is None:
        return True
    return Q(Exists(Membership.objects.current().filter(pk=actor.membership.pk)))


DENIALS: tuple[Denial, ...] = (
    Denial("account_state", "the account, the membership or the agency is no longer current", _still_a_member),
)


# --- what is derived -------------------------------------------------------------------------------------------------

M = TypeVar("M", bound=Model)
DOING: frozenset[Verb] = frozenset(Verb)


def noun_of(thing: Any) -> Noun:
    """The noun of an object, of its model, or the noun itself."""
    return thing if isinstance(thing, Noun) else thing.NOUN


def rules_of(noun: Noun, verbs: Iterable[Verb] = DOING, role: str | None = None) -> list[Rule]:
    return [r for r in RULES if r.noun is noun and r.verb in verbs and (role is None or role in r.roles)]


def viewable(actor: Actor | None, noun: Noun, at: str = "", verbs: Iterable[Verb] = (Verb.VIEW,)) -> Q | bool:
    """The condition, under path prefix `at`, on things of `noun` on which the actor may do any of `verbs`."""
    if actor is None:
        return False
    conditions: dict[Noun | None, list[Q | bool]] = {}
    for rule in rules_of(noun, verbs, actor.role):
        in_stage = Q(**{f"{at}stage__in": sorted(rule.stages)}) if rule.stages else True
        conditions.setdefault(rule.tie.within, []).append(_both(rule.tie.own(actor, at), in_stage))
    return _any(_within(within, _any(own), actor, at) for within, own in conditions.items())


def _spared(actor: Actor) -> Q | bool:
    condition: Q | bool = True
    for denial in DENIALS:
        condition = _both(condition, denial.spares(actor))
    return condition


def visible_to(actor: Actor | None, model: type[M], *verbs: Verb) -> QuerySet[M]:
    """The rows of `model` on which the actor may do any of `verbs` (by default: view). The truth of every list."""
    condition = viewable(actor, model.NOUN, verbs=verbs or (Verb.VIEW,))  # type: ignore[attr-defined]
    condition = _both(condition, _spared(actor)) if actor else False
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
    spared = _spared(actor)
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
        return actor is not None and _both(viewable(actor, thing, verbs=(verb,)), _spared_now(actor)) is True
    return verb in allowed(actor, thing)

def _spared_now(actor: Actor) -> bool:
    spared = _spared(actor)
    return spared if isinstance(spared, bool) else Membership.objects.filter(spared, pk=actor.membership.pk).exists()


def require(actor: Actor | None, verb: Verb, thing: Any) -> frozenset[Verb]:
    """All the actor may do with `thing`, `verb` among it; else raises Invisible, or Refused with a sentence."""
    if isinstance(thing, Noun):
        if not can(actor, verb, thing):
            raise Refused(f"You cannot {say(verb)} here. Ask your manager if you think you should be able to.")
        return frozenset({verb})
    verbs = allowed(actor, thing)
    if verb in verbs:
        return verbs
    if not verbs:
        raise Invisible(f"There is no such {noun_of(thing)}.")
    in_another_stage = any(r.stages and thing.stage not in r.stages for r in rules_of(thing.NOUN, {verb}, actor.role))
    if in_another_stage:
        raise Refused(f"You cannot {say(verb)} this {thing.NOUN} now: it is {thing.get_stage_display().lower()}.")
    raise Refused(
        f"You can see this {thing.NOUN}, but you cannot {say(verb)} it. Ask the attendance team if you need to."
    )


def say(verb: Verb) -> str:
    """The verb in a sentence: "you cannot … it"."""
    return "see the UPN of" if verb is Verb.VIEW_UPN else verb.replace("_", " ")


def people_who(verb: Verb, obj: Any) -> Q:
    """The memberships that may do `verb` with `obj`, as a Q on Membership (that they are current is asked beside)."""
    found = NOBODY
    for rule in rules_of(noun_of(obj), {verb}):
        if not rule.stages or obj.stage in rule.stages:
            found |= Q(role__in=sorted(rule.roles)) & rule.tie.people(obj)
    return found


def holders(verb: Verb, obj: Any) -> QuerySet[User]:
    """The people who may do `verb` with `obj`: the audience of a message, "who can see this?"."""
    standing = Membership.objects.current().filter(people_who(verb, obj))
    return User.objects.filter(pk__in=standing.values("user"))


@dataclass(frozen=True)
class Explanation:
    """Why an actor may, or may not: sentences for the person who asks who can see a child and why."""

    allowed: bool
    because: tuple[str, ...]


def explain(actor: Actor | None, verb: Verb, obj: Any) -> Explanation:
    if actor is None:
        return Explanation(False, ("has no current membership of any agency",))
    if not _spared_now(actor):
        return Explanation(False, tuple(d.says for d in DENIALS))
    noun = noun_of(obj)
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
    return Explanation(False, (f"no rule lets {actor.role or actor.name} {say(verb)} this {noun} as it is",))


def guardian_cases(actor: Actor) -> QuerySet[Case]:
    """The cases django-guardian itself says the person's agencies take part in: the one wrapper round its list call.

    A model-level permission, or being a superuser, opens nothing. The policy adds roles and the attendance team's own
    rule to it; tests/laws holds the two to the same answer for everybody who comes in by a grant.
    """
    return get_objects_for_user(
        actor.user, "view_case", Case, accept_global_perms=False, with_superuser=False, use_groups=True
    )
