"""Somebody must not work with the child of a case, her own or a neighbour's: she sees nothing of it from now."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.accounts.models import User
from referrals.actions import _conflict
from referrals.models import Case


def declare_conflict(case: Case, *, by: Actor, person: User | None = None, reason: str = "") -> Case:
    """`person`: about whom a manager declares it; None, the actor herself."""
    _conflict.declare(case, by=by, person=person, reason=reason)
    return case
