"""School days and school weeks: the clock that deadlines, "waiting since" and the rolling counts run on.

A calendar knows the stretch of time its terms cover. Inside it, a school day is a weekday of a term that is neither a
closure nor a bank holiday. Outside it (last year, or a year nobody has typed in yet) every weekday that is not a bank
holiday is taken for a school day: a deadline is then at worst too early, and no question goes unanswered.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Our own words: a date must not depend on the server's locale.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)


class CalendarError(ValueError):
    """A calendar file is wrong, or a question goes beyond any calendar. The message says what and where."""


@dataclass(frozen=True)
class Span:
    """A named run of days, both ends included: a term, a half-term, a training day."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class SchoolCalendar:
    """The terms and closures of one school or one county. Without terms it is the weekday calendar described above."""

    terms: tuple[Span, ...] = ()
    closures: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        for span in (*self.terms, *self.closures):
            if span.last < span.first:
                raise CalendarError(f"{span.name} ends on {span.last} before it begins on {span.first}")
            if (span.last - span.first).days > 366:
                raise CalendarError(f"{span.name} is longer than a year: check {span.first} and {span.last}")

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> "SchoolCalendar":
        """Read a calendar from TOML or JSON data.

        Shape: ``{"terms": [{"name": "Autumn", "from": 2026-09-03, "to": 2026-12-18}], "closures": [the same],
        "bank_holidays": [2026-08-31]}``. Dates are dates or ISO text; ``to`` may be left out of a closure of one day.
        The bank holidays need not be listed, only one-off ones must. Other keys are ignored. Raises CalendarError.
        """
        one_off = [{"name": "Bank holiday", "from": day} for day in data.get("bank_holidays", ())]
        return cls(
            tuple(sorted(_spans(data.get("terms", []), "terms"), key=lambda span: span.first)),
            tuple(
                sorted(
                    (*_spans(data.get("closures", []), "closures"), *_spans(one_off, "bank_holidays")),
                    key=lambda span: span.first,
                )
            ),
        )

    # -- days ---------------------------------------------------------------------------------------------------------

    @cached_property
    def known(self) -> tuple[date, date] | None:
        """The first and last day this calendar knows about, or None.

        It runs from the first day of the first term; a last term that ends in the summer also closes the summer
        holiday, to 31 August.
        """
        if not self.terms:
            return None
        last = max(term.last for term in self.terms)
        if last.month in (6, 7):
            last = date(last.year, 8, 31)
        return min(term.first for term in self.terms), last

    def knows(self, on: date) -> bool:
        """Is that day inside the stretch the terms cover?"""
        return self.known is not None and self.known[0] <= on <= self.known[1]

    @cached_property
    def _closed(self) -> frozenset[date]:
        return frozenset(day for span in self.closures for day in _days(span.first, span.last))

    @cached_property
    def _term_days(self) -> tuple[date, ...]:
        days = {day for span in self.terms for day in _days(span.first, span.last)} - self._closed
        return tuple(sorted(day for day in days if _is_working_day(day)))

    @cached_property
    def _term_day_set(self) -> frozenset[date]:
        return frozenset(self._term_days)

    def is_school_day(self, on: date) -> bool:
        """Is the school open to pupils that day? Outside the known terms: is it a weekday and no holiday?"""
        if self.knows(on):
            return on in self._term_day_set
        return _is_working_day(on) and on not in self._closed

    def school_days(self, first: date, last: date) -> Iterator[date]:
        """Yield the school days from ``first`` to ``last``, both included."""
        return (day for day in _days(first, last) if self.is_school_day(day))

    def add_school_days(self, on: date, number: int) -> date:
        """Return the day that is ``number`` school days after ``on`` (before, if negative).

        Day 1 is the first school day after ``on``, so 3 school days from a Friday is Wednesday. 0 gives ``on`` itself
        or, when that is no school day, the next one. Raises CalendarError beyond 2,000 school days or year 9999.
        """
        if abs(number) > 2000:
            raise CalendarError(f"{number} school days is more than a calendar can answer for")
        step = -ONE_DAY if number < 0 else ONE_DAY
        left = abs(number)
        try:
            day = on
            if not left:
                while not self.is_school_day(day):
                    day += step
            while left:
                day += step
                left -= self.is_school_day(day)
        except OverflowError:
            raise CalendarError(f"There is no calendar for {number} school days from {on}") from None
        return day

    def elapsed(self, since: date, until: date) -> int:
        """Count the school days after ``since``, up to and including ``until``: 0 on the day itself.

        Friday to Monday is 1. Never negative.
        """
        if until <= since:
            return 0
        if self.knows(since) and self.knows(until):
            return bisect_right(self._term_days, until) - bisect_right(self._term_days, since)
        return sum(1 for _ in self.school_days(since + ONE_DAY, until))

    # -- weeks --------------------------------------------------------------------------------------------------------

    def is_school_week(self, monday: date) -> bool:
        """Does the week that begins that Monday hold at least one school day?"""
        return any(self.is_school_day(day) for day in _days(monday, monday + 4 * ONE_DAY))

    def school_weeks(self, first: date, last: date) -> tuple[date, ...]:
        """Return the Mondays of the school weeks that touch ``first`` to ``last``."""
        mondays = _days(week_of(first), last, ONE_WEEK)
        return tuple(monday for monday in mondays if self.is_school_week(monday))

    def break_name(self, first: date, last: date) -> str:
        """Say why there was no school from ``first`` to ``last``: the closure's name, or half-term or holiday."""
        for span in self.closures:
            if span.first <= last and first <= span.last and (span.last - span.first).days >= 3:
                return span.name
        short = (last - first).days < 13 and first.month in (2, 5, 6, 10, 11)
        return "Half-term" if short else "School holiday"


