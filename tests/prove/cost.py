"""Proof 10, bar 14: what the second wall costs: lists and the case page with both walls ÷ with the first alone.

In counties of 20,000 and of 1,000,000 cases, for the ordinary person, the person with few, old cases and the officer
who sees the county. Each page is measured whole (Django's test client: middleware, session, transaction, identity,
view, template), and beside it the list's own queries. "The first alone" is the same code asked by a role that row-level
security does not hold, with no identity set; the two take turns, ten pages at a time, in one run.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from django.db import connection, transaction
from django.urls import reverse

from portal.accounts import identity
from portal.accounts.actor import Actor
from referrals.queries import case_list
from tests.bench.county import County
from tests.bench.machine import Machine, Sizes
from tests.bench.pages import get, signed_in, using
from tests.bench.stopwatch import Timing, once
from tests.services import Services

COUNTIES = {"full": (20_000, 1_000_000), "sample": (300,)}
PEOPLE = ("ordinary", "few", "officer")
BATCH = 10
ROUNDS = {"full": 12, "sample": 1}


def run(size: str) -> dict[str, Any]:
    figures: dict[str, Any] = {"largest_county": 0}
    worst = 0.0
    with Services() as services:
        machine = Machine(services, services.postgres(), "", Sizes())
        try:
            for cases in COUNTIES[size]:
                county = County(cases, 400 if cases > 1_000 else 12, 5_000 if cases > 1_000 else 60)
                database = machine.create(f"prove_cost_{cases}", like=connection.settings_dict["NAME"])
                with using(database, machine.superuser):
                    county.build()
                for what, (alone, both) in _measured(machine, database, county, ROUNDS[size]).items():
                    ratio = both.median / alone.median
                    worst = max(worst, ratio)
                    said = f"{alone.median * 1000:.2f} → {both.median * 1000:.2f} ms"
                    figures[f"{what}, {cases} cases"] = f"{ratio:.2f} ({said})"
                figures["largest_county"] = cases
        finally:
            machine.drop_all()
    return {"worst_ratio": round(worst, 3), **figures}


def _measured(machine: Machine, database: str, county: County, rounds: int) -> dict[str, tuple[Timing, Timing]]:
    ways: dict[str, tuple[Actor, Callable[[], object]]] = {}
    with using(database, machine.superuser):
        for who in PEOPLE:
            actor = county.actor(who)
            client = signed_in(actor)
            newest = case_list.newest(actor, limit=1)[0]
            list_of = f"{reverse('workspace:cases')}{'?show=all' if who == 'officer' else ''}"
            page_of = reverse("workspace:case", args=[newest.reference])
            ways[f"case list, {who}"] = actor, lambda client=client, at=list_of: get(client, at)
            ways[f"case page, {who}"] = actor, lambda client=client, at=page_of: get(client, at)
            ways[f"queries of the case list, {who}"] = actor, lambda actor=actor: case_list.page(actor)
    seconds: dict[str, tuple[list[float], list[float]]] = {what: ([], []) for what in ways}
    for number in range(rounds):
        walls = (_first_alone, _both) if number % 2 else (_both, _first_alone)
        for wall in walls:
            with wall(machine, database):
                for what, (actor, work) in ways.items():
                    found = seconds[what][0 if wall is _first_alone else 1]
                    with _asked_as(actor) if what.startswith("queries") else contextlib.nullcontext():
                        for _ in range(3):
                            work()
                        gc.collect()
                        found += [once(work) for _ in range(BATCH)]
    return {what: (Timing.of(alone), Timing.of(both)) for what, (alone, both) in seconds.items()}


@contextlib.contextmanager
def _first_alone(machine: Machine, database: str) -> Iterator[None]:
    with using(database, machine.superuser), mock.patch.object(identity, "is_walled", return_value=False):
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")  # as it is for everybody who has entered
        yield


@contextlib.contextmanager
def _both(machine: Machine, database: str) -> Iterator[None]:
    with using(database):
        yield


@contextlib.contextmanager
def _asked_as(actor: Actor) -> Iterator[None]:
    with transaction.atomic():
        identity.enter(actor)
        yield
