"""Believable invented register marks, for the demonstration county and for measuring.

Deterministic: the same ``random.Random`` state gives the same marks. Absence is placed so that attendance comes out at
the figure asked for; the mix of codes follows the national one (per 10,000 possible sessions in 2025/26: I 320, O 160,
G 40, C 40, M 30, U 23, E 15, N 5), bent by the pattern.
"""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import NamedTuple

from portal.register.calendar import SchoolCalendar
from portal.register.sessions import AM, PM, Half, Mark


class Pattern(NamedTuple):
    """Where absence falls (a weight for a day, given its place of so many days) and which codes explain it."""

    weight: Callable[[int, int, date], int]
    codes: dict[str, int]


_USUAL = {"I": 320, "O": 160, "G": 40, "C": 40, "M": 30, "U": 23, "E": 15}
_AVOIDING = {"I": 30, "O": 60, "U": 14, "M": 4}
_ILL = {"I": 90, "M": 10}

PATTERNS: dict[str, Pattern] = {
    "steady": Pattern(lambda place, days, on: 3, _USUAL),
    "mondays": Pattern(lambda place, days, on: 16 if on.weekday() == 0 else 1, _AVOIDING),
    "falling": Pattern(lambda place, days, on: 1 + 24 * place * place // (days * days), _AVOIDING),
    "recovering": Pattern(lambda place, days, on: 1 + 24 * (days - place) ** 2 // (days * days), _AVOIDING),
    "severe": Pattern(lambda place, days, on: 2 + 6 * place // days, _AVOIDING),
    "illness": Pattern(lambda place, days, on: 12 if place * 5 // days in (1, 3) else 1, _ILL),
    # Mornings only for the last third of the time; other absence as usual, so attendance is lower than asked for.
    "part_time": Pattern(lambda place, days, on: 3, _USUAL),
}
_HALF_DAY_CODES = frozenset("MU")
_UNRESOLVED_SCHOOL_DAYS = 5


def believable_marks(
    rng: Random,
    calendar: SchoolCalendar,
    first_day: date,
    last_day: date,
    *,
    attendance_tenths: int = 934,
    pattern: str = "steady",
) -> tuple[Mark, ...]:
    """Return a mark for each session of each school day from ``first_day`` to ``last_day``, in order of time.

    ``attendance_tenths`` is in tenths of a percent (934 is 93.4%) and is hit to the session, except with
    ``part_time``. ``pattern`` is a key of ``PATTERNS``; another one raises ValueError. The reason for an absence in
    the last five school days may still be unknown (N), as in a real register.
    """
    if pattern not in PATTERNS:
        raise ValueError(f"{pattern!r} is not one of {', '.join(PATTERNS)}")
    weight, codes = PATTERNS[pattern]
    days = list(calendar.school_days(first_day, last_day))
    wanted = (2 * len(days) * (1000 - attendance_tenths) + 500) // 1000
    absent = _absences(rng, days, wanted, weight, codes)

    marks = []
    for place, on in enumerate(days):
        mornings_only = pattern == "part_time" and place * 3 >= len(days) * 2
        recent = place >= len(days) - _UNRESOLVED_SCHOOL_DAYS
        for half in (AM, PM):
            code = absent.get((place, half))
            if mornings_only and half == PM:
                code = "C2"
            elif code == "O" and recent:
                code = "N"
            marks.append(Mark(on, half, code or _present(rng, half)))
    return tuple(marks)


def _absences(
    rng: Random, days: list[date], wanted: int, weight: Callable[[int, int, date], int], codes: dict[str, int]
) -> dict[tuple[int, Half], str]:
    """Choose ``wanted`` sessions, day by day in a weighted random order, each day with one reason."""
    order = [place for place, on in enumerate(days) for _ in range(weight(place, len(days), on))]
    rng.shuffle(order)
    reasons = rng.choices(list(codes), list(codes.values()), k=len(days))
    absent: dict[tuple[int, Half], str] = {}
    halves_left: list[tuple[int, Half]] = []
    for place in dict.fromkeys(order):
        if len(absent) >= wanted:
            return absent
        reason = reasons[place]
        if reason == "I" and (place - 1, PM) in absent:
            reason = absent[place - 1, PM]  # an illness goes on
        half_day = reason in _HALF_DAY_CODES or len(absent) + 1 == wanted or rng.randrange(8) == 0
        # Whoever comes late comes in the morning; an appointment may be at either end of the day.
        half = PM if half_day and reason != "U" and rng.randrange(2) else AM
        absent[place, half] = reason
        other = AM if half == PM else PM
        if half_day:
            halves_left.append((place, other))
        else:
            absent[place, other] = reason
    for place, half in halves_left[: wanted - len(absent)]:
        absent[place, half] = "O"
    return absent


def _present(rng: Random, half: Half) -> str:
    chance = rng.randrange(1000)
    if chance < 12 and half == AM:
        return "L"
    if chance >= 997:
        return "V"
    return "/" if half == AM else "\\"
