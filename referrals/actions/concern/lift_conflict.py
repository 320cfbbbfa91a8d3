"""A manager says that somebody may work with the child of a concern after all; never the person it is about."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.accounts.models import User
from referrals.actions import _conflict
from referrals.models import Concern


def lift_conflict(concern: Concern, *, by: Actor, person: User | None) -> Concern:
    _conflict.lift(concern, by=by, person=person)
    return concern
