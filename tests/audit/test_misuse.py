"""Twenty ways to misuse what one may see are noticed; a normal day's work is not."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable

import pytest
from django.utils import timezone

from portal.accounts.models import User
from portal.audit import misuse, trail
from portal.audit.misuse import Limits, Look
from portal.audit.models import Prompt

LONDON = timezone.get_default_timezone()
MINUTE = datetime.timedelta(minutes=1)
LIMITS = Limits()


def at(day: int, hour: int, minute: int = 0) -> datetime.datetime:
    """Of November 2026: the 2nd is a Monday, the 7th a Saturday."""
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


def browsing(
    start: datetime.datetime, children: int, minutes: float, *, flag: str = "", action: str = "view", each: int = 1
):
    step = datetime.timedelta(minutes=minutes) / max(children * each, 1)
    return [
        Look(start + step * number, 1, f"child {number // each}", flag, action) for number in range(children * each)
    ]


MANY, LATE, OWN, LEAVING = Prompt.Rule.MANY, Prompt.Rule.AFTER_HOURS, Prompt.Rule.OWN_SURNAME, Prompt.Rule.LEAVING
PATTERNS: dict[str, tuple[str, Callable[[], list[Look]]]] = {
    "forty in fifteen minutes": (MANY, lambda: browsing(at(2, 10), 40, 14.9)),
    "a hundred in five minutes": (MANY, lambda: browsing(at(3, 11), 100, 5)),
    "four hundred in an hour": (MANY, lambda: browsing(at(4, 14), 400, 60)),
    "forty, each page twice": (MANY, lambda: browsing(at(5, 9), 45, 14, each=2)),
    "a quiet hour, then fifty": (MANY, lambda: browsing(at(2, 9), 10, 60) + browsing(at(2, 10, 5), 50, 10)),
    "across the hour": (MANY, lambda: browsing(at(3, 9, 53), 42, 14)),
    "by printing": (MANY, lambda: browsing(at(4, 15), 41, 12, action="print")),
    "by taking out files": (MANY, lambda: browsing(at(5, 15), 60, 14, action="export")),
    "fifteen at midnight": (LATE, lambda: browsing(at(2, 23), 15, 50)),
    "twenty on a Saturday": (LATE, lambda: browsing(at(7, 11), 20, 55)),
    "sixteen on a Sunday night": (LATE, lambda: browsing(at(8, 22), 16, 30)),
    "thirty before breakfast": (LATE, lambda: browsing(at(4, 5), 30, 45)),
    "slowly through the evening": (LATE, lambda: browsing(at(5, 20), 60, 180)),
    "from the day into the evening": (LATE, lambda: browsing(at(3, 18, 30), 40, 90)),
    "own surname once": (OWN, lambda: [Look(at(2, 10), 1, "cousin", misuse.OWN_SURNAME)]),
    "own surname among others": (
        OWN,
        lambda: [*browsing(at(3, 10), 12, 40), Look(at(3, 10, 41), 1, "cousin", misuse.OWN_SURNAME)],
    ),
    "own surname again and again": (
        OWN,
        lambda: [Look(at(4, hour), 1, "c", misuse.OWN_SURNAME) for hour in range(9, 17)],
    ),
    "own surname at night": (OWN, lambda: [Look(at(4, 23), 1, "c", misuse.OWN_SURNAME)]),
    "a file before leaving": (LEAVING, lambda: [Look(at(5, 16), 1, "trail", misuse.LEAVING, "export")]),
    "printing before leaving": (LEAVING, lambda: browsing(at(5, 16), 3, 10, flag=misuse.LEAVING, action="print")),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_of_misuse_is_noticed(pattern):
    rule, looks = PATTERNS[pattern]
    assert rule in {prompt.rule for prompt in misuse.prompts(looks(), LIMITS)}


def test_twenty_patterns_are_seeded():
    assert len(PATTERNS) == 20


def test_a_thousand_normal_sessions_give_two_false_alerts_at_most():
    chance = random.Random(7)
    alerts = 0
    for user in range(1000):
        late = chance.random() < 0.08  # a few finish something in the evening
        start = at(
            chance.randint(2, 6), chance.randint(19, 21) if late else chance.randint(8, 16), chance.randint(0, 59)
        )
        looks, moment = [], start
        cases = [
            f"child {chance.randrange(10_000)}" for _ in range(chance.randint(2, 7) if late else chance.randint(4, 45))
        ]
        for case in cases:
            for _ in range(chance.randint(1, 6)):
                looks.append(Look(moment, user, case))
                moment += datetime.timedelta(seconds=chance.expovariate(1 / 45) + 3)
        alerts += len(list(misuse.prompts(looks, LIMITS)))
    assert alerts <= 2


@pytest.mark.django_db
def test_what_goes_on_is_one_prompt_and_what_was_reviewed_is_not_opened_again():
    start = timezone.now().replace(hour=11)
    first, longer = (next(misuse.prompts(browsing(start, n, n / 4), LIMITS)) for n in (44, 48))
    assert misuse._keep(first) and not misuse._keep(longer)
    kept = Prompt.objects.get(rule=MANY)
    assert kept.count == 48
    assert misuse.review(kept, by_user=5, outcome="expected", said="Handover of a caseload")
    assert not misuse.review(kept, by_user=6, outcome="incident", said="Twice")
    assert not misuse._keep(next(misuse.prompts(browsing(start, 55, 12), LIMITS)))
    kept.refresh_from_db()
    assert (kept.count, kept.reviewed_by, kept.outcome) == (48, 5, "expected")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "noun, action, noticed", [("case", "reveal", True), ("case", "view", True), ("person", "view", False)]
)
def test_what_was_revealed_counts_as_a_look_and_a_colleagues_page_as_none(noun, action, noticed):
    user = User.objects.create_user("many@council.example.org", None, name="Many")
    for number in range(LIMITS.children):
        trail.write(action, by=None, user=user, noun=noun, reference=f"thing {number}")
    misuse.look()
    assert Prompt.objects.filter(rule=MANY, user_id=user.pk).exists() is noticed
