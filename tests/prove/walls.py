"""Proof 3: each wall alone. The same reading with the first wall down, and with the second.

First wall down: every filter returns everything, and every check says yes; what row-level security then still hides is
all that is hidden. Counted are the rows of children's records that somebody is given who may not have them, asked for
straight (`SELECT`, every protected table) and over the channels. Rows, not columns: which columns of a row somebody
reads (a UPN, how to reach a carer) the first wall alone decides. What is asked as the service itself (emergency access
and its review, why somebody sees a child) is not walked here: there the first wall stands alone, on purpose.

Second wall down: row-level security is switched off in the database, and the first wall stands alone: the matrix must
come out as it does with both.

A sabotage that does not bite proves nothing: each run first sees that with both walls down what is hidden is shown.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.db.models import DateTimeField, Q, Value
from django.utils import timezone

from portal.accounts import identity
from referrals import policy
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
    Marks,
    Note,
    Referral,
    Restriction,
    Told,
)
from referrals.models.grant import in_force
from referrals.queries import api_lists, case_list, glass
from referrals.workflow import Verb

from . import channels, table
from .county import County, Place, build
from .expected import Expected
from .matrix import Tally
from .screens import Screens

EVERY = frozenset(Verb)
ROWS: tuple[type, ...] = (
    Concern,
    Referral,
    Case,
    Child,
    Carer,
    Care,
    Marks,
    Note,
    Event,
    Told,
    Grant,
    Restriction,
    ConflictOfInterest,
    BreakGlass,
    IdempotencyKey,
)
# Of the policy: everything that filters or decides, and what it says once it is sabotaged.
POLICY: dict[str, Any] = {
    "viewable": lambda *args, **kwargs: True,
    "visible_to": lambda actor, model, *verbs: model._default_manager.all(),
    "allowed_each": lambda actor, objs: {obj.pk: EVERY for obj in objs},
    "allowed": lambda actor, obj: EVERY,
    "can": lambda actor, verb, thing: True,
    "require": lambda actor, verb, thing: EVERY,
    "may_ever": lambda actor, verb, noun: True,
    "require_ever": lambda actor, verb, noun: None,
    "people_who": lambda verb, obj, moment=None: Q(),
    "not_denied": lambda actor, noun, at="": True,
    "denied_cases": lambda actor: Case.objects.none(),
    "reads_since": lambda actor, case, section: Value(None, DateTimeField()),
}
# What is said of an answer, and of guardian's own: no page's rows come from these.
NO_FILTER = frozenset({"explain", "guardian_cases"})


def _every_invitation(actor: Any) -> list[Grant]:
    asked = Grant.everything.filter(in_force(timezone.localdate()), joined_at__isnull=True)
    return list(asked.select_related("content_object", "granted_by", "group__agency").order_by("since"))


def _every_grant(actor: Any, case: Case, *, all_of_them: bool) -> list[Grant]:
    return list(Grant.everything.filter(content_object=case).select_related("group__agency"))


# Filters of single screens that do not pass through the policy: by the agencies of whoever asks, or by her own number.
SCREENS: dict[tuple[Any, str], Any] = {
    (case_list, "comes_in_by_grant"): lambda actor: False,  # then the list is the policy's, for everybody
    (case_list, "_reads_story"): lambda actor: Value(True),
    (case_list, "_whose_attendance"): lambda actor, cases: [case.child_id for case in cases],
    (case_list, "invitations"): _every_invitation,
    (api_lists, "grants_of"): _every_grant,
    (api_lists, "newest_cases"): lambda actor, mark, limit: _every_case(limit),
    (glass, "_hers"): lambda actor: BreakGlass.objects.in_force(),
}


def _every_case(limit: int) -> list[Case]:
    found = list(Case.objects.select_related("school", "lead").prefetch_related("child").order_by("-pk"))
    for case in found:
        case.placed = case.last_activity  # type: ignore[attr-defined]
    return found[:limit]


@contextlib.contextmanager
def first_wall_down() -> Iterator[None]:
    """Every filter returns everything, and every check says yes."""
    with contextlib.ExitStack() as stack:
        for name, says in POLICY.items():
            stack.enter_context(mock.patch.object(policy, name, says))
        for (module, name), says in SCREENS.items():
            stack.enter_context(mock.patch.object(module, name, says))
        yield


@contextlib.contextmanager
def second_wall_down() -> Iterator[None]:
    """Row-level security off, in the database itself. Outside any transaction of ours that has read a table of it."""
    owner = urlsplit(settings.DATABASE_OWNER_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    with psycopg.connect(owner, autocommit=True) as server:
        server.execute("SET lock_timeout = '20s'")
        behind = "SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity ORDER BY 1"
        tables = [name for (name,) in server.execute(behind).fetchall()]
        for name in tables:
            server.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
        try:
            yield
        finally:
            for name in tables:
                server.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")


class Rows(Expected):
    """Whose a whole row is, whichever of its columns a page would print."""

    def _reads_it(self, person: table.Person, place: Place, row: Any) -> bool:
        if place.model is Event:  # what was said in it, a page shows to fewer
            return self.knows(person, row) or self._was_asked(person, row)
        if place.model is Child:
            return self._on_a_case_of(person, row, "view")
        if place.model is Carer:
            return any(self._on_a_case_of(person, child, "view_people") for child in row.children.all())
        if place.model is Marks:
            return any(self._reads_marks(person, case, row) for case in row.child.cases.all())
        if place.model is Restriction:  # whoever is on the case, so that it can be masked for her
            return self._on_a_case_of(person, row.child, "view")
        if place.model is Grant:  # an agency's own parts, also when they have ended
            hers = row.group.agency.name
            mine = person.works and person.agency in {hers, table.TRUSTS.get(hers, "")}
            return (mine and not self._stopped(person, row.content_object)) or super()._reads_it(person, place, row)
        if place.model in {ConflictOfInterest, BreakGlass}:
            overseeing = person.works and person.kind in {*table.TEAM, "dpo"}
            return overseeing or (person.works and self.county.users.get(person.name) == row.user)
        if place.model is Case:
            return bool({"view", "join"} & self.on(person, row))
        return super()._reads_it(person, place, row)

    def _reads_marks(self, person: table.Person, case: Case, row: Marks) -> bool:
        facts = self.county.cases[self.county.name_of(case)]
        dated = table.standing(person, facts) == "on it" and "from" in facts.shares.get(person.agency, ())
        return "view_attendance" in self.on(person, case) and not (dated and row.added_at < self.county.let_in_from)

    def _was_asked(self, person: table.Person, event: Event) -> bool:
        """An agency's own invitation, also once it has answered."""
        asked = event.kind == "invited" and person.works and event.agency.name == person.agency
        return asked and not self._stopped(person, event.case)

    def _stopped(self, person: table.Person, case: Case) -> bool:
        return person.name in self.county.cases[self.county.name_of(case)].stopped


