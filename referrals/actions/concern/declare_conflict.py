"""Somebody must not work with the child of a concern, her own or a neighbour's: she sees nothing of it from now."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.accounts.models import User
from referrals.actions import _conflict
from referrals.models import Concern


def declare_conflict(concern: Concern, *, by: Actor, person: User | None = None, reason: str = "") -> Concern:
    """`person`: about whom a manager declares it; None, the actor herself."""
    _conflict.declare(concern, by=by, person=person, reason=reason)
    return concern
