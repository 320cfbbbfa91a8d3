"""The attendance team does not take a referral on, and says what would help now and when to come back."""

from __future__ import annotations

from django.utils import timezone

from portal.accounts.actor import Actor
from referrals.actions._change import change
from referrals.actions._input import check
from referrals.models import Referral
from referrals.workflow import Verb

REASONS = {
    "not_yet_tried": "Universal support has not been tried yet",
    "still_missing": "Information is still missing",
    "out_of_area": "The child is not on roll here, or lives elsewhere",
    "duplicate": "We already have this",
    "not_needed": "The council's help is not needed",
    "other": "Something else",
}


def decline(referral: Referral, *, by: Actor, reason: str, advice: str) -> Referral:
    """`reason` is a key of REASONS; `advice` (up to 500 characters) is required: a bare no helps nobody."""
    check(
        reason=reason not in REASONS and "Select why you are declining",
        advice=(not advice.strip() and "Tell the school what to do next")
        or (len(advice) > 500 and "Advice must be 500 characters or fewer"),
    )
    with change(referral, by=by, verb=Verb.DECLINE) as ch:
        ch.obj.decided_at = timezone.now()
        ch.obj.due_on = None
        ch.move()
        ch.record(data={"reason": reason, "advice": advice.strip()})
    return referral
