"""Proof 4: three deciders agree. A table written by hand, the policy, and the database's own row-level security.

Hypothesis does to a small county whatever may happen to access: parts given, changed, removed, run out; schools and
people that move; conflicts and restrictions; notes written and their readers changed; cases closed and reopened;
memberships ended, people suspended, agencies closed, trusts that lose a school; glass broken, ended and run out. After
every step each of the three says which concerns, referrals, cases, notes and events each person may see. (In the full
run the table says so of everybody after each step. The other two are asked at once about those for whom the table says
that something changed, and about everybody within three steps and at an example's end.)

`Table` is the first decider: the meaning of the roles in plain Python over plain facts. It imports nothing of the
policy and asks the database nothing. On SQLite there is no third decider, and two are compared.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.bench.machine import ROOT
from tests.prove.copies import copy_of

FULL_STEPS, FULL_EXAMPLE = 30_000, 60
SAMPLE_STEPS, SAMPLE_EXAMPLE = 200, 25
SHARES = 2  # processes the full run is shared by
TURNS = 3  # in the full run: steps within which everybody is asked of, whatever the table says of the step
FRESH_EVERY = 100  # steps after which one person's question is put to the policy anew, and not as it was once compiled

PEOPLE = (
    "lead", "dsl", "other lead", "trust lead", "officer", "manager",
    "sen", "early help", "early help colleague", "health", "editor", "dpo",
)  # fmt: skip
JOINING = ("Hillside", "Riverside", "SEN", "Early Help", "Health")  # agencies that are asked to take part
SECTIONS = ("story", "attendance", "people", "told")
KINDS = ("concern", "referral", "case", "note", "event")

SCHOOL_STAFF = {"school_staff", "senco", "head", "dsl"}
PARTNERS = {"sen_caseworker", "eh_practitioner", "ap_provider", "partner"}
TEAM = {"la_duty", "la_officer", "la_manager"}


# --- the first decider ------------------------------------------------------------------------------------------------


@dataclass
class Part:
    """An agency's part in a case. `over`: its last day has passed. `since`: nothing from before is shared."""

    joined: bool
    over: bool = False
    sections: frozenset[str] = frozenset(SECTIONS)
    since: datetime.datetime | None = None


@dataclass
class Person:
    role: str
    agency: str
    left: bool = False
    suspended: bool = False


@dataclass
class NoteFact:
    case: str
    at: datetime.datetime
    author: str
    agency: str
    visibility: str
    readers: frozenset[str] = frozenset()


@dataclass
class EventFact:
    at: datetime.datetime
    case: str | None = None
    referral: str | None = None
    concern: str | None = None
    note: int | None = None
    kept: bool = False


@dataclass
class Table:
    """Facts, and what they mean. `referrals`: {name: (school, the case it became, whether it was sent)}."""

    people: dict[str, Person] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    trust_of: dict[str, str] = field(default_factory=dict)
    schools: set[str] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)  # cases that are closed
    referrals: dict[str, tuple[str, str | None, bool]] = field(default_factory=dict)
    concerns: dict[str, str | None] = field(default_factory=dict)
    parts: dict[tuple[str, str], Part] = field(default_factory=dict)
    conflicts: set[tuple[str, str]] = field(default_factory=set)  # (person, case, referral or concern)
    restrictions: set[tuple[str, str]] = field(default_factory=set)
    glass: set[tuple[str, str]] = field(default_factory=set)
    notes: dict[int, NoteFact] = field(default_factory=dict)
    events: dict[int, EventFact] = field(default_factory=dict)

    def works(self, who: str) -> bool:
        person = self.people[who]
        return not (person.left or person.suspended or person.agency in self.closed)

    def denied(self, who: str, thing: str, case: str | None) -> bool:
        """Of the thing itself, or of the child, which is the case's."""
        own = (who, thing) in self.conflicts
        return own or (case is not None and ((who, case) in self.conflicts or (who, case) in self.restrictions))

    def agencies_of(self, who: str) -> set[str]:
        person = self.people[who]
        if person.role == "trust_lead":
            schools = {s for s, trust in self.trust_of.items() if trust == person.agency and s not in self.closed}
            return schools | {person.agency}
        return {person.agency} if person.role in SCHOOL_STAFF | PARTNERS else set()

    def her_parts(self, who: str, case: str) -> list[Part]:
        found = [self.parts.get((case, agency)) for agency in self.agencies_of(who)]
        return [part for part in found if part is not None and not part.over]

    def is_team(self, who: str) -> bool:
        person = self.people[who]
        return person.role in TEAM and person.agency == "attendance team"

    def case(self, who: str, case: str) -> bool:
        if not self.works(who) or self.denied(who, case, case):
            return False
        if self.is_team(who) or (who, case) in self.glass:
            return True
        parts = self.her_parts(who, case)
        # Who is asked to join sees that there is something to join, while there is; a trust does not join.
        asked = self.people[who].role != "trust_lead" and case not in self.ended
        return any(part.joined or asked for part in parts)

    def reads(self, who: str, case: str, at: datetime.datetime) -> bool:
        """The story of the case, at that moment of it."""
        if not self.works(who) or self.denied(who, case, case):
            return False
        if self.is_team(who) or (who, case) in self.glass:
            return True
        return any(
            part.joined and "story" in part.sections and (part.since is None or at >= part.since)
            for part in self.her_parts(who, case)
        )

    def note(self, who: str, number: int) -> bool:
        note, person = self.notes[number], self.people[who]
        if not self.reads(who, note.case, note.at):
            return False
        if note.visibility == "case":
            return True
        if note.visibility == "agency":
            return note.agency == person.agency and person.role != "dpo"
        return who == note.author or who in note.readers or person.role == "dpo"

    def event(self, who: str, number: int) -> bool:
        event = self.events[number]
        if event.kept and not self.is_team(who):
            return False
        if event.note is not None:
            return self.note(who, event.note)
        return (
            (event.case is not None and self.reads(who, event.case, event.at))
            or (event.referral is not None and self.referral(who, event.referral))
            or (event.concern is not None and self.concern(who, event.concern))
        )

    def referral(self, who: str, referral: str) -> bool:
        school, case, sent = self.referrals[referral]
        person = self.people[who]
        if not self.works(who) or self.denied(who, referral, case):
            return False
        theirs = person.role in SCHOOL_STAFF and person.agency in self.schools and person.agency == school
        return theirs or (sent and self.is_team(who))

    def concern(self, who: str, concern: str) -> bool:
        return self.works(who) and self.is_team(who) and not self.denied(who, concern, self.concerns[concern])


