"""An agency's part in a case ends at once. Its notes stay."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.accounts.models import Agency

from ...models import Case
from ...workflow import Verb
from .. import _grant
from .._change import change
from .._input import BadInput


def remove(case: Case, *, by: Actor, agency: Agency, reason: str = "") -> Case:
    with change(case, by=by, verb=Verb.REMOVE) as ch:
        grant = _grant.of(case, agency)
        if grant is None:
            raise BadInput({"agency": f"{agency} is not on this case"})
        grant.delete()
        ch.record(agency=agency, data={"reason": reason.strip()})
    return case
