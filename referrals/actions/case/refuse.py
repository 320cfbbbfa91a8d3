"""An invited agency says that it will not take part."""

from __future__ import annotations

from portal.accounts.actor import Actor
from referrals.actions import _grant
from referrals.actions._change import change
from referrals.models import Case
from referrals.workflow import Verb


def refuse(case: Case, *, by: Actor, reason: str = "") -> Case:
    with change(case, by=by, verb=Verb.REFUSE) as ch:
        ch.record(agency=by.agency, data={"reason": reason.strip()})
        ch.last(_grant.of(case, by.agency).delete)
    return case
