"""Bars 1 and 2: the case list's newest 25 ÷ the best SQL anybody could write by hand for the same rows.

"By hand" are two statements, prepared, by the raw driver, told which groups count and asking for no more than the list
shows: one seeks each group on the grants' index and one walks the newest cases until 25 are found. Neither is best for
everybody, so the floor is whichever is quicker for the person measured. Both, and ours, must give the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from django.db import connection
from django.utils import timezone

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


def measure(machine: Machine, county: County, bars: set[int]) -> Iterator[Measured]:
    with machine.connect(connection.settings_dict["NAME"], autocommit=True) as raw:
        for bar, who, what, target in PEOPLE:
            if bar in bars:
                yield _one(machine, county, raw, bar, who, what, target)


def _one(
    machine: Machine, county: County, raw: psycopg.Connection, bar: int, who: str, what: str, target: Target
) -> Measured:
    actor = county.actor(who)
    asked = {"groups": list(actor.groups), "today": timezone.localdate()}
    cursor = raw.cursor(binary=True)
    rows = machine.sizes.rounds

    def by_hand(sql: str) -> list[tuple]:
        return cursor.execute(sql, asked, prepare=True).fetchall()

    def ours() -> list[Case]:
        return case_list.newest(actor)

    expected = [row[0] for row in by_hand(SEEK)]
    assert [case.pk for case in ours()] == expected, f"the list of {who} differs from the floor's"
    quick = {}
    for name, sql in BY_HAND.items():
        first = turn_about([lambda sql=sql: by_hand(sql)], rounds=2, warm=0)[0]
        if first.least < TOO_SLOW:
            assert [row[0] for row in by_hand(sql)] == expected, f"{name} gives other rows"
            quick[name] = lambda sql=sql: by_hand(sql)
    timings = turn_about([ours, *quick.values()], rounds=rows, warm=min(10, rows))
    our, floors = timings[0], dict(zip(quick, timings[1:], strict=True))
    best = min(floors, key=lambda name: floors[name].median)
    return Measured(
        bar,
        f"{what} ({len(actor.groups)} {'groups' if len(actor.groups) > 1 else 'group'})",
        f"{ms(floors[best].median)} {best}",
        ms(our.median),
        our.median / floors[best].median,
        target,
        beside={
            "cases": county.cases, "rows": len(expected), "ours": our.ms(),
            "floors": {name: timing.ms() for name, timing in floors.items()},
            "ratio to the seek": round(our.median / floors["seek"].median, 3) if "seek" in floors else None,
        },
    )  # fmt: skip
