"""The county's own time: while its history is lived, every clock of the product stands where the story says.

The actions stamp what they do with `timezone.now()`. So that a case accepted three weeks ago is three weeks old in
every column and every event, and no row is rewritten afterwards, its story is lived under a clock that is set by hand.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

ONE_DAY = datetime.timedelta(days=1)
_TICK = datetime.timedelta(milliseconds=1)


class Clock:
    """Set forward only; each look at it is a millisecond later, so that no two events share a moment."""

    def __init__(self, start: datetime.datetime) -> None:
        self.moment = start

    def set(self, moment: datetime.datetime) -> None:
        self.moment = max(self.moment + _TICK, moment)

    def now(self) -> datetime.datetime:
        self.moment += _TICK
        return self.moment


@contextmanager
def story_time(clock: Clock) -> Iterator[Clock]:
    """Until the end of the block, `django.utils.timezone` tells this clock's time to every caller in this process.

    What is replaced is the `datetime` that `timezone.now` reads, for model fields hold on to the function itself.
    """

    class Told(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
            moment = clock.now()
            return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

    real = timezone.datetime  # type: ignore[attr-defined]
    timezone.datetime = Told  # type: ignore[attr-defined]
    try:
        yield clock
    finally:
        timezone.datetime = real  # type: ignore[attr-defined]


def working_day(today: datetime.date, ago: int) -> datetime.date:
    """The weekday `ago` weekdays before `today`; 1 is the last one that is over."""
    day = today
    while ago > 0:
        day -= ONE_DAY
        ago -= day.weekday() < 5
    return day


def at(day: datetime.date, hour: int, minute: int) -> datetime.datetime:
    """A moment by the county's own clocks."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))
