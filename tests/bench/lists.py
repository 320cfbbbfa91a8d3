"""Bars 1 and 2: the case list's newest 25 ÷ the best SQL anybody could write by hand for the same rows.

"By hand" are two statements, by the raw driver, told which groups count and asking for no more than the list shows: one
seeks each group on the grants' index and one walks the newest cases until 25 are found. Neither is best for everybody,
so the floor is whichever is quicker for the person measured. Both, and ours, must give the same rows.

The floor is planned each time, as every statement is that Django sends. What it would cost prepared is said beside it:
planning is most of such a statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import psycopg
from django.db import connection
from django.utils import timezone

from portal.accounts.actor import Actor
from referrals.models import Case
from referrals.queries import case_list

from .bar import Measured, Target, ms
from .county import County
from .machine import Machine
from .stopwatch import turn_about

COLUMNS = """
    c.id, c.reference, c.stage, c.child_id, c.first_contact_by, c.last_activity, child.first_name, child.known_as,
    child.last_name, child.year_group, school.name, lead.name,
    EXISTS (SELECT 1 FROM referrals_note note JOIN accounts_agency team ON team.id = note.agency_id
            WHERE note.case_id = c.id AND note.visibility = 'case' AND team.kind = 'la_attendance')
"""
BESIDE = """
    JOIN referrals_child child ON child.id = c.child_id
    LEFT JOIN accounts_agency school ON school.id = c.school_id
    LEFT JOIN accounts_user lead ON lead.id = c.lead_id
"""
IN_FORCE = "part.joined_at IS NOT NULL AND (part.until IS NULL OR part.until >= %(today)s)"
SEEK = f"""
    SELECT {COLUMNS} FROM (
        SELECT DISTINCT part.case_id, part.last_activity
        FROM unnest(%(groups)s::int[]) AS mine(group_id) CROSS JOIN LATERAL (
            SELECT part.case_id, part.last_activity
            FROM referrals_grant part JOIN referrals_case staged ON staged.id = part.case_id AND staged.stage = 'open'
            WHERE part.group_id = mine.group_id AND {IN_FORCE}
            ORDER BY part.last_activity DESC, part.case_id DESC LIMIT 25
        ) part ORDER BY part.last_activity DESC, part.case_id DESC LIMIT 25
    ) page JOIN referrals_case c ON c.id = page.case_id {BESIDE}
    ORDER BY page.last_activity DESC, page.case_id DESC
"""
WALK = f"""
    SELECT {COLUMNS} FROM (
        SELECT * FROM referrals_case c WHERE c.stage = 'open' AND EXISTS (
            SELECT 1 FROM referrals_grant part
            WHERE part.case_id = c.id AND part.group_id = ANY(%(groups)s::int[]) AND {IN_FORCE}
        ) ORDER BY c.last_activity DESC, c.id DESC LIMIT 25
    ) c {BESIDE} ORDER BY c.last_activity DESC, c.id DESC
"""
BY_HAND = {"seek": SEEK, "walk": WALK}
TOO_SLOW = 0.25  # seconds: a statement that needs more for this person is nobody's best, and is not measured further

PEOPLE = (
    (1, "ordinary", "case list, ordinary person", Target(1.8)),
    (2, "few", "case list, person with few, old cases", Target(2)),
    (2, "forty", "case list, person in 40 agencies", Target(2)),
    (2, "all", "case list, person in 400 agencies", Target(2)),
)
NOT_PREPARED, PREPARED = False, True


def measure(machine: Machine, county: County, bars: set[int]) -> Iterator[Measured]:
    database = connection.settings_dict["NAME"]
    with machine.connect(database, autocommit=True) as planned, machine.connect(database, autocommit=True) as kept:
        kept.execute("SET plan_cache_mode = force_generic_plan")
        for bar, who, what, target in PEOPLE:
            if bar in bars:
                with county.acting(who) as actor:
                    yield from _one(machine, county, {NOT_PREPARED: planned, PREPARED: kept}, bar, actor, what, target)


def _one(
    machine: Machine,
    county: County,
    raw: dict[bool, psycopg.Connection],
    bar: int,
    actor: Actor,
    what: str,
    target: Target,
) -> Iterator[Measured]:
    asked = {"groups": list(actor.groups), "today": timezone.localdate()}
    cursors = {prepare: connected.cursor(binary=True) for prepare, connected in raw.items()}

    def by_hand(name: str, prepare: bool = NOT_PREPARED) -> list[tuple]:
        return cursors[prepare].execute(BY_HAND[name], asked, prepare=prepare).fetchall()

    def ours() -> list[Case]:
        return case_list.newest(actor)

    expected = [row[0] for row in by_hand("seek")]
    assert [case.pk for case in ours()] == expected, f"the list of {what} differs from the floor's"
    ways: dict[tuple[str, bool], Callable[[], object]] = {}
    for name in BY_HAND:
        first = turn_about([partial(by_hand, name)], rounds=2, warm=0)[0]
        if first.least < TOO_SLOW:
            assert [row[0] for row in by_hand(name)] == expected, f"{name} gives other rows"
            for prepare in (NOT_PREPARED, PREPARED):
                ways[name, prepare] = partial(by_hand, name, prepare)
    our, *timings = turn_about([ours, *ways.values()], rounds=machine.sizes.rounds, warm=min(10, machine.sizes.rounds))
    floors = dict(zip(ways, timings, strict=True))
    groups = f"{len(actor.groups)} {'groups' if len(actor.groups) > 1 else 'group'}"
    beside = {"cases": county.cases, "rows": len(expected), "ours": our.ms()}
    for prepare, goal in ((NOT_PREPARED, target), (PREPARED, None)):
        each = {name: timing for (name, prepared), timing in floors.items() if prepared is prepare}
        best = min(each, key=lambda name: each[name].median)
        yield Measured(
            bar,
            f"{what} ({groups})" if goal else "    ÷ the same by hand, already prepared",
            f"{ms(each[best].median)} {best}",
            ms(our.median),
            our.median / each[best].median,
            goal,
            beside=beside | {"floors": {name: timing.ms() for name, timing in each.items()}},
        )
