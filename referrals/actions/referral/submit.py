"""The school sends a referral to the council, for the first time or again after it was returned."""

from __future__ import annotations

from django.utils import timezone

from portal import county
from portal.accounts.actor import Actor
from referrals import likeness, questions, risk
from referrals.actions._change import Conflict, change
from referrals.actions._input import BadInput
from referrals.models import Referral
from referrals.workflow import Stage, Verb


def submit(referral: Referral, *, by: Actor, version: int | None = None) -> Referral:
    """Raises BadInput, a sentence a task, while a task is not complete; Conflict if it has changed since `version`."""
    with change(referral, by=by, verb=Verb.SUBMIT) as ch:
        sent = ch.obj
        if version is not None and sent.version != version:
            raise Conflict(
                "A colleague has changed this referral since you checked it. Check it once more, then send it."
            )
        missing = questions.referral.missing(sent.answers)
        if missing:
            raise BadInput(missing)
        now = timezone.now()
        again = sent.stage == Stage.RETURNED
        sent.risk, sent.risk_reasons = risk.of_referral(sent.answers, timezone.localdate())
        sent.submitted_at = sent.submitted_at or now
        sent.due_on = county.calendar().add_school_days(timezone.localdate(), county.rules().triage_target_school_days)
        ch.move()
        ch.record(data={"again": again})
        ch.last(lambda: likeness.mark(sent))
    return referral
