"""The duty officer starts to look at a concern."""

from __future__ import annotations

from portal.accounts.actor import Actor
from referrals.actions._change import change
from referrals.models import Concern
from referrals.workflow import Verb


def review(concern: Concern, *, by: Actor) -> Concern:
    with change(concern, by=by, verb=Verb.REVIEW) as ch:
        ch.move()
        ch.record()
    return concern
