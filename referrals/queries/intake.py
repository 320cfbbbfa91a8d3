"""The intake queue: concerns and referrals that wait for the attendance team, in one order: risk, then oldest."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from portal import county
from portal.accounts.actor import Actor
from referrals import policy
from referrals.models import Concern, Referral
from referrals.models.intake import Risk
from referrals.questions.concern import age
from referrals.workflow import Noun, Stage, word

from . import matches

PAGE = 25
WAITING = {
    Concern: (Stage.RECEIVED, Stage.REVIEWING, Stage.CONTACTED),
    Referral: (Stage.SUBMITTED,),
}
# Nobody has begun to look at these.
UNTOUCHED = {Stage.RECEIVED, Stage.SUBMITTED}
RISK_TONES = {Risk.URGENT: "danger", Risk.HIGH: "warning", Risk.NORMAL: "neutral"}


@dataclass(frozen=True)
class Wait:
    """How long it has been the council's turn, in school days, against the promise."""

    days: int
    target: int
    due_on: datetime.date | None

    @property
    def is_late(self) -> bool:
        return self.days > self.target

    @property
    def words(self) -> str:
        if self.is_late:
            over = self.days - self.target
            return f"{self.days} of {self.target} school days, {over} late"
        return f"{self.days} of {self.target} school days"


def wait_of(thing: Concern | Referral, today: datetime.date | None = None) -> Wait:
    """Counted back from the promised day, so that time with the school does not count against the council."""
    today = today or timezone.localdate()
    calendar, rules = county.calendar(), county.rules()
    is_concern = thing.NOUN is Noun.CONCERN
    target = rules.concern_first_contact_target_school_days if is_concern else rules.triage_target_school_days
    if thing.due_on is None:
        return Wait(calendar.elapsed(timezone.localdate(received_at(thing)), today), target, None)
    left = calendar.elapsed(today, thing.due_on)
    over = calendar.elapsed(thing.due_on, today)
    return Wait(max(0, target - left) + over, target, thing.due_on)


def received_at(thing: Concern | Referral) -> datetime.datetime:
    return thing.created_at if thing.NOUN is Noun.CONCERN else thing.submitted_at


@dataclass(frozen=True)
class Row:
    thing: Concern | Referral
    wait: Wait
    hints: list[str] = field(default_factory=list)

    @property
    def reference(self) -> str:
        return self.thing.reference

    @property
    def kind(self) -> str:
        if self.thing.NOUN is Noun.CONCERN:
            return "Concern"
        return "Referral, sent back to us" if self.thing.return_items else "Referral"

    @property
    def child(self) -> str:
        """Initials, and the year group or else the age: a list on a screen in an open office names nobody."""
        initials = self.thing.child_initials or "Not given"
        born = self.thing.date_of_birth
        years = age({"child_dob": born.isoformat()}) if born else None
        known = self.thing.year_group or (f"age {years}" if years is not None else "")
        return f"{initials}, {known}" if known else initials

    @property
    def received(self) -> datetime.datetime:
        return received_at(self.thing)

    @property
    def school(self) -> str:
        if self.thing.school:
            return self.thing.school.name
        return {"none": "No school place", "home": "Educated at home"}.get(
            self.thing.answers.get("school_id", ""), self.thing.answers.get("school_other") or "School not known"
        )

    @property
    def stage(self) -> Any:
        """`.staff`, `.tone`; None where nobody has begun."""
        return None if self.thing.stage in UNTOUCHED else word(self.thing.NOUN, self.thing.stage)

    @property
    def risk_tone(self) -> str:
        return RISK_TONES[Risk(self.thing.risk)]


@dataclass(frozen=True)
class Queue:
    """One page. `total` counts what the filters leave; `cleared_at` is the last decision, for an empty queue."""

    rows: list[Row]
    total: int
    waiting: int
    late: int
    page: int
    has_more: bool
    cleared_at: datetime.datetime | None = None

    @property
    def first(self) -> Row | None:
        """What to take next: the first in the queue that nobody is looking at yet."""
        return next((row for row in self.rows if row.thing.stage in UNTOUCHED), next(iter(self.rows), None))


def queue(actor: Actor, *, kind: str = "", risk: str = "", page: int = 1) -> Queue:
    """`kind` "concern" or "referral", `risk` "urgent", "high" or "normal"; other words mean all. A few queries."""
    band = getattr(Risk, risk.upper(), None) if risk in {"urgent", "high", "normal"} else None
    today = timezone.localdate()
    counts = {model: _counts(actor, model, band, today) for model in WAITING}
    models = [m for m in WAITING if kind not in {Noun.CONCERN, Noun.REFERRAL} or kind == m.NOUN]
    upto = page * PAGE + 1
    things = [thing for model in models for thing in _oldest(actor, model, band)[:upto]]
    things.sort(key=lambda thing: (-thing.risk, received_at(thing)))
    shown = things[(page - 1) * PAGE : page * PAGE]
    words = matches.hints(actor, shown)
    return Queue(
        rows=[Row(thing, wait_of(thing, today), words.get(thing.reference, [])) for thing in shown],
        total=sum(counts[model]["filtered"] for model in models),
        waiting=sum(c["waiting"] for c in counts.values()),
        late=sum(c["late"] for c in counts.values()),
        page=page,
        has_more=len(things) > page * PAGE,
        cleared_at=None if shown else _last_decision(actor),
    )


def waiting_count(actor: Actor) -> int:
    """How many wait in all: for the home page. Two queries."""
    return sum(_waiting(actor, model).count() for model in WAITING)


def _waiting(actor: Actor, model: type[Concern] | type[Referral]) -> QuerySet:
    return policy.visible_to(actor, model).filter(stage__in=WAITING[model])


def _oldest(actor: Actor, model: type[Concern] | type[Referral], band: Risk | None) -> QuerySet:
    rows = _waiting(actor, model).select_related("school")
    if band is not None:
        rows = rows.filter(risk=band)
    return rows.order_by("-risk", "created_at" if model is Concern else "submitted_at", "pk")


def _counts(actor: Actor, model: type[Concern] | type[Referral], band: Risk | None, today: datetime.date) -> dict:
    of_band = Q() if band is None else Q(risk=band)
    return _waiting(actor, model).aggregate(
        waiting=Count("pk"), filtered=Count("pk", filter=of_band), late=Count("pk", filter=Q(due_on__lt=today))
    )


def _last_decision(actor: Actor) -> datetime.datetime | None:
    moments = [policy.visible_to(actor, model).aggregate(at=Max(F("decided_at")))["at"] for model in WAITING]
    return max((moment for moment in moments if moment), default=None)
