"""Proof 3: each wall alone. The same reading with the first wall down, and with the second.

First wall down: every filter of the policy lets everything through, and everybody may do everything; what row-level
security then still hides is all that is hidden. Counted are the rows of children's records that the database gives
somebody who may not have them, asked straight (`SELECT`) and over the channels.

Second wall down: everybody is asked for as the service itself (nothing is hidden from it), and the first wall stands
alone: the matrix must come out as it does with both.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from unittest import mock

from django.db import transaction
from django.db.models import Q

from portal.accounts import identity
from referrals import policy
from referrals.models import Case, Child, Concern, Event, Note, Referral, Told
from referrals.workflow import Verb

from . import channels, table
from .county import County, Place, build
from .expected import Expected
from .matrix import Tally

ROWS: tuple[type, ...] = (Concern, Referral, Case, Child, Note, Event, Told)


@contextlib.contextmanager
def first_wall_down() -> Iterator[None]:
    """Every filter returns everything, and every check says yes."""
    every = frozenset(Verb)

    def each(actor: Any, objs: Any) -> dict[Any, frozenset[Verb]]:
        return {obj.pk: every for obj in objs}

    with (
        mock.patch.object(policy, "viewable", return_value=True),
        mock.patch.object(policy, "visible_to", lambda actor, model, *verbs: model._default_manager.all()),
        mock.patch.object(policy, "allowed_each", each),
        mock.patch.object(policy, "allowed", return_value=every),
        mock.patch.object(policy, "can", return_value=True),
        mock.patch.object(policy, "require", return_value=every),
        mock.patch.object(policy, "people_who", return_value=Q()),
        mock.patch.object(policy, "not_denied", return_value=True),
    ):
        yield


@contextlib.contextmanager
def second_wall_down() -> Iterator[None]:
    """Whoever asks, the database takes her for the service."""
    worker = '{"machine":"worker"}'
    real = identity.become

    def as_the_service(*who: Any) -> str:
        return real(worker) if identity.is_walled() else ""

    with (
        mock.patch.object(identity, "enter", as_the_service),
        mock.patch.object(identity, "become", as_the_service),
        mock.patch.object(identity, "begin", return_value=None),
    ):
        yield


def rows_too_many(county: County, expected: Expected) -> tuple[int, list[str]]:
    """(rows asked about, those given to somebody who may not have them): straight from the database, as the person."""
    asked, found = 0, []
    everything = {model: {row.pk: row for row in model._default_manager.all()} for model in ROWS}
    for person in table.PERSONS.values():
        if person.kind == "the service" or person.name not in county.actors:
            continue
        for model, rows in everything.items():
            with identity.as_actor(county.actors[person.name]):
                given = set(model._default_manager.values_list("pk", flat=True))
            asked += len(rows)
            found += [
                f"{person.name} is given {model.__name__} {pk} ({_called(expected, rows[pk])})"
                for pk in given
                if not _may_have(expected, person, model, rows[pk])
            ]
    return asked, found


def _may_have(expected: Expected, person: table.Person, model: type, row: Any) -> bool:
    if model is Event:
        asked = row.kind == "invited" and row.agency.name == person.agency and person.works
        return expected.knows(person, row) or asked
    if model is Case:
        return bool({"view", "join"} & expected.on(person, row))
    if model in {Child, Told}:
        return expected._may_read(person, Place(model, row.pk, "first_name" if model is Child else "answers"))
    return "view" in expected.on(person, row)


def _called(expected: Expected, row: Any) -> str:
    return expected.called(row) if isinstance(row, Concern | Referral | Case | Note | Event) else str(row.pk)


def run(size: str) -> dict[str, Any]:
    over_channels, alone = Tally(), Tally()
    with transaction.atomic():
        county = build()
        expected = Expected(county)
        asked, given = rows_too_many(county, expected)
        with first_wall_down():
            walker = channels.Walker(county, expected, over_channels, one_in=1 if size == "full" else 61)
            walk = channels.Walk(county, expected, over_channels, walker)
            walker.everybody(walk.case_pages())
            walk.case_contents()
            walk.lists()
        with second_wall_down():
            channels.walk(county, expected, alone, size)
        transaction.set_rollback(True)
    shown = [line for line in over_channels.leaks if line.startswith("shown")]
    for line in [*given, *shown, *alone.leaks][:60]:
        print(f"  TOO MANY {line}")
    return {
        "cells_run": asked + sum(over_channels.run.values()) + sum(alone.run.values()),
        "rows_asked_for": asked,
        "rows_too_many_first_wall_down": len(given) + len(shown),
        "leaks_second_wall_down": len(alone.leaks),
        "wrong_denials_second_wall_down": len(alone.wrong_denials),
    }
