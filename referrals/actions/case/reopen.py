"""The work on a closed case begins again.

Nobody rejoins silently: agencies still reading keep their last day; others are invited.
"""

from __future__ import annotations

from portal.accounts.actor import Actor
from referrals.actions._change import change
from referrals.actions._input import BadInput, check
from referrals.models import Case
from referrals.workflow import Stage, Verb


def reopen(case: Case, *, by: Actor, reason: str) -> Case:
    check(reason=not reason.strip() and "Tell us what has changed")
    with change(case, by=by, verb=Verb.REOPEN) as ch:
        if Case.objects.filter(child=ch.obj.child_id, stage=Stage.OPEN).exists():
            raise BadInput({"reason": "This child already has an open case. Work on that one"})
        ch.obj.closed_at = None
        ch.obj.outcome = ""
        ch.move()
        ch.record(data={"reason": reason.strip()})
    return case
