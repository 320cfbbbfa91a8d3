"""The county the proofs walk through: one of everything, built by the actions, with what table.py must know of it.

Each thing has its facts beside it, declared by hand and not read back from the database: which agency has which part
in which case, who is stopped there, who wrote a note and for whom. Every free text in it carries a word of its own
(`token`), so that whatever is shown anywhere can be told apart and traced to the fields it stands in (`tokens`).
"""

from __future__ import annotations

import datetime
import itertools
import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone

from content import pages
from portal.accounts import membership
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Membership, User
from portal.accounts.models import Invitation as Invited
from portal.accounts.roles import AgencyKind, Role
from portal.audit.models import Prompt
from portal.demo.answers import concern_answers, referral_answers
from referrals.actions._grant import Invitation
from referrals.actions.case.add_note import add_note
from referrals.actions.case.close import close
from referrals.actions.case.invite import invite
from referrals.actions.case.join import join
from referrals.actions.case.refuse import refuse
from referrals.actions.case.remove import remove
from referrals.actions.concern.accept import accept as accept_concern
from referrals.actions.concern.contact import contact
from referrals.actions.concern.decline import decline as decline_concern
from referrals.actions.concern.raise_ import raise_
from referrals.actions.concern.review import review
from referrals.actions.referral.accept import accept
from referrals.actions.referral.decline import decline
from referrals.actions.referral.edit import edit
from referrals.actions.referral.return_ import return_
from referrals.actions.referral.start import start
from referrals.actions.referral.submit import submit
from referrals.actions.referral.withdraw import withdraw
from referrals.models import (
    BreakGlass,
    Care,
    Carer,
    Case,
    Child,
    Concern,
    ConflictOfInterest,
    Event,
    Grant,
    IdempotencyKey,
    Note,
    Referral,
    Restriction,
    Told,
)

from .table import PERSONS, ArrivalFacts, CaseFacts, NoteFacts

KINDS = {
    "attendance team": AgencyKind.LA_ATTENDANCE,
    "Hillside": AgencyKind.SCHOOL,
    "Riverside": AgencyKind.SCHOOL,
    "Trust": AgencyKind.TRUST,
    "Other Trust": AgencyKind.TRUST,
    "SEN": AgencyKind.LA_SEN,
    "Early Help": AgencyKind.LA_EARLY_HELP,
    "Careers": AgencyKind.VOLUNTARY,
    "Mentors": AgencyKind.VOLUNTARY,
    "Orchard": AgencyKind.AP_PROVIDER,
    "Health": AgencyKind.HEALTH,
    "Police": AgencyKind.POLICE_YJS,
    "Youth Club": AgencyKind.VOLUNTARY,
    "Library": AgencyKind.VOLUNTARY,  # nobody works there; it is there to be invited
    "Council": AgencyKind.COUNCIL,
}
ROLES = {
    "attendance lead": Role.SCHOOL_STAFF,
    "senco": Role.SENCO,
    "head": Role.HEAD,
    "dsl": Role.DSL,
    "trust lead": Role.TRUST_LEAD,
    "duty": Role.LA_DUTY,
    "officer": Role.LA_OFFICER,
    "manager": Role.LA_MANAGER,
    "provider": Role.AP_PROVIDER,
    "editor": Role.EDITOR,
    "dpo": Role.DPO,
}
PARTNER_ROLES = {"SEN": Role.SEN_CASEWORKER, "Early Help": Role.EH_PRACTITIONER}
JOINS = {  # who joins for an agency
    "SEN": "sen",
    "Early Help": "early help",
    "Careers": "sections",
    "Mentors": "from today",
    "Orchard": "provider",
    "Health": "health",
    "Police": "police",
    "Youth Club": "closed agency",
}

