"""Emergency access: what somebody has open now, and what waits for somebody else to look at."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from django.utils import timezone

from portal.accounts import identity
from portal.accounts.actor import Actor
from referrals import policy
from referrals.models import BreakGlass, Case
from referrals.workflow import Verb

from .unseen import SERVICE

SHOWN = 50


@dataclass(frozen=True)
class Access:
    """One emergency access as a page says it: `glass` with its case, membership and agency loaded."""

    glass: BreakGlass

    @property
    def reference(self) -> str:
        return self.glass.case.reference

    @property
    def who(self) -> str:
        return self.glass.user.name

    @property
    def role(self) -> str:
        return f"{self.glass.membership.get_role_display()}, {self.glass.membership.agency}"

    @property
    def minutes_left(self) -> int:
        """Whole minutes until it ends by itself, rounded up; 0 when it is over."""
        left = self.glass.ends_at - timezone.now() if self.glass.ended_at is None else datetime.timedelta()
        return max(0, math.ceil(left.total_seconds() / 60))

    @property
    def ended(self) -> datetime.datetime | None:
        """When it was over; None while it is in force."""
        return None if self.minutes_left else self.glass.ended_at or self.glass.ends_at


def _hers(actor: Actor):
    return BreakGlass.objects.in_force().filter(membership=actor.membership)


def on(actor: Actor, case: Case) -> Access | None:
    """The actor's emergency access to the case, where it is in force."""
    found = _hers(actor).filter(case=case).select_related("told").order_by("-ends_at").first()
    return Access(found) if found else None


def open_now(actor: Actor) -> list[Access]:
    """What the actor has open in an emergency now, and may still see, the newest first."""
    found = _hers(actor).filter(case__in=policy.visible_to(actor, Case))
    return [Access(glass) for glass in found.select_related("case", "told").order_by("-since")]


def _reviewable(actor: Actor):
    cases = policy.visible_to(actor, Case, Verb.REVIEW_BREAK_GLASS)
    found = BreakGlass.objects.filter(case__in=cases).exclude(user=actor.user)
    return found.select_related("case", "user", "membership__agency", "told", "reviewed_by")


def to_review(actor: Actor) -> list[Access]:
    """What waits for a review the actor may make, the oldest first; SHOWN at most. Never her own."""
    with identity.as_actor(SERVICE):
        waiting = _reviewable(actor).filter(reviewed_at__isnull=True).order_by("since", "pk")
        return [Access(glass) for glass in waiting[:SHOWN]]


def reviewed(actor: Actor) -> list[Access]:
    """What has been reviewed, the newest first; SHOWN at most."""
    with identity.as_actor(SERVICE):
        done = _reviewable(actor).filter(reviewed_at__isnull=False).order_by("-reviewed_at", "-pk")
        return [Access(glass) for glass in done[:SHOWN]]


def review_of(actor: Actor, number: int) -> Access | None:
    with identity.as_actor(SERVICE):
        found = _reviewable(actor).filter(pk=number).first()
    return Access(found) if found else None
