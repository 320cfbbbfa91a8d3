"""The rolling count of unauthorised sessions: has the point been reached at which a penalty notice must be considered?

Source: National Framework for Penalty Notices, in force since 19 August 2024: 10 sessions of unauthorised absence in a
rolling 10 school weeks, in any mix of codes, across terms and school years. Reaching it obliges a school to consider a
notice; it never obliges anyone to issue one.

The framework does not say whether its weeks run from Monday. We count whole Monday-to-Sunday school weeks and show the
sessions that were counted, so that the reading can be checked. A week without a session does not use up a week.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.register.calendar import ONE_WEEK, SchoolCalendar, week_of
from portal.register.codes import Category, categorise
from portal.register.rules import DEFAULT, ServiceRules
from portal.register.sessions import Mark

# A mark with one of these is no evidence that the school was open: planned and unplanned closure of the whole school.
CLOSED = frozenset({"#", "Y4"})


class WeekCount(NamedTuple):
    """One school week: sessions it added to the count, sessions that dropped out with it, and the count it left."""

    monday: date
    added: int
    dropped: int
    total: int


@dataclass(frozen=True)
class Rolling:
    """The count week by week, oldest first, and where it stands in the last of those weeks."""

    weeks: tuple[WeekCount, ...]
    evidence: tuple[Mark, ...]  # the marks counted in the last week's window, in order of time
    needed: int  # sessions
    window: int  # school weeks
    leaving: int  # of the evidence, sessions that will have left the count ...
    leaving_in: int  # ... this many school weeks from now ...
    leaving_by: date | None  # ... which is this Monday; None when no calendar says

    @property
    def total(self) -> int:
        """Sessions in the count now."""
        return len(self.evidence)

    @property
    def met(self) -> bool:
        """Does the count stand at the threshold or above? Then a notice must be considered: no more than that."""
        return self.total >= self.needed

    @property
    def unresolved(self) -> int:
        """How many of the counted sessions are N: the reason must be found before anything is requested."""
        return sum(mark.code == "N" for mark in self.evidence)

    @property
    def ever_met(self) -> bool:
        """Was the threshold reached in any of the weeks?"""
        return any(week.total >= self.needed for week in self.weeks)


def school_weeks_of(marks: Sequence[Mark], calendar: SchoolCalendar | None, until: date) -> tuple[date, ...]:
    """Return the Mondays of this pupil's school weeks, from the first mark to ``until``.

    A week counts when a mark shows that a session was held, or when the calendar knows the week and has a school day.
    """
    weeks = {
        week_of(on)
        for on, _, code in marks
        if on <= until and code not in CLOSED and categorise(code, on) is not Category.MISSING
    }
    if calendar and calendar.known and marks:
        first = max(min(mark.on for mark in marks), calendar.known[0])
        last = min(until, calendar.known[1])
        weeks.update(calendar.school_weeks(first, last) if first <= last else ())
    return tuple(sorted(weeks))


def rolling(
    marks: Sequence[Mark],
    rules: ServiceRules = DEFAULT,
    *,
    calendar: SchoolCalendar | None = None,
    as_at: date | None = None,
    of_age: tuple[date, date] | None = None,
) -> Rolling:
    """Count unauthorised sessions over rolling school weeks, up to the week of ``as_at`` (default: of the last mark).

    ``of_age`` (from ``age.compulsory_school_age``) leaves out sessions on days when the pupil was not of compulsory
    school age. Marks need not be sorted. The work is proportional to the number of marks and weeks.
    """
    as_at = as_at or max((mark.on for mark in marks), default=date.min)
    counted = sorted(
        mark
        for mark in marks
        if mark.on <= as_at
        and mark.code in rules.pn_codes
        and categorise(mark.code, mark.on) is Category.UNAUTHORISED
        and (of_age is None or of_age[0] <= mark.on <= of_age[1])
    )
    mondays = school_weeks_of(marks, calendar, as_at)
    added = Counter(week_of(mark.on) for mark in counted)
    weeks: list[WeekCount] = []
    total = 0
    for place, monday in enumerate(mondays):
        before = place - rules.pn_window_school_weeks
        dropped = added[mondays[before]] if before >= 0 else 0
        total += added[monday] - dropped
        weeks.append(WeekCount(monday, added[monday], dropped, total))

    window = mondays[-rules.pn_window_school_weeks :]
    evidence = tuple(mark for mark in counted if window and mark.on >= window[0])
    # The window's first weeks leave it; fewer, when it is not yet full.
    going = max(0, len(window) + rules.leaving_school_weeks - rules.pn_window_school_weeks)
    return Rolling(
        weeks=tuple(weeks),
        evidence=evidence,
        needed=rules.pn_threshold_sessions,
        window=rules.pn_window_school_weeks,
        leaving=sum(added[monday] for monday in window[:going]),
        leaving_in=rules.leaving_school_weeks,
        leaving_by=_weeks_ahead(calendar, window[-1], rules.leaving_school_weeks) if window else None,
    )


def _weeks_ahead(calendar: SchoolCalendar | None, monday: date, number: int) -> date | None:
    """Return the Monday ``number`` school weeks on, or None when the calendar does not reach so far."""
    while number and calendar and monday < date.max - ONE_WEEK and calendar.knows(monday := monday + ONE_WEEK):
        number -= calendar.is_school_week(monday)
    return monday if not number else None
