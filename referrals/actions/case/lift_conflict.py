"""A manager says that somebody may work with the child of a case after all; never the person it is about."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.accounts.models import User
from referrals.actions import _conflict
from referrals.models import Case


def lift_conflict(case: Case, *, by: Actor, person: User | None) -> Case:
    _conflict.lift(case, by=by, person=person)
    return case
