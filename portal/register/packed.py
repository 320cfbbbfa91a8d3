r"""Marks as text to store: a line a week, the Monday's date and ten marks, Monday morning to Friday afternoon.

    2026-10-05 / \ / N / \ I I / \
    2026-10-12 N N / \ / \ / \ U .

``.`` is a half-day for which there is no mark at all; ``-`` is a mark that is missing. A person can read it, a
difference between two versions shows the week that changed, and ``paste.read_marks`` reads it like any other paste.
"""

from collections.abc import Iterable
from datetime import date

from portal.register.calendar import ONE_DAY, week_of
from portal.register.sessions import AM, PM, Mark

NOTHING = "."


def pack(marks: Iterable[Mark]) -> str:
    """Write marks as text, in order of time; ``""`` for none.

    Raises ValueError for a mark on a weekend, two marks for one session, or a code that is not one short word.
    """
    weeks: dict[date, list[str]] = {}
    for on, half, code in sorted(marks):
        place = on.weekday() * 2 + (half == PM)
        if place > 9:
            raise ValueError(f"A mark on {on}, which is a weekend")
        row = weeks.setdefault(week_of(on), [NOTHING] * 10)
        if row[place] != NOTHING:
            raise ValueError(f"Two marks for {half} on {on}")
        code = code or "-"
        if len(code) > 2 or code == NOTHING or not code.isprintable() or " " in code:
            raise ValueError(f"{code!r} is not a code")
        row[place] = code
    return "\n".join(f"{monday.isoformat()} {' '.join(row)}" for monday, row in weeks.items())


def unpack(text: str) -> tuple[Mark, ...]:
    """Read what ``pack`` wrote. Raises ValueError naming the line for anything else; for pastes use ``paste``."""
    marks: list[Mark] = []
    for number, line in enumerate(text.splitlines(), 1):
        head, *row = line.split(" ")
        try:
            monday = date.fromisoformat(head)
        except ValueError:
            raise ValueError(f"Line {number} has no date") from None
        if len(row) != 10:
            raise ValueError(f"Line {number} has {len(row)} marks, not 10")
        for place, code in enumerate(row):
            if code != NOTHING:
                marks.append(Mark(monday + place // 2 * ONE_DAY, PM if place % 2 else AM, code))
    return tuple(marks)
