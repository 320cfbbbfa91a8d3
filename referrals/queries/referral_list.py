"""The school's referrals: what we are writing, what we sent, and whose turn each is."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from portal import county
from portal.accounts.actor import Actor
from referrals import policy
from referrals.events import Kind
from referrals.models import Event, Referral
from referrals.workflow import Noun, Stage, word

TABS: dict[str, tuple[str, tuple[Stage, ...]]] = {
    "drafts": ("Drafts", (Stage.DRAFT,)),
    "sent": ("Sent", (Stage.SUBMITTED,)),
    "returned": ("Returned to us", (Stage.RETURNED,)),
    "decided": ("Decided", (Stage.ACCEPTED, Stage.DECLINED, Stage.WITHDRAWN)),
}
MOVES = (Kind.STARTED, Kind.SUBMITTED, Kind.RETURNED, Kind.ACCEPTED, Kind.DECLINED, Kind.WITHDRAWN)
PAGE = 25


@dataclass(frozen=True)
class Row:
    """`waiting_on` is "" where it is nobody's turn; `days` are school days since it became theirs."""

    referral: Referral
    pupil: str
    stage: str
    tone: str
    waiting_on: str
    since: datetime.date
    days: int
    by: datetime.date | None
    late: bool
    started_by: str


@dataclass(frozen=True)
class Listing:
    tab: str
    counts: dict[str, int]
    rows: list[Row]
    older: str  # the place of the next page, "" on the last one

    @property
    def none_ever(self) -> bool:
        return not any(self.counts.values())


def listing(actor: Actor, tab: str, after: str = "") -> Listing:
    """One page of one tab, latest change first. Two queries, however many there are."""
    mine = policy.visible_to(actor, Referral)
    counts = mine.aggregate(**{key: Count("pk", filter=Q(stage__in=stages)) for key, (_, stages) in TABS.items()})
    tab = tab if tab in TABS else _first_with_something(counts)
    rows = (
        _after(mine.filter(stage__in=TABS[tab][1]), after)
        .annotate(since=moved_at())
        .select_related("school", "started_by")
    )
    found = list(rows.order_by("-changed_at", "-pk")[: PAGE + 1])
    older = _place(found[PAGE - 1]) if len(found) > PAGE else ""
    return Listing(tab, counts, [row(referral) for referral in found[:PAGE]], older)


def moved_at() -> Subquery:
    """When the referral came to the stage it is in."""
    moves = Event.objects.filter(referral=OuterRef("pk"), kind__in=MOVES).order_by("-pk")
    return Subquery(moves.values("at")[:1])


def row(referral: Any) -> Row:
    """Needs `since` (moved_at), school and started_by loaded."""
    said = word(Noun.REFERRAL, referral.stage)
    today = timezone.localdate()
    since = timezone.localtime(referral.since or referral.created_at).date()
    return Row(
        referral,
        pupil_of(referral),
        said.staff,
        said.tone,
        whose_turn(referral),
        since,
        county.calendar().elapsed(since, today),
        referral.due_on,
        bool(referral.due_on and referral.due_on < today),
        referral.started_by.get_short_name(),
    )


def whose_turn(referral: Referral) -> str:
    return {"school": referral.school.name, "council": "The attendance team"}.get(
        word(Noun.REFERRAL, referral.stage).waiting_on, ""
    )


def pupil_of(referral: Referral) -> str:
    return f"{referral.child_first_name} {referral.child_last_name}".strip() or "Pupil not named yet"


def _first_with_something(counts: dict[str, int]) -> str:
    """What came back is looked at first; then drafts, what was sent, what was decided."""
    order = ("returned", "drafts", "sent", "decided")
    return next((key for key in order if counts[key]), "drafts")


def _place(referral: Referral) -> str:
    return f"{referral.changed_at.timestamp():.6f}_{referral.pk}"


def _after(rows: QuerySet[Referral], place: str) -> QuerySet[Referral]:
    try:
        moment, _, pk = place.partition("_")
        at, number = datetime.datetime.fromtimestamp(float(moment), datetime.UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return rows
    return rows.filter(Q(changed_at__lt=at) | Q(changed_at=at, pk__lt=number))
