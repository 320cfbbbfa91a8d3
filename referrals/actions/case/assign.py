"""Another officer leads the case."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.accounts.models import User
from referrals.actions._change import change
from referrals.actions._input import check
from referrals.models import Case
from referrals.workflow import Verb

from .open import can_lead


def assign(case: Case, *, by: Actor, lead: User | None) -> Case:
    check(lead=not can_lead(lead) and "Select who will lead")
    with change(case, by=by, verb=Verb.ASSIGN) as ch:
        before = ch.obj.lead_id
        check(lead=before == lead.pk and f"{lead} already leads this case")
        ch.obj.lead = lead
        ch.record(data={"from": before, "to": lead.pk})
    return case
