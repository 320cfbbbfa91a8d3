"""An agency's part in a case ends at once. Its notes stay."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.accounts.models import Agency
from referrals.actions import _grant
from referrals.actions._change import change
from referrals.actions._input import BadInput
from referrals.models import Case
from referrals.workflow import Verb


def remove(case: Case, *, by: Actor, agency: Agency, reason: str = "") -> Case:
    with change(case, by=by, verb=Verb.REMOVE) as ch:
        grant = _grant.of(case, agency)
        if grant is None:
            raise BadInput({"agency": "This agency is not on this case"})
        grant.delete()
        ch.record(agency=agency, data={"reason": reason.strip()})
    return case
