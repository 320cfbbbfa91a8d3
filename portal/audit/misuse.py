"""What in the trail somebody should look into. The figures are the county's own (county.toml, [audit]).

A prompt is a question to the data protection officer and the manager. It shuts nobody out: it may well have been work.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from .models import Entry, Prompt
from .trail import LEAVING, OWN_SURNAME, TAKEN_OUT

LOOKED = ("view", "reveal", *TAKEN_OUT)
ABOUT_CHILDREN = frozenset({"concern", "referral", "case"})  # their references stand for a child where none is known


@dataclass(frozen=True)
class Limits:
    """`children` different ones in `minutes`; from `late_children` on in `late_minutes` where the day has not begun or
    is over (hours of the day, local time), or at a weekend."""

    children: int = 40
    minutes: int = 15
    late_children: int = 15
    late_minutes: int = 60
    day_begins: int = 7
    day_ends: int = 19

    @classmethod
    def of_the_county(cls) -> Limits:
        return cls(**settings.COUNTY.get("audit", {}))


@dataclass(frozen=True)
class Look:
    """One row of the trail. `child`: its identifier, the reference where there is no child yet, or "" for none."""

    at: datetime.datetime
    user_id: int
    child: str
    flag: str = ""
    action: str = "view"


def look(now: datetime.datetime | None = None) -> int:
    """The newest part of the trail; the number of prompts that are new. Run every minute, it makes each only once."""
    now = now or timezone.now()
    limits = Limits.of_the_county()
    since = now - 2 * datetime.timedelta(minutes=max(limits.minutes, limits.late_minutes))
    rows = (
        Entry.objects.filter(at__gt=since, at__lte=now, action__in=LOOKED, user_id__isnull=False)
        .order_by("at", "id")
        .values_list("at", "user_id", "about", "noun", "reference", "flag", "action")
    )
    looks = [
        Look(at, user, about or (reference if noun in ABOUT_CHILDREN else ""), flag, action)
        for at, user, about, noun, reference, flag, action in rows
    ]
    return sum(_keep(prompt) for prompt in prompts(looks, limits))


def prompts(looks: Iterable[Look], limits: Limits) -> Iterator[Prompt]:
    """At most one of each rule for each person: the window in which there was most."""
    of: dict[int, list[Look]] = defaultdict(list)
    for one in looks:
        of[one.user_id].append(one)
    for user_id, seen in of.items():
        children = [one for one in seen if one.child]
        late = [one for one in children if _is_late(one.at, limits)]
        own = [one for one in seen if one.flag == OWN_SURNAME]
        taken = [one for one in seen if one.flag == LEAVING and one.action in TAKEN_OUT]
        for rule, window, least, most in (
            (Prompt.Rule.MANY, limits.minutes, limits.children, children),
            (Prompt.Rule.AFTER_HOURS, limits.late_minutes, limits.late_children, late),
        ):
            count, first, last = _fullest(most, datetime.timedelta(minutes=window))
            if count >= least:
                yield Prompt(rule=rule, user_id=user_id, since=first, until=last, count=count)
        for rule, found in ((Prompt.Rule.OWN_SURNAME, own), (Prompt.Rule.LEAVING, taken)):
            if found:
                yield Prompt(rule=rule, user_id=user_id, since=found[0].at, until=found[-1].at, count=len(found))


def _fullest(
    looks: list[Look], window: datetime.timedelta
) -> tuple[int, datetime.datetime | None, datetime.datetime | None]:
    """The window with the most different children: how many, its first look and its last."""
    best: tuple[int, datetime.datetime | None, datetime.datetime | None] = (0, None, None)
    inside: dict[str, int] = defaultdict(int)
    start = 0
    for one in looks:
        inside[one.child] += 1
        while one.at - looks[start].at > window:
            gone = looks[start].child
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            start += 1
        if len(inside) > best[0]:
            best = (len(inside), looks[start].at, one.at)
    return best


def _is_late(at: datetime.datetime, limits: Limits) -> bool:
    here = timezone.localtime(at)
    return here.weekday() > 4 or not limits.day_begins <= here.hour < limits.day_ends


def _keep(prompt: Prompt) -> bool:
    """True where it is new. One that goes on is the same prompt, longer; a reviewed one is not opened again for it."""
    known = Prompt.objects.filter(rule=prompt.rule, user_id=prompt.user_id, until__gte=prompt.since).first()
    if known is None:
        prompt.save()
        return True
    if known.reviewed_at is None and (prompt.until > known.until or prompt.count > known.count):
        known.until, known.count = max(known.until, prompt.until), max(known.count, prompt.count)
        known.save(update_fields=["until", "count"])
    return False


def review(prompt: Prompt, *, by_user: int, outcome: str, said: str) -> bool:
    """False where somebody else was first."""
    done = Prompt.objects.filter(pk=prompt.pk, reviewed_at__isnull=True).update(
        reviewed_by=by_user, reviewed_at=timezone.now(), outcome=Prompt.Outcome(outcome), said=said.strip()[:500]
    )
    return bool(done)
