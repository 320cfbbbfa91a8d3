"""Somebody has talked, or tried to talk, to the person who raised the concern."""

from __future__ import annotations

from portal.accounts.actor import Actor
from referrals.actions._change import change
from referrals.actions._input import check
from referrals.models import Concern
from referrals.workflow import Verb

OUTCOMES = {
    "spoke": "Spoke",
    "left_safe_message": "Left a safe message",
    "no_answer": "No answer",
    "not_left_unsafe": "Did not leave a message because it is not safe",
    "wrong_number": "Wrong number",
}


def contact(concern: Concern, *, by: Actor, outcome: str, outcome_note: str = "") -> Concern:
    """`outcome` is a key of OUTCOMES."""
    check(outcome=outcome not in OUTCOMES and "Select what happened when you made contact")
    with change(concern, by=by, verb=Verb.CONTACT) as ch:
        ch.move()
        ch.record(data={"outcome": outcome, "outcome_note": outcome_note.strip()})
    return concern
