"""The attendance team does not take a concern on, and says what would help instead."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts.actor import Actor
from referrals.actions._change import change
from referrals.actions._input import check
from referrals.models import Concern
from referrals.workflow import Verb

REASONS = {
    "advice_given": "Contacted, advice given",
    "school_to_help": "The school can help, with the family's permission",
    "another_service": "Another service is better placed",
    "no_contact": "Tried three times, no contact",
    "duplicate": "We already have this",
}


def decline(concern: Concern, *, by: Actor, reason: str, advice: str) -> Concern:
    """`reason` is a key of REASONS; `advice` (up to 500 characters) says what would help now."""
    check(
        reason=reason not in REASONS and "Select why you are closing this concern",
        advice=(not advice.strip() and "Tell the family what would help now")
        or (len(advice) > 500 and "Advice must be 500 characters or fewer"),
    )
    with change(concern, by=by, verb=Verb.DECLINE) as ch:
        ch.obj.decided_at = timezone.now()
        ch.obj.due_on = None
        ch.move()
        ch.record(data={"reason": reason, "advice": advice.strip()})
    return concern