# --- the county -------------------------------------------------------------------------------------------------------


class Ground:
    """A county in the database and the facts it was built from. Built once; what an example does is rolled back."""

    def __init__(self) -> None:
        from django.contrib.auth.models import Group

        from referrals.actions.referral.accept import accept
        from referrals.actions.referral.start import start
        from referrals.models import Case, Event, Grant, Referral
        from tests import worlds

        world = worlds.staffed()
        self.agencies = world.agencies
        self.members = {name: world.people[name].membership for name in PEOPLE}
        self.things: dict[str, Any] = {"one": worlds.opened_case(world, seed=31)}
        second = worlds.sent_referral(world, by="other lead", seed=32)
        accept(second, by=world.people["duty"], lead=world.people["officer"].user, aim="Back by June", invitations=[])
        self.things["two"] = Case.objects.get(pk=second.case_id)
        self.things["referral of one"] = Referral.objects.get(case=self.things["one"])
        self.things["referral of two"] = Referral.objects.get(case=self.things["two"])
        self.things["sent"] = worlds.sent_referral(world, seed=33)
        self.things["draft"] = start(by=world.people["other lead"])
        self.things["concern"] = worlds.received_concern(world.agencies["Hillside"], 34)
        self.keys = {(type(thing).NOUN, thing.pk): name for name, thing in self.things.items()}
        self.groups = Group.objects.in_bulk([agency.group_id for agency in self.agencies.values()])

        table = Table(schools={"Hillside", "Riverside"}, trust_of={"Hillside": "Trust"}, cases={"one", "two"})
        table.people = {name: Person(str(member.role), member.agency.name) for name, member in self.members.items()}
        table.referrals = {
            "referral of one": ("Hillside", "one", True),
            "referral of two": ("Riverside", "two", True),
            "sent": ("Hillside", None, True),
            "draft": ("Riverside", None, False),
        }
        table.concerns = {"concern": None}
        for part in Grant.everything.select_related("group__agency"):
            case = self.keys["case", part.content_object_id]
            table.parts[case, part.agency.name] = Part(joined=part.joined_at is not None)
        for event in Event.objects.all():
            table.events[event.pk] = EventFact(
                event.at,
                *(self.keys.get((noun, getattr(event, f"{noun}_id"))) for noun in ("case", "referral", "concern")),
                kept=event.kept,
            )
        self.table = table


_ground: Ground | None = None


def ground() -> Ground:
    global _ground
    if _ground is None:
        _ground = Ground()
    return _ground


@contextmanager
def built() -> Iterator[Ground]:
    """The county for as long as this lasts, in a transaction that is taken back."""
    from django.db import transaction

    global _ground
    with transaction.atomic():
        yield ground()
        transaction.set_rollback(True)
    _ground = None


# --- the second and the third -----------------------------------------------------------------------------------------


Seen = frozenset[str]  # of "case 12", "note 3"
EVERY_ROW = " UNION ALL ".join(f"SELECT '{kind} ' || id FROM referrals_{kind}" for kind in KINDS)