def rows_too_many(county: County, expected: Rows) -> tuple[int, list[str]]:
    """(rows asked about, those given to somebody who may not have them): straight from the database, as the person."""
    asked, found = 0, []
    everything = {model: {row.pk: row for row in _all_of(model)} for model in ROWS}
    for person in table.PERSONS.values():
        if person.kind == "the service" or person.name not in county.actors:
            continue
        for model, rows in everything.items():
            with identity.as_actor(county.actors[person.name]):
                given = set(_all_of(model).values_list("pk", flat=True))
            asked += len(rows)
            found += [
                f"{person.name} is given {model.__name__} {pk} ({_called(expected, rows[pk])})"
                for pk in given
                if not expected._may_read(person, Place(model, pk, ""))
            ]
    return asked, found


def _all_of(model: Any) -> Any:
    return (getattr(model, "everything", None) or model._default_manager).all()


def _called(expected: Expected, row: Any) -> str:
    return expected.called(row) if isinstance(row, Concern | Referral | Case | Note | Event) else str(row)


# Somebody who has nothing to do with a case, a note on it, and where that would be read.
OUTSIDER, HIDDEN = "other lead", "note to all"


def bites(county: County) -> None:
    """With both walls down an outsider reads what is hidden from her; with either up she does not."""
    note = county.things[HIDDEN]
    address = f"/workspace/cases/{note.case.reference}/timeline/"
    walker = channels.Walker(county, Expected(county), Tally())
    outsider = table.PERSONS[OUTSIDER]
    with first_wall_down():
        if note.body not in walker.ask(outsider, address).text:
            raise RuntimeError("With both walls down nothing is shown: the sabotage does not bite.")
    if note.body in walker.ask(outsider, address).text:
        raise RuntimeError("With the first wall up it is shown all the same.")
    with identity.as_actor(None):
        if not Note.objects.filter(pk=note.pk).exists():
            raise RuntimeError("Row-level security is off, and hides a row.")


def run(size: str) -> dict[str, Any]:
    over_channels, alone = Tally(), Tally()
    with transaction.atomic():
        county = build()
        expected = Rows(county)
        asked, given = rows_too_many(county, expected)
        with first_wall_down():
            walker = channels.Walker(county, expected, over_channels, **channels.lot("walls", size))
            walk = channels.Walk(county, expected, over_channels, walker)
            screens = Screens(walk, channels.DONE_TO)
            walker.everybody(walk.case_pages())
            walk.case_contents()
            walker.everybody(screens.on_cases())
            walk.lists()
        transaction.set_rollback(True)
    with second_wall_down(), transaction.atomic():
        county = build()
        bites(county)
        channels.walk(county, Expected(county), alone, size, "walls")
        transaction.set_rollback(True)
    shown = [line for line in over_channels.leaks if line.startswith("shown") or "in a list" in line]
    for title, lines in (
        ("TOO MANY", [*given, *shown]),
        ("LEAK", alone.leaks),
        ("WRONG DENIAL", alone.wrong_denials),
    ):
        for line in lines[:60]:
            print(f"  {title} {line}")
    return {
        "cells_run": asked + sum(over_channels.run.values()) + sum(alone.run.values()),
        "rows_asked_for": asked,
        "run_first_wall_down": sum(over_channels.run.values()),
        "run_second_wall_down": sum(alone.run.values()),
        "rows_too_many_first_wall_down": len(given) + len(shown),
        "leaks_second_wall_down": len(alone.leaks),
        "wrong_denials_second_wall_down": len(alone.wrong_denials),
    }
