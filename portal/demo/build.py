"""Building the demonstration county: places, people, children, and their history as it was lived."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from content import pages
from notifications.fanout import fan_out
from notifications.models import Channel, Delivery, State
from portal.accounts.models import User
from portal.demo import bulk, guarded, history, places, pupils, stories
from portal.demo.clock import Clock, at, story_time, working_day
from portal.demo.places import SCHOOLS, County
from portal.demo.pupils import Pupil
from referrals import reference
from referrals.models import Event, Marks

DEFAULT_SEED = 2026
WORKED_SINCE = datetime.timedelta(days=420)
TOLD_SINCE = 6  # weekdays: older events are told to nobody any more
READ_SINCE = 2  # weekdays: what is older has been read
ALWAYS_UNREAD = 2
REFERENCES = 26**6
# Coprime to 26: counting in steps of it meets every reference once, and they look drawn at random.
STRIDE = 123_456_791

Say = Callable[[str], None]


def build(*, seed: int = DEFAULT_SEED, scale: int = 1, say: Say = lambda text: None) -> None:
    """The whole county, in one transaction, with `scale` times as much going on in it. There must be no people yet."""
    say("The public pages…")
    _public_pages()
    with transaction.atomic(), _nobody_is_nudged():
        say("Schools, agencies and people…")
        today = timezone.localdate()
        rng = Random(f"county {seed}")
        county = places.settle(today - WORKED_SINCE)
        _editors(county)
        say("Sixty children, and what has happened…")
        with _numbered_references(seed):
            _live(today, rng, county)
        _settle_deliveries(today)
        if scale > 1:
            bulk.multiply(scale, seed=seed, number=_numbers(seed, taken=10_000), say=say)


def _public_pages() -> None:
    """Loaded without a line in the log for every page."""
    log = logging.getLogger("wagtail")
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        pages.load()
    finally:
        log.setLevel(level)


def _editors(county: County) -> None:
    group: Group = pages.editors_group()
    group.user_set.add(county.council("editor").user)


def _live(today: datetime.date, rng: Random, county: County) -> None:
    with story_time(Clock(at(working_day(today, 150), 8, 0))) as clock:
        children = pupils.enrol(rng, county.agencies, today)
        telling = stories.Telling(today, rng, clock, county, children)
        told_since = at(working_day(today, TOLD_SINCE), 0, 0)

        def tell() -> None:
            if clock.moment < told_since:
                return
            new = Event.objects.filter(fanned_out_at__isnull=True, at__gte=told_since)
            for number in list(new.order_by("pk").values_list("pk", flat=True)):
                fan_out(number)

        stories.live(clock, [*history.everything(telling), guarded.story(today, county)], tell)
        Event.objects.filter(fanned_out_at__isnull=True).update(fanned_out_at=timezone.now())
        _registers(telling)


def _registers(telling: stories.Telling) -> None:
    """Marks for the children nobody has sent any for: the county knows their attendance from the daily returns."""
    phases = {school.slug: school.phase for school in SCHOOLS}
    known = set(Marks.objects.values_list("child_id", flat=True))
    Marks.objects.bulk_create(
        _marks(telling, pupil, phases[pupil.slug]) for pupil in telling.pupils if pupil.record.pk not in known
    )


def _marks(telling: stories.Telling, pupil: Pupil, phase: str) -> Marks:
    if not pupil.register:
        history.attends_as_usual(telling, pupil, phase)
    given = pupil.marks_until(telling.today)
    return Marks(
        child=pupil.record,
        school=pupil.record.school,
        text=given["marks"],
        first_day=datetime.date.fromisoformat(given["first_day"]),
        last_day=datetime.date.fromisoformat(given["last_day"]),
    )


def _settle_deliveries(today: datetime.date) -> None:
    """No email goes out for a past that was invented; and each person finds the newest of the inbox unread."""
    now = timezone.now()
    Delivery.objects.filter(channel=Channel.EMAIL).update(state=State.DONE, sent_at=now)
    inbox = Delivery.objects.filter(channel=Channel.INBOX)
    # Asked in two steps: of tables just filled the database has no statistics, and would try every pair.
    older = Event.objects.filter(at__lt=at(working_day(today, READ_SINCE), 0, 0)).values_list("pk", flat=True)
    inbox.filter(event__in=list(older)).update(read_at=now)
    for person in User.objects.all():
        newest = inbox.filter(person=person).order_by("-event").values_list("pk", flat=True)[:ALWAYS_UNREAD]
        inbox.filter(pk__in=list(newest)).update(read_at=None)


def _numbers(seed: int, taken: int = 0) -> Iterator[int]:
    """References never met before by this seed."""
    offset = Random(f"references {seed}").randrange(REFERENCES)
    place = taken
    while True:
        yield (offset + place * STRIDE) % REFERENCES
        place += 1


@contextmanager
def _numbered_references(seed: int) -> Iterator[None]:
    """The same references each time the county is built, so that a test or a guide can name one."""
    numbers = _numbers(seed)
    drawn = reference.new
    reference.new = lambda letter: reference.from_number(letter, next(numbers))
    try:
        yield
    finally:
        reference.new = drawn


@contextmanager
def _nobody_is_nudged() -> Iterator[None]:
    """What the actions would announce at the commit is forgotten: it has been told already, or is too old to tell."""
    connection = transaction.get_connection()
    before = len(connection.run_on_commit)
    yield
    del connection.run_on_commit[before:]