def rows(sql: str, params: Any) -> Seen:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return frozenset(row for (row,) in cursor.fetchall())


def plan_once() -> None:
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off; SET LOCAL plan_cache_mode = force_generic_plan")


# Who each is, the function that is her policy's question, and the day → what the policy says and what the wall lets by.
# It runs as whoever asks: the role of run time, held by the wall.
EVERYBODY = f"""
CREATE OR REPLACE FUNCTION decider_everybody(members bigint[], questions text[], today date)
RETURNS TABLE (policy text, wall text) LANGUAGE plpgsql AS $decider$
DECLARE
    before text;
BEGIN
    FOR place IN 1 .. array_length(members, 1) LOOP
        EXECUTE 'SELECT ' || questions[place] || '()' INTO policy;
        before := alongside_enter(members[place], today);
        SELECT string_agg(said.row, ',') INTO wall FROM ({EVERY_ROW}) AS said (row);
        PERFORM alongside_become(before);
        RETURN NEXT;
    END LOOP;
END $decider$
"""


class WithoutWall:
    """Asks the policy's own queries past the second wall, so that they are not paid for twice, thirty thousand times.

    Each becomes a function of the tables' owner, whom the wall of this database no longer holds (it is the proof's own,
    and thrown away). Whoever runs as the role of run time is held as before.
    """

    def __init__(self, owner: str) -> None:
        import psycopg

        self.owner = psycopg.connect(owner, autocommit=True)
        self.known = 0
        for (table,) in self.owner.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity").fetchall():
            self.owner.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        self.owner.execute(EVERYBODY)

    def function(self, sql: str, params: Any) -> str:
        """The name of one that gives the rows of `sql` in one text."""
        import psycopg

        self.known += 1
        name = f"decider_{self.known}"
        written = psycopg.ClientCursor(self.owner).mogrify(sql, params)
        self.owner.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS text "
            f"LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $decider$ BEGIN RETURN ("
            f"SELECT string_agg(said.row, ',') FROM ({written}) AS said (row)); END $decider$"
        )
        return name


class Asked:
    """What the policy asks the database, compiled once for all who stand alike; and what the database itself says.

    The policy's condition follows from who asks (membership, agency, role, the groups she speaks for) and the day; what
    has happened since is read by the same SQL.
    """

    def __init__(self, without_wall: WithoutWall | None = None) -> None:
        self.compiled: dict[tuple, tuple[str, list]] = {}
        self.functions: dict[tuple, str] = {}
        self.without_wall = without_wall

    def everybody(self, actors: dict[str, Any], *, fresh: str = "") -> dict[str, dict[str, Seen]]:
        """{who: {decider: what she sees}}, the policy of `fresh` compiled anew."""
        from portal.accounts import identity

        if self.without_wall:
            return self._at_once(self.without_wall, actors, fresh)
        return {
            who: {
                "policy": rows(*self.policy(actor, fresh=who == fresh)),
                **({"database": self.database(actor)} if identity.is_walled() else {}),
            }
            for who, actor in actors.items()
        }

    def _at_once(self, without_wall: WithoutWall, actors: dict[str, Any], fresh: str) -> dict[str, dict[str, Seen]]:
        """Everybody's two answers in one statement."""
        from django.db import connection
        from django.utils import timezone

        questions = []
        for who, actor in actors.items():
            key = self.key(actor)
            if who == fresh or key not in self.functions:
                self.functions[key] = without_wall.function(*self.policy(actor, fresh=True))
            questions.append(self.functions[key])
        members = [actor.membership.pk for actor in actors.values()]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT policy, wall FROM decider_everybody(%s, %s, %s)", [members, questions, timezone.localdate()]
            )
            said = cursor.fetchall()
        return {
            who: {"policy": _rows_of(policy), "database": _rows_of(wall)}
            for who, (policy, wall) in zip(actors, said, strict=True)
        }

    @staticmethod
    def key(actor: Any) -> tuple:
        from django.utils import timezone

        member = actor.membership
        return member.pk, member.agency_id, member.role, actor.groups, timezone.localdate()

    def policy(self, actor: Any, *, fresh: bool = False) -> tuple[str, list]:
        """The policy's question, in SQL."""
        key = self.key(actor)
        if fresh or key not in self.compiled:
            self.compiled[key] = self.compile(actor)
        return self.compiled[key]

    @staticmethod
    def compile(actor: Any) -> tuple[str, list]:
        from django.core.exceptions import EmptyResultSet
        from django.db.models import CharField, Value
        from django.db.models.functions import Cast, Concat

        from referrals import policy
        from referrals.workflow import Noun, Verb

        pieces, params = [], []
        for kind in KINDS:
            verbs = (Verb.VIEW, Verb.JOIN) if kind == "case" else (Verb.VIEW,)
            seen = policy.visible_to(actor, policy.MODELS[Noun(kind)], *verbs)
            name = Concat(Value(f"{kind} "), Cast("pk", CharField()))
            seen = seen.order_by().annotate(row=name).values_list("row", flat=True)
            try:
                sql, given = seen.query.sql_with_params()
            except EmptyResultSet:
                continue
            pieces.append(f"SELECT * FROM ({sql}) AS {kind}_rows")
            params.extend(given)
        return " UNION ALL ".join(pieces) or "SELECT '' WHERE 1 = 0", params

    @staticmethod
    def database(actor: Any) -> Seen:
        """The rows of each table, of which the query asks nothing at all."""
        from portal.accounts import identity

        before = identity.enter(actor)
        try:
            return rows(EVERY_ROW, ())
        finally:
            identity.become(before)