TOKEN = re.compile(r"zq[a-z0-9]{8}|\b[A-Z]\d{11}[0-9A-Z]\b|01632 ?960 ?\d{3}")
# The answers that are free text, by their question.
FREE = frozenset(
    [
        "child_first_name",
        "child_last_name",
        "child_known_as",
        "own_words",
        "raiser_name",
        "address",
        "first_name",
        "last_name",
        "known_as",
        "name",
        "language",
        "safe_contact_detail",
        "barrier_detail",
        "onset_event",
        "strengths",
        "what_happened",
        "no_meeting_reason",
        "voice_words",
        "voice_wants",
        "voice_reason",
        "view_words",
        "not_told_reason",
        "agreed_by",
        "risk_detail",
        "last_seen_by",
        "hoped_outcome",
        "school_will_continue",
        "lead_contact",
        "marks_short_reason",
        "part_time_detail",
        "school_contact_name",
        "school_response",
        "concern_reasons_other",
    ]
)
# Left empty on purpose: filled, they would contradict another answer and the form would refuse the whole.
UNASKED = frozenset({"marks_short_reason", "part_time_detail", "no_meeting_reason", "not_told_reason", "voice_reason"})


@dataclass
class County:
    agencies: dict[str, Agency] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)  # as they were before anything ended
    things: dict[str, Any] = field(default_factory=dict)
    cases: dict[str, CaseFacts] = field(default_factory=dict)
    concerns: dict[str, ArrivalFacts] = field(default_factory=dict)
    referrals: dict[str, ArrivalFacts] = field(default_factory=dict)
    notes: dict[str, NoteFacts] = field(default_factory=dict)
    invitations: dict[str, Invited] = field(default_factory=dict)
    prompts: dict[str, Prompt] = field(default_factory=dict)  # by whom each is about
    let_in_from: datetime.datetime | None = None  # when Mentors were let in "from now on"
    numbers: Any = field(default_factory=itertools.count)
    phones: Any = field(default_factory=itertools.count)

    def token(self) -> str:
        """A word that stands nowhere else: "zq" and eight letters and digits."""
        number = next(self.numbers) * 0x9E3779B1 % 36**8
        letters = "0123456789abcdefghijklmnopqrstuvwxyz"
        return "zq" + "".join(letters[number // 36**place % 36] for place in range(8))

    def phone(self) -> str:
        """A number kept for fiction, and nobody else's here."""
        return f"01632 960 {100 + next(self.phones)}"

    def words(self, said: str = "Because") -> str:
        return f"{said} {self.token()}"

    def name_of(self, thing: models.Model) -> str:
        return self._names[type(thing), thing.pk]

    def index(self) -> None:
        self._names = {(type(thing), thing.pk): name for name, thing in self.things.items()}

    def actor(self, name: str) -> Actor:
        """Who she was, with every ending since left out: the policy must find out that she may not."""
        if name == "worker":
            return Actor.machine("worker")
        return self.actors.get(name) or Actor.public()


def planted(county: County, said: Any) -> Any:
    """`said` with a token in every free text, the same in the same text; and telephone numbers of its own."""
    known: dict[str, str] = {}

    def plant(said: Any, key: str = "") -> Any:
        if isinstance(said, dict):
            return {name: plant(inner, name) for name, inner in said.items()}
        if isinstance(said, list):
            return [plant(inner, key) for inner in said]
        if key in {"phone", "mobile"} and said:
            return known.setdefault(said, county.phone())
        if not isinstance(said, str) or key not in FREE or (not said and key in UNASKED):
            return said
        return known.setdefault(said, f"{said} {county.token()}") if said else county.token()

    return plant(said)


# --- people ----------------------------------------------------------------------------------------------------------


def staffed() -> County:
    county = County()
    slugs = {name: name.lower().replace(" ", "-") for name in KINDS}
    groups = Group.objects.bulk_create([Group(name=f"agency: {slug}") for slug in slugs.values()])
    for (name, kind), group in zip(KINDS.items(), groups, strict=True):
        county.agencies[name] = Agency.objects.create(kind=kind, name=name, slug=slugs[name], group=group)
    county.agencies["Hillside"].trust = county.agencies["Trust"]
    county.agencies["Hillside"].save()
    today = timezone.localdate()
    since = {"not yet": today + datetime.timedelta(days=1)}
    for person in PERSONS.values():
        if person.kind in {"nobody", "the service"} or person.name == "two hats elsewhere":
            continue
        user = User(email=f"{person.name.replace(' ', '.')}@example.org", name=f"{person.name.title()} Person")
        user.set_unusable_password()
        user.is_superuser = person.name == "superuser"
        user.save()
        county.users[person.name] = user
        if person.agency:
            role = ROLES.get(person.kind) or PARTNER_ROLES.get(person.agency, Role.PARTNER)
            agency = county.agencies[person.agency]
            county.actors[person.name] = Actor(
                Membership.objects.create(
                    user=user,
                    agency=agency,
                    role=role,
                    since=since.get(person.name, today - datetime.timedelta(days=9)),
                )
            )
    there = membership.join(county.users["two hats"], county.agencies["Mentors"], Role.PARTNER)
    county.users["two hats elsewhere"] = county.users["two hats"]
    county.actors["two hats elsewhere"] = Actor(there)
    county.users["editor"].groups.add(pages.editors_group())
    membership.mirror_all()
    return county


def _end(county: County) -> None:
    """What ended before the proofs begin."""
    membership.leave(county.actors["former"].membership)
    User.objects.filter(pk=county.users["suspended"].pk).update(is_active=False)
    Agency.objects.filter(name="Youth Club").update(closed_on=timezone.localdate())


# --- what comes in ---------------------------------------------------------------------------------------------------


def _concern(county: County, name: str, seed: int, school: str = "", **answers: Any) -> Concern:
    said = planted(county, concern_answers(seed, **answers))
    agency = county.agencies[school] if school else None
    concern = raise_(said, by=Actor.public(), submission_key=uuid.uuid4(), school=agency)
    county.things[name] = concern
    county.concerns[name] = ArrivalFacts(concern.stage, school)
    return concern


def _draft(county: County, name: str, by: str, tasks: dict[str, Any] | None = None) -> Referral:
    referral = start(by=county.actors[by])
    for task, answers in (tasks or {}).items():
        edit(referral, by=county.actors[by], task=task, answers=answers)
    county.things[name] = referral
    county.referrals[name] = ArrivalFacts("draft", PERSONS[by].agency, sent=False)
    return referral


def _referral(county: County, name: str, seed: int, by: str = "lead") -> Referral:
    referral = _draft(county, name, by, planted(county, referral_answers(seed)))
    submit(referral, by=county.actors[by])
    county.referrals[name] = ArrivalFacts("submitted", PERSONS[by].agency)
    return referral


def _now(county: County, name: str, stage: str) -> None:
    (county.referrals.get(name) or county.concerns[name]).stage = stage


def _arrivals(county: County) -> None:
    duty, officer, lead = county.actors["duty"], county.actors["officer"], county.actors["lead"]
    _concern(county, "received concern", 1, "Hillside")
    review(_concern(county, "reviewing concern", 2, "Hillside"), by=duty)
    _now(county, "reviewing concern", "reviewing")
    contact(_concern(county, "contacted concern", 3), by=officer, outcome="spoke", outcome_note=county.words("Spoke"))
    _now(county, "contacted concern", "contacted")
    decline_concern(
        _concern(county, "closed concern", 5, "Hillside"), by=duty, reason="advice_given", advice=county.words("Ask.")
    )
    _now(county, "closed concern", "closed")

    pupil = {"pupil": planted(county, referral_answers(10))["pupil"]}
    _draft(county, "draft", "lead", pupil)
    _draft(county, "empty draft", "lead")
    _draft(county, "other school's draft", "other lead", {"pupil": planted(county, referral_answers(21))["pupil"]})
    _referral(county, "submitted", 11)
    _referral(county, "other school's referral", 12, by="other lead")
    return_(
        _referral(county, "returned", 13),
        by=duty,
        items={"voices": county.words("What does she say?")},
        note=county.words("Please"),
    )
    _now(county, "returned", "returned")
    decline(
        _referral(county, "declined", 14), by=duty, reason="not_yet_tried", advice=county.words("Try a meeting first.")
    )
    _now(county, "declined", "declined")
    withdraw(_draft(county, "withdrawn draft", "lead"), by=lead, reason=county.words("A mistake"))
    _now(county, "withdrawn draft", "withdrawn")
    withdraw(_referral(county, "withdrawn", 15), by=lead, reason=county.words("It is better now"))
    _now(county, "withdrawn", "withdrawn")


# --- cases -----------------------------------------------------------------------------------------------------------


def _case(county: County, name: str, seed: int, by: str = "lead", **parts: str) -> Case:
    """A case from a referral, "<name>: told"; `parts`: {agency with _ for a space: how its part stands}."""
    duty, officer = county.actors["duty"], county.actors["officer"]
    wanted = {agency.replace("_", " "): part for agency, part in parts.items()}
    told = f"{name}: told"
    referral = _referral(county, told, seed, by)
    accept(referral, by=duty, lead=officer.user, aim=county.words("Four full days"), note=county.words("Thank you"))
    case = Case.objects.get(pk=referral.case_id)
    _now(county, told, "accepted")
    county.referrals[told].case = name
    county.things[name] = case
    school = PERSONS[by].agency
    county.cases[name] = CaseFacts(school=school, parts={school: "on it", **wanted})
    for agency, part in wanted.items():
        invite(case, by=officer, invitation=Invitation(county.agencies[agency], county.words("Advice")))
        if part == "refused":
            refuse(case, by=county.actors[JOINS[agency]], reason=county.words("Not for us"))
        elif part != "asked":
            join(case, by=county.actors[JOINS[agency]])
        if part == "removed":
            remove(case, by=officer, agency=county.agencies[agency], reason=county.words("No longer needed"))
        if part == "expired":
            _expire(county, case, agency)
    return case


def _expire(county: County, case: Case, *agencies: str) -> None:
    groups = [county.agencies[name].group_id for name in agencies]
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Grant.everything.filter(content_object=case, group__in=groups).update(until=yesterday)


def _cases(county: County) -> None:
    duty, officer, lead = county.actors["duty"], county.actors["officer"], county.actors["lead"]
    _case(
        county,
        "shared case",
        16,
        SEN="on it",
        Early_Help="on it",
        Orchard="asked",
        Health="removed",
        Police="refused",
        Youth_Club="on it",
    )
    _case(county, "school's case", 17)
    _case(county, "other school's case", 18, by="other lead", Early_Help="expired", Health="on it")
    _case(county, "provider's case", 19, Orchard="on it", Early_Help="asked", Police="on it")
    close(
        _case(county, "closed case", 20, SEN="on it"),
        by=officer,
        outcome="better",
        what_helped=county.words("Listening"),
    )
    county.cases["closed case"].closed = True
    read_out = _case(county, "case read out", 22, SEN="expired")
    close(read_out, by=officer, outcome="better", what_helped=county.words("A quiet start"))
    _expire(county, read_out, "Hillside")
    county.cases["case read out"].closed = True
    county.cases["case read out"].parts["Hillside"] = "expired"

    protected = _concern(county, "concern with a case", 4, "Hillside", share_with_school="no")
    accept_concern(protected, by=duty, lead=officer.user, aim=county.words("Find out"))
    _now(county, "concern with a case", "linked_to_case")
    county.things["family's case"] = Case.objects.get(pk=Concern.objects.get(pk=protected.pk).case_id)
    county.cases["family's case"] = CaseFacts(school="Hillside")
    county.concerns["concern with a case"].case = "family's case"

    sections = _case(county, "case in sections", 23, Careers="on it", SEN="on it")
    Grant.everything.filter(content_object=sections, group=county.agencies["Careers"].group_id).update(
        shares_story=False, shares_people=False
    )
    county.cases["case in sections"].shares["Careers"] = ("attendance", "told")
    only_the_story = _case(county, "case with its story alone", 24, by="other lead", Careers="on it")
    Grant.everything.filter(content_object=only_the_story, group=county.agencies["Careers"].group_id).update(
        shares_attendance=False, shares_people=False, shares_told=False
    )
    county.cases["case with its story alone"].shares["Careers"] = ("story",)

    from_now = _case(county, "case from today", 25, Mentors="on it", SEN="on it")
    _note(county, "note from before", "case from today", "lead", "case")
    county.let_in_from = timezone.now()
    Grant.everything.filter(content_object=from_now, group=county.agencies["Mentors"].group_id).update(
        shares_from=county.let_in_from
    )
    county.cases["case from today"].shares["Mentors"] = ("story", "attendance", "people", "told", "from")
    _note(county, "note from afterwards", "case from today", "lead", "case", old=False)

    _stopped(county)
    glass = _case(county, "case behind glass", 28, by="other lead")
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    about = {"case": glass, "told": county.users["manager"]}
    who = {
        name: {"user": county.users[name], "membership": county.actors[name].membership}
        for name in ("glass", "glass ended")
    }
    BreakGlass.objects.create(**who["glass"], **about, reason=county.words("A child is missing"), ends_at=now + hour)
    BreakGlass.objects.create(
        **who["glass ended"],
        **about,
        reason=county.words("A child was missing"),
        since=now - hour / 2,
        ends_at=now + hour / 2,
        ended_at=now,
        reviewed_by=county.users["manager"],
        reviewed_at=now,
        review=county.words("Right to do"),
    )
    county.cases["case behind glass"].glass = ("glass",)

    for name, writer, level, readers in (
        ("note to all", "early help", "case", ()),
        ("school's own note", "lead", "agency", ()),
        ("early help's own note", "early help", "agency", ()),
        ("council's own note", "officer", "agency", ()),
        ("note to sen", "early help", "named", ("sen",)),
        ("note to officer", "lead", "named", ("officer",)),
    ):
        _note(county, name, "shared case", writer, level, readers)
    _note(county, "note in the other school's case", "other school's case", "other lead", "case")
    _note(county, "note behind glass", "case behind glass", "other lead", "case")
    _note(county, "own note behind glass", "case behind glass", "other lead", "agency")
    _note(county, "note in sections", "case in sections", "sen", "case")
    _note(county, "note in its story", "case with its story alone", "other lead", "case")
    _note(county, "note about the conflict", "case in conflict", "manager", "case")
    _note(county, "note about the restricted", "restricted case", "officer", "case")
    del lead


def _stopped(county: County) -> None:
    """Conflicts of interest, and an adult from whom a child is kept who works in the attendance team."""
    users = county.users
    an_hour_ago = timezone.now() - datetime.timedelta(hours=1)
    conflict = _case(county, "case in conflict", 26, SEN="on it")
    referral = _referral(county, "referral in conflict", 29)
    concern = _concern(county, "concern in conflict", 6, "Hillside")
    who = {"user": users["conflicted manager"], "declared_by": users["conflicted manager"]}
    for about in ({"child": conflict.child}, {"referral": referral}, {"concern": concern}):
        ConflictOfInterest.objects.create(**who, **about, reason=county.words("My neighbour"), declared_at=an_hour_ago)
    ConflictOfInterest.objects.create(
        user=users["police"],
        declared_by=users["manager"],
        declared_at=an_hour_ago,
        child=conflict.child,
        reason=county.words("A cousin"),
    )
    lifted = {"lifted_by": users["manager"], "lifted_at": timezone.now()}
    ConflictOfInterest.objects.create(
        user=users["conflicted officer"],
        declared_by=users["manager"],
        child=conflict.child,
        reason=county.words("It was another child"),
        **lifted,
    )
    for facts in (
        county.cases["case in conflict"],
        county.referrals["case in conflict: told"],
        county.referrals["referral in conflict"],
        county.concerns["concern in conflict"],
    ):
        facts.stopped = ("conflicted manager", "police")

    restricted = _case(county, "restricted case", 27, SEN="on it")
    mother = restricted.child.carers.get()
    Carer.objects.filter(pk=mother.pk).update(
        address=county.words("7 Safe Street"), email=f"{county.token()}@example.org"
    )
    father = Carer.objects.create(
        name=county.words("A Father"), phone=county.phone(), safe_contact_detail=county.words("By letter")
    )
    Care.objects.create(
        child=restricted.child, carer=father, relationship=county.words("Father"), lives_with_child=False
    )
    Restriction.objects.create(
        child=restricted.child,
        protects=mother,
        from_carer=father,
        from_user=users["restricted officer"],
        reason=county.words("A court order"),
        set_by=users["dsl"],
        set_by_agency=county.agencies["Hillside"],
        lift_asked_by=users["officer"],
        lift_asked_at=timezone.now(),
        lift_reason=county.words("The order has ended"),
    )
    for facts in (county.cases["restricted case"], county.referrals["restricted case: told"]):
        facts.stopped = ("restricted officer",)


def _note(
    county: County, name: str, case: str, writer: str, level: str, readers: Iterable[str] = (), *, old: bool = True
) -> Note:
    people = [county.users[reader] for reader in readers]
    note = add_note(
        county.things[case], by=county.actors[writer], body=county.words("Seen."), visibility=level, people=people
    )
    county.things[name] = note
    county.notes[name] = NoteFacts(case, level, writer, tuple(readers), old)
    return note


def _asked_about(county: County) -> None:
    """Who is asked to work where, and what in the trail somebody should look into: about others, about a manager."""
    for name, agency, role in (
        ("newcomer", "Hillside", Role.SENCO),
        ("new officer", "attendance team", Role.LA_OFFICER),
    ):
        county.invitations[name] = Invited.objects.create(
            email=f"{name.replace(' ', '.')}@example.org",
            agency=county.agencies[agency],
            role=role,
            invited_as=county.actors["manager"].membership,
        )
    now = timezone.now()
    for about in ("lead", "manager", "dpo"):
        county.prompts[about] = Prompt.objects.create(
            rule=Prompt.Rule.MANY, user_id=county.users[about].pk, since=now, until=now, count=41
        )


def build() -> County:
    """Everything, and everybody."""
    county = staffed()
    _arrivals(county)
    _cases(county)
    IdempotencyKey.objects.create(
        user=county.users["lead"],
        membership=county.actors["lead"].membership,
        key=f"key-{county.token()}",
        request_hash="0" * 64,
        status=200,
        body=json.dumps({"reference": county.things["submitted"].reference, "child": county.token()}).encode(),
    )
    _asked_about(county)
    _end(county)
    for name, thing in list(county.things.items()):
        county.things[name] = type(thing)._default_manager.get(pk=thing.pk)
    county.index()
    return county


# --- where every token stands ----------------------------------------------------------------------------------------

# Of the models whose rows are about children: the fields in which somebody's words or details stand.
SAID: dict[type[models.Model], tuple[str, ...]] = {
    Child: ("first_name", "last_name", "known_as", "upn"),
    Carer: ("name", "phone", "email", "language", "safe_contact_detail", "address"),
    Care: ("relationship",),
    Concern: ("answers", "child_first_name", "child_last_name", "risk_reasons"),
    Referral: ("answers", "child_first_name", "child_last_name", "upn", "risk_reasons", "return_items"),
    Case: ("aim",),
    Told: ("answers",),
    Note: ("body",),
    Event: ("data",),
    Grant: ("purpose",),
    ConflictOfInterest: ("reason",),
    Restriction: ("reason", "lift_reason"),
    BreakGlass: ("reason", "review"),
    IdempotencyKey: ("key", "body"),
}


@dataclass(frozen=True)
class Place:
    """A field of a row in which a token stands."""

    model: type[models.Model]
    pk: Any
    field: str


def tokens() -> dict[str, set[Place]]:
    """Every token in the database, and where it stands: a text that an action copies stands in two places."""
    found: dict[str, set[Place]] = {}
    for model, fields in SAID.items():
        manager = getattr(model, "everything", None) or model._default_manager
        for row in manager.values_list("pk", *fields):
            for name, value in zip(fields, row[1:], strict=True):
                text = bytes(value).decode() if isinstance(value, bytes | memoryview) else json.dumps(value)
                for token in TOKEN.findall(text):
                    found.setdefault(token.replace(" ", ""), set()).add(Place(model, row[0], name))
    return found
