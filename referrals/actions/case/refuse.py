"""An invited agency says that it will not take part."""

from __future__ import annotations

from portal.accounts.actor import Actor

from ...models import Case
from ...workflow import Verb
from .. import _grant
from .._change import change


def refuse(case: Case, *, by: Actor, reason: str = "") -> Case:
    with change(case, by=by, verb=Verb.REFUSE) as ch:
        _grant.of(case, by.agency).delete()
        ch.record(agency=by.agency, data={"reason": reason.strip()})
    return case