def _rows_of(said: str | None) -> Seen:
    return frozenset(said.split(",")) if said else frozenset()


class Disagreement(AssertionError):
    """Says who, what, and what each of the three says."""


@dataclass
class Count:
    steps: int = 0
    comparisons: int = 0
    disagreements: int = 0
    deciders: int = 0
    kinds: dict[str, int] = field(default_factory=dict)

    def add(self, other: Count) -> None:
        self.steps += other.steps
        self.comparisons += other.comparisons
        self.disagreements += other.disagreements
        self.deciders = max(self.deciders, other.deciders)
        for what, times in other.kinds.items():
            self.kinds[what] = self.kinds.get(what, 0) + times


# --- what may happen --------------------------------------------------------------------------------------------------

people = st.sampled_from(PEOPLE)
cases = st.sampled_from(("one", "two"))
agencies = st.sampled_from(JOINING)
sections = st.frozensets(st.sampled_from(SECTIONS))


class WhateverHappens(RuleBasedStateMachine):
    count: ClassVar[Count] = Count()
    asked: ClassVar[Asked] = Asked()
    turns: ClassVar[int] = 1

    def __init__(self) -> None:
        import copy

        from django.db import transaction

        super().__init__()
        self.ground = ground()
        self.table = copy.deepcopy(self.ground.table)
        self.savepoint = transaction.savepoint()
        self.members = {name: copy.copy(member) for name, member in self.ground.members.items()}
        self.moment = datetime.datetime.now(tz=datetime.UTC)
        self.story: list[str] = []
        self.compared = -1
        self.seen: dict[str, Seen] = {}

    def teardown(self) -> None:
        from django.db import transaction

        try:
            if self.turns > 1:
                self.compare(PEOPLE)
        finally:
            transaction.savepoint_rollback(self.savepoint)

    def now(self) -> datetime.datetime:
        """Each step is a second after the one before it, so that no two things happen at once."""
        self.moment += datetime.timedelta(seconds=1)
        return self.moment

    def done(self, what: str) -> None:
        self.story.append(what)
        self.count.kinds[what] = self.count.kinds.get(what, 0) + 1

    # --- parts ----

    def grants(self, case: str, agency: str) -> Any:
        from referrals.models import Grant

        group = self.ground.agencies[agency].group_id
        return Grant.everything.filter(content_object=self.ground.things[case], group=group)

    @rule(case=cases, agency=agencies, joined=st.booleans(), shared=sections, from_now=st.booleans())
    def give(self, case: str, agency: str, joined: bool, shared: frozenset[str], from_now: bool) -> None:
        from referrals.actions._grant import permission_id
        from referrals.models import Grant
        from referrals.models.grant import INVITED, JOINED

        if (case, agency) in self.table.parts:
            return
        since = self.now() if from_now else None
        Grant.everything.create(
            content_object=self.ground.things[case],
            group_id=self.ground.agencies[agency].group_id,
            permission_id=permission_id(JOINED if joined else INVITED),
            purpose="Work",
            joined_at=self.now() if joined else None,
            shares_from=since,
            **{f"shares_{section}": section in shared for section in SECTIONS},
        )
        self.table.parts[case, agency] = Part(joined, sections=shared, since=since)
        self.done("given")

    @rule(case=cases, agency=agencies, shared=sections, from_now=st.booleans())
    def share_otherwise(self, case: str, agency: str, shared: frozenset[str], from_now: bool) -> None:
        part = self.table.parts.get((case, agency))
        if part is None:
            return
        part.sections, part.since = shared, self.now() if from_now else None
        columns = {f"shares_{section}": section in shared for section in SECTIONS}
        self.grants(case, agency).update(shares_from=part.since, **columns)
        self.done("shared otherwise")

    @rule(case=cases, agency=agencies)
    def join(self, case: str, agency: str) -> None:
        part = self.table.parts.get((case, agency))
        if part is None or part.joined:
            return
        part.joined = True
        self.grants(case, agency).update(joined_at=self.now())
        self.done("joined")

    @rule(case=cases, agency=agencies)
    def remove(self, case: str, agency: str) -> None:
        if self.table.parts.pop((case, agency), None) is not None:
            self.grants(case, agency).delete()
            self.done("removed")

    @rule(case=cases, agency=agencies, over=st.booleans())
    def last_day(self, case: str, agency: str, over: bool) -> None:
        from django.utils import timezone

        part = self.table.parts.get((case, agency))
        if part is None:
            return
        part.over = over
        self.grants(case, agency).update(until=timezone.localdate() - datetime.timedelta(days=1 if over else 0))
        self.done("run out" if over else "extended to today")

    # --- a child moves, a person moves, a trust changes ----

    @rule(case=cases, to=st.sampled_from(("Hillside", "Riverside")))
    def child_moves_school(self, case: str, to: str) -> None:
        from referrals.models import Case, Child

        thing, school = self.ground.things[case], self.ground.agencies[to]
        Child.objects.filter(pk=thing.child_id).update(school=school)
        Case.objects.filter(pk=thing.pk).update(school=school)
        self.remove(case, "Hillside" if to == "Riverside" else "Riverside")
        self.give(case, to, True, frozenset(SECTIONS), False)
        self.done("child moved")

    @rule(who=st.sampled_from(("lead", "dsl", "other lead")), to=st.sampled_from(("Hillside", "Riverside")))
    def person_moves_school(self, who: str, to: str) -> None:
        from portal.accounts.models import Membership

        member = self.members[who]
        member.agency = self.ground.agencies[to]
        Membership.objects.filter(pk=member.pk).update(agency=member.agency)
        self.table.people[who].agency = to
        self.done("person moved")

    @rule(school=st.sampled_from(("Hillside", "Riverside")), within=st.booleans())
    def trust_changes(self, school: str, within: bool) -> None:
        from portal.accounts.models import Agency

        trust = self.ground.agencies["Trust"] if within else None
        Agency.objects.filter(pk=self.ground.agencies[school].pk).update(trust=trust)
        self.table.trust_of.pop(school, None)
        if within:
            self.table.trust_of[school] = "Trust"
        self.done("trust changed")

    # --- denials ----

    @rule(who=people, of=st.sampled_from(("one", "two", "sent", "draft", "concern")))
    def declare(self, who: str, of: str) -> None:
        from referrals.models import ConflictOfInterest

        if (who, of) in self.table.conflicts:
            return
        thing, user = self.ground.things[of], self.members[who].user
        about = {"child": thing.child} if of in self.table.cases else {str(thing.NOUN): thing}
        ConflictOfInterest.objects.create(user=user, declared_by=user, **about)
        self.table.conflicts.add((who, of))
        self.done("conflict declared")

    @rule(who=people, of=st.sampled_from(("one", "two", "sent", "draft", "concern")))
    def lift_conflict(self, who: str, of: str) -> None:
        from referrals.models import ConflictOfInterest

        if (who, of) not in self.table.conflicts:
            return
        thing = self.ground.things[of]
        about = {"child": thing.child} if of in self.table.cases else {str(thing.NOUN): thing}
        hers = ConflictOfInterest.objects.filter(user=self.members[who].user, **about)
        hers.update(lifted_at=self.now(), lifted_by=self.members["manager"].user)
        self.table.conflicts.discard((who, of))
        self.done("conflict lifted")

    @rule(who=people, case=cases)
    def restrict(self, who: str, case: str) -> None:
        from referrals.models import Restriction

        if (who, case) in self.table.restrictions:
            return
        Restriction.objects.create(
            child=self.ground.things[case].child,
            from_user=self.members[who].user,
            reason="A court order",
            set_by=self.members["officer"].user,
            set_by_agency=self.ground.agencies["attendance team"],
        )
        self.table.restrictions.add((who, case))
        self.done("restricted")

    @rule(who=people, case=cases)
    def lift_restriction(self, who: str, case: str) -> None:
        from referrals.models import Restriction

        if (who, case) not in self.table.restrictions:
            return
        child = self.ground.things[case].child_id
        Restriction.objects.filter(child=child, from_user=self.members[who].user).update(lifted_at=self.now())
        self.table.restrictions.discard((who, case))
        self.done("restriction lifted")

    # --- notes ----

    def happened(self, kind: str, fact: EventFact, **about: Any) -> None:
        from referrals.models import Event

        event = Event.objects.create(kind=kind, at=fact.at, kept=fact.kept, **about)
        self.table.events[event.pk] = fact

    @rule(who=people, case=cases, level=st.sampled_from(("case", "agency", "named")), readers=st.frozensets(people))
    def write(self, who: str, case: str, level: str, readers: frozenset[str]) -> None:
        from referrals.models import Note

        if len(self.table.notes) >= 12:
            return
        member, at = self.members[who], self.now()
        note = Note.objects.create(
            case=self.ground.things[case], author=member.user, agency=member.agency, body="Seen.", visibility=level
        )
        Note.objects.filter(pk=note.pk).update(created_at=at)
        chosen = readers if level == "named" else frozenset()
        note.readers.set([self.members[name].user for name in chosen])
        self.table.notes[note.pk] = NoteFact(case, at, who, self.table.people[who].agency, level, chosen)
        self.happened(
            "note_added",
            EventFact(at, case=case, note=note.pk),
            case=self.ground.things[case],
            note=note,
            by=member.user,
        )
        self.done("note written")

    @rule(which=st.integers(0, 11), level=st.sampled_from(("case", "agency", "named")), readers=st.frozensets(people))
    def change_who_sees(self, which: int, level: str, readers: frozenset[str]) -> None:
        from referrals.models import Note

        if not self.table.notes:
            return
        number = sorted(self.table.notes)[which % len(self.table.notes)]
        fact = self.table.notes[number]
        fact.visibility, fact.readers = level, readers if level == "named" else frozenset()
        Note.objects.filter(pk=number).update(visibility=level)
        Note.objects.get(pk=number).readers.set([self.members[name].user for name in fact.readers])
        self.done("note for others")

    @rule(case=cases)
    def something_is_kept_to_the_team(self, case: str) -> None:
        fact = EventFact(self.now(), case=case, kept=True)
        self.happened("restricted", fact, case=self.ground.things[case], by=self.members["officer"].user)
        self.done("kept to the team")

    # --- closings, endings ----

    @rule(case=cases, closed=st.booleans())
    def close_or_reopen(self, case: str, closed: bool) -> None:
        from referrals.models import Case

        Case.objects.filter(pk=self.ground.things[case].pk).update(stage="closed" if closed else "open")
        (self.table.ended.add if closed else self.table.ended.discard)(case)
        kind = "closed" if closed else "reopened"
        fact = EventFact(self.now(), case=case)
        self.happened(kind, fact, case=self.ground.things[case], by=self.members["officer"].user)
        self.done(kind)

    @precondition(lambda self: not self.table.referrals["draft"][2])
    @rule()
    def the_draft_is_sent(self) -> None:
        from referrals.models import Referral

        school, case, _ = self.table.referrals["draft"]
        Referral.objects.filter(pk=self.ground.things["draft"].pk).update(stage="submitted", submitted_at=self.now())
        self.table.referrals["draft"] = (school, case, True)
        self.done("draft sent")

    @rule(who=people, left=st.booleans())
    def leave_or_return(self, who: str, left: bool) -> None:
        from django.utils import timezone

        from portal.accounts.models import Membership

        until = timezone.localdate() - datetime.timedelta(days=1) if left else None
        Membership.objects.filter(pk=self.members[who].pk).update(until=until)
        self.table.people[who].left = left
        self.done("left" if left else "came back")

    @rule(who=people, suspended=st.booleans())
    def suspend_or_restore(self, who: str, suspended: bool) -> None:
        from portal.accounts.models import User

        User.objects.filter(pk=self.members[who].user_id).update(is_active=not suspended)
        self.table.people[who].suspended = suspended
        self.done("suspended" if suspended else "restored")

    @rule(agency=st.sampled_from((*JOINING, "Trust")), closed=st.booleans())
    def close_or_open_agency(self, agency: str, closed: bool) -> None:
        from django.utils import timezone

        from portal.accounts.models import Agency

        day = timezone.localdate() if closed else None
        Agency.objects.filter(pk=self.ground.agencies[agency].pk).update(closed_on=day)
        (self.table.closed.add if closed else self.table.closed.discard)(agency)
        self.done("agency closed" if closed else "agency open again")

    # --- glass ----

    @rule(who=st.sampled_from(("dsl", "other lead", "sen", "health", "dpo")), case=cases)
    def break_glass(self, who: str, case: str) -> None:
        from referrals.models import BreakGlass

        member, now = self.members[who], datetime.datetime.now(tz=datetime.UTC)
        BreakGlass.objects.create(
            user=member.user,
            membership=member,
            case=self.ground.things[case],
            reason="The child may be in danger.",
            since=now,
            ends_at=now + datetime.timedelta(hours=3),
            told=self.members["manager"].user,
        )
        self.table.glass.add((who, case))
        self.done("glass broken")

    @rule(who=st.sampled_from(("dsl", "other lead", "sen", "health", "dpo")), case=cases, by_itself=st.booleans())
    def end_glass(self, who: str, case: str, by_itself: bool) -> None:
        from referrals.models import BreakGlass

        if (who, case) not in self.table.glass:
            return
        hers = BreakGlass.objects.filter(membership=self.members[who], case=self.ground.things[case])
        if by_itself:
            past = datetime.datetime.now(tz=datetime.UTC) - datetime.timedelta(days=1)
            hers.update(since=past, ends_at=past + datetime.timedelta(hours=1))
        else:
            hers.update(ended_at=self.now())
        self.table.glass.discard((who, case))
        self.done("glass ran out" if by_itself else "glass ended")

    # --- and after each of them ----

    @invariant()
    def they_agree(self) -> None:
        """The table says of everybody what she sees after this step; policy and database are asked of those for whom
        it made a difference, and of all others in turns."""
        from portal.accounts import identity

        if len(self.story) == self.compared:  # a step of which nothing came
            return
        self.compared = len(self.story)
        self.count.steps += 1
        self.count.deciders = 3 if identity.is_walled() else 2
        turn = PEOPLE[self.count.steps % self.turns :: self.turns]
        self.compare([who for who in PEOPLE if who in turn or self.expected(who) != self.seen.get(who)])

    def compare(self, people: Sequence[str]) -> None:
        from portal.accounts.actor import Actor

        fresh = PEOPLE[self.count.steps // FRESH_EVERY % len(PEOPLE)] if self.count.steps % FRESH_EVERY == 0 else ""
        answers = self.asked.everybody({who: Actor(self.members[who]) for who in people}, fresh=fresh)
        for who, answered in answers.items():
            self.seen[who] = self.expected(who)
            said = {"table": self.seen[who], **answered}
            self.count.comparisons += len(answered) * self.objects
            if len(set(said.values())) > 1:
                self.count.disagreements += 1
                everything = frozenset.union(*said.values())
                differ = {
                    thing: [name for name, rows in said.items() if thing in rows]
                    for thing in sorted(everything)
                    if not all(thing in rows for rows in said.values())
                }
                told = f"{who} ({self.table.people[who]}): seen only by {differ}, after {', '.join(self.story)}"
                raise Disagreement(told)

    @property
    def objects(self) -> int:
        table = self.table
        return sum(map(len, (table.cases, table.referrals, table.concerns, table.notes, table.events)))

    def expected(self, who: str) -> Seen:
        table, things = self.table, self.ground.things
        seen: list[tuple[str, Callable[[str, Any], bool], Any]] = [
            ("concern", table.concern, table.concerns),
            ("referral", table.referral, table.referrals),
            ("case", table.case, table.cases),
            ("note", table.note, table.notes),
            ("event", table.event, table.events),
        ]
        return frozenset(
            f"{kind} {things[key].pk if isinstance(key, str) else key}"
            for kind, sees, keys in seen
            for key in keys
            if sees(who, key)
        )


# --- a story with everything in it ------------------------------------------------------------------------------------

WHOLE = frozenset(SECTIONS)
STORY: tuple[tuple[str, tuple], ...] = (
    ("give", ("one", "SEN", False, WHOLE, False)),
    ("join", ("one", "SEN")),
    ("give", ("one", "Early Help", True, frozenset({"attendance"}), False)),
    ("give", ("one", "Riverside", False, WHOLE, False)),
    ("write", ("officer", "one", "case", frozenset())),
    ("write", ("sen", "one", "agency", frozenset())),
    ("write", ("lead", "one", "agency", frozenset())),
    ("write", ("lead", "one", "named", frozenset({"sen", "editor"}))),
    ("give", ("one", "Health", True, WHOLE, True)),
    ("write", ("sen", "one", "case", frozenset())),
    ("something_is_kept_to_the_team", ("one",)),
    ("share_otherwise", ("one", "Early Help", WHOLE, True)),
    ("share_otherwise", ("one", "Early Help", WHOLE, False)),
    ("change_who_sees", (0, "named", frozenset({"early help"}))),
    ("declare", ("sen", "one")),
    ("declare", ("manager", "one")),
    ("lift_conflict", ("manager", "one")),
    ("lift_conflict", ("sen", "one")),
    ("declare", ("officer", "sent")),
    ("declare", ("lead", "sent")),
    ("declare", ("officer", "concern")),
    ("the_draft_is_sent", ()),
    ("restrict", ("early help", "one")),
    ("restrict", ("officer", "two")),
    ("lift_restriction", ("officer", "two")),
    ("write", ("editor", "one", "agency", frozenset())),
    ("last_day", ("one", "SEN", False)),
    ("last_day", ("one", "SEN", True)),
    ("last_day", ("one", "SEN", False)),
    ("break_glass", ("dpo", "one")),
    ("break_glass", ("other lead", "one")),
    ("restrict", ("dpo", "one")),
    ("lift_restriction", ("dpo", "one")),
    ("end_glass", ("dpo", "one", True)),
    ("end_glass", ("other lead", "one", False)),
    ("close_or_reopen", ("one", True)),
    ("suspend_or_restore", ("sen", True)),
    ("suspend_or_restore", ("sen", False)),
    ("leave_or_return", ("sen", True)),
    ("leave_or_return", ("sen", False)),
    ("close_or_open_agency", ("SEN", True)),
    ("close_or_open_agency", ("SEN", False)),
    ("close_or_open_agency", ("Hillside", True)),
    ("close_or_open_agency", ("Hillside", False)),
    ("trust_changes", ("Hillside", False)),
    ("trust_changes", ("Riverside", True)),
    ("child_moves_school", ("one", "Riverside")),
    ("person_moves_school", ("lead", "Riverside")),
    ("remove", ("one", "SEN")),
    ("remove", ("one", "Health")),
)


def tell() -> Count:
    """The story, step by step; raises Disagreement at the first step after which the deciders differ."""
    count = WhateverHappens.count = Count()
    WhateverHappens.asked = Asked()
    with built():
        plan_once()
        machine = WhateverHappens()
        machine.they_agree()
        for what, given in STORY:
            before = sum(count.kinds.values())
            getattr(machine, what)(*given)
            assert sum(count.kinds.values()) > before, f"nothing came of {what} {given}"
            machine.they_agree()
        machine.teardown()
    return count


# --- the proof --------------------------------------------------------------------------------------------------------


def run(size: str) -> dict[str, Any]:
    """Steps until there are enough of them. A disagreement is printed and counted, and ends the run."""
    app, owner = os.environ.get("DATABASE_URL", ""), os.environ.get("TEST_OWNER_URL", "")
    started = time.monotonic()
    if size == "full" and owner:
        count = _shared(app, owner)
    else:
        WhateverHappens.asked = Asked()
        count = take(FULL_STEPS, FULL_EXAMPLE) if size == "full" else take(SAMPLE_STEPS, SAMPLE_EXAMPLE)
    for what, times in sorted(count.kinds.items()):
        print(f"  {what}: {times:,}")
    return {
        "steps": count.steps,
        "disagreements": count.disagreements,
        "comparisons": count.comparisons,
        "deciders": count.deciders,
        "kinds_of_step": len(count.kinds),
        "steps_a_second": round(count.steps / (time.monotonic() - started), 1),
    }


def _shared(app: str, owner: str) -> Count:
    """What several processes find, each on a copy of the database."""
    from django.db import connection

    connection.close()  # a database that is being copied is nobody's
    whole = Count()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = []
        for share in range(SHARES):
            here, owned = stack.enter_context(copy_of(f"deciders_{share}", app, owner))
            alone = [str(FULL_STEPS // SHARES), str(folder / str(share))]
            ours = {**os.environ, "DATABASE_URL": here, "DATABASE_OWNER_URL": owned, "TEST_OWNER_URL": owned}
            running.append(subprocess.Popen([sys.executable, "-m", "tests.prove.deciders", *alone], cwd=ROOT, env=ours))
        for share, process in enumerate(running):
            if process.wait():
                raise RuntimeError(f"share {share} ended with {process.returncode}, as it says above")
            whole.add(Count(**json.loads((folder / str(share)).read_text())))
    return whole


def take(wanted: int, each: int) -> Count:
    """`wanted` steps and more in this process, in examples of `each`."""
    from django.db import transaction

    count = WhateverHappens.count = Count()
    found = 0
    with built():
        plan_once()
        while count.steps < wanted and not found:
            with transaction.atomic():
                found += _some(min(50, max(1, (wanted - count.steps) // each)), each)
    count.disagreements = max(count.disagreements, found)
    return count


def one_share(wanted: str, file: str) -> None:
    import django

    django.setup()
    WhateverHappens.asked = Asked(WithoutWall(os.environ["TEST_OWNER_URL"]))
    WhateverHappens.turns = TURNS
    Path(file).write_text(json.dumps(asdict(take(int(wanted), FULL_EXAMPLE))))


def _some(examples: int, each: int) -> int:
    """A few examples; 1 where the deciders disagreed."""
    try:
        run_state_machine_as_test(
            WhateverHappens,
            settings=settings(
                max_examples=examples,
                stateful_step_count=each,
                deadline=None,
                database=None,
                print_blob=False,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate,),  # shrinking would take hours: the steps are printed as they were
            ),
        )
    except Disagreement as error:
        print(f"  {os.linesep.join(str(error).splitlines()[:3])}")
        for note in getattr(error, "__notes__", ()):
            print(f"  {note}")
        return 1
    return 0


if __name__ == "__main__":
    one_share(*sys.argv[1:])
