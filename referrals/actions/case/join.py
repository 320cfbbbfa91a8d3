"""An invited agency takes part."""

from __future__ import annotations

from portal.accounts.actor import Actor
from referrals.actions import _grant
from referrals.actions._change import change
from referrals.models import Case
from referrals.workflow import Verb


def join(case: Case, *, by: Actor) -> Case:
    with change(case, by=by, verb=Verb.JOIN) as ch:
        _grant.join(_grant.of(ch.obj, by.agency), by=by)
        ch.record(agency=by.agency)
    return case
