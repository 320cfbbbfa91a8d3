"""Somebody must not work with the child of a referral, her own or a neighbour's: she sees nothing of it from now."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.accounts.models import User
from referrals.actions import _conflict
from referrals.models import Referral


def declare_conflict(referral: Referral, *, by: Actor, person: User | None = None, reason: str = "") -> Referral:
    """`person`: about whom a manager declares it; None, the actor herself."""
    _conflict.declare(referral, by=by, person=person, reason=reason)
    return referral
