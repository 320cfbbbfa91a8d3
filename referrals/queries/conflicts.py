"""Whether somebody has just said that she must not work with a child: then nothing of it can be asked any more."""

from __future__ import annotations

import datetime

from django.utils import timezone

from portal.accounts.actor import Actor
from referrals.models import ConflictOfInterest

A_DOUBLE_CLICK = datetime.timedelta(minutes=1)


def has_just_declared(actor: Actor) -> bool:
    """Within the last minute, and about herself: the same form, sent twice."""
    hers = ConflictOfInterest.objects.in_force().filter(user=actor.user, declared_by=actor.user)
    return hers.filter(declared_at__gte=timezone.now() - A_DOUBLE_CLICK).exists()
