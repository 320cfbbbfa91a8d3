"""The school takes a referral back before it is decided."""

from __future__ import annotations

from portal.accounts.actor import Actor
from referrals.actions._change import change
from referrals.models import Referral
from referrals.workflow import Verb


def withdraw(referral: Referral, *, by: Actor, reason: str = "") -> Referral:
    with change(referral, by=by, verb=Verb.WITHDRAW) as ch:
        ch.obj.due_on = None
        ch.move()
        ch.record(data={"reason": reason.strip()})
    return referral
