"""A manager says that somebody may work with the child of a referral after all; never the person it is about."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.accounts.models import User
from referrals.actions import _conflict
from referrals.models import Referral


def lift_conflict(referral: Referral, *, by: Actor, person: User | None) -> Referral:
    _conflict.lift(referral, by=by, person=person)
    return referral