def _spans(rows: Any, key: str) -> Iterator[Span]:
    if not isinstance(rows, list | tuple):
        raise CalendarError(f"{key} must be a list of rows with name, from and to")
    for number, row in enumerate(rows, 1):
        where = f"{key}, row {number}"
        if not isinstance(row, Mapping) or "from" not in row:
            raise CalendarError(f"{where}: a row needs name, from and to")
        if key == "terms" and "to" not in row:
            raise CalendarError(f"{where}: a term needs its last day")
        first = _date(row["from"], where)
        yield Span(str(row.get("name", "Closed")), first, _date(row.get("to", first), where))


def _date(value: Any, where: str) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise CalendarError(f"{where}: {value!r} is not a date like 2026-09-03") from None


def _days(first: date, last: date, step: timedelta = ONE_DAY) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        if day > date.max - step:
            return
        day += step


def _is_working_day(on: date) -> bool:
    return on.weekday() < 5 and on not in bank_holidays(on.year)


def week_of(on: date) -> date:
    """Return the Monday of the week that holds ``on``."""
    return on - timedelta(days=on.weekday())


def school_year(on: date) -> date:
    """Return the 1 August on which the school year of ``on`` begins (the census year runs 1 August to 31 July)."""
    return date(on.year if on.month >= 8 else on.year - 1, 8, 1)


@lru_cache(maxsize=256)
def bank_holidays(year: int) -> frozenset[date]:
    """Return the bank holidays of England in a year, by rule (Banking and Financial Dealings Act 1971).

    One-off days, such as for a coronation, are closures of the calendar. Easter needs no table: the anonymous
    Gregorian algorithm, all in integers.
    """
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    easter = date(year, f // 31, f % 31 + 1)

    new_year, christmas, boxing = date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)
    last_of_may, last_of_august = date(year, 5, 31), date(year, 8, 31)
    first_of_may = date(year, 5, 1)
    return frozenset(
        {
            new_year + timedelta(days={5: 2, 6: 1}.get(new_year.weekday(), 0)),
            easter - timedelta(days=2),
            easter + ONE_DAY,
            first_of_may + timedelta(days=-first_of_may.weekday() % 7),
            week_of(last_of_may),
            week_of(last_of_august),
            # A day lost to the weekend, or to the other's substitute, moves to the next weekday that is free.
            christmas + timedelta(days={5: 2, 6: 2}.get(christmas.weekday(), 0)),
            boxing + timedelta(days={5: 2, 6: 2}.get(boxing.weekday(), 0)),
        }
    )


def in_words(on: date) -> str:
    """Write a date out: ``"Thursday 26 November 2026"``."""
    return f"{DAYS[on.weekday()]} {day_month_year(on)}"


def day_month(on: date) -> str:
    """Write a date without its year: ``"26 November"``."""
    return f"{on.day} {MONTHS[on.month - 1]}"


def day_month_year(on: date) -> str:
    """Write a date: ``"26 November 2026"``."""
    return f"{day_month(on)} {on.year}"


def short_day_month(on: date) -> str:
    """Write a date for a table's row: ``"26 Nov"``."""
    return f"{on.day} {MONTHS[on.month - 1][:3]}"
