"""A school year to count in: the dates of one county's high school, 2026/27, and the summer before it."""

from datetime import date, timedelta

from portal.register.calendar import SchoolCalendar, week_of
from portal.register.sessions import AM, PM, Mark

CALENDAR = SchoolCalendar.from_mapping(
    {
        "terms": [
            {"name": "Summer 2026", "from": "2026-04-13", "to": "2026-07-17"},
            {"name": "Autumn 2026", "from": date(2026, 9, 3), "to": date(2026, 12, 18)},
            {"name": "Spring 2027", "from": date(2027, 1, 4), "to": date(2027, 3, 25)},
            {"name": "Summer 2027", "from": date(2027, 4, 8), "to": date(2027, 7, 16)},
        ],
        "closures": [
            {"name": "Half-term", "from": date(2026, 5, 25), "to": date(2026, 5, 29)},
            {"name": "Training day", "from": date(2026, 10, 23)},
            {"name": "Half-term", "from": date(2026, 10, 26), "to": date(2026, 10, 30)},
        ],
    }
)


def week(monday: date, codes: str) -> list[Mark]:
    """Ten marks, or fewer, from a Monday: ``week(monday, "/ \\ N N")``."""
    assert week_of(monday) == monday
    return [
        Mark(monday + timedelta(days=place // 2), PM if place % 2 else AM, code)
        for place, code in enumerate(codes.split())
    ]
