"""What an agency reads of a case becomes more, or less; and for what purpose, and until when."""

from __future__ import annotations

import datetime
from typing import Any

from portal.accounts.actor import Actor
from portal.accounts.models import Agency
from referrals.actions import _grant
from referrals.actions._change import change
from referrals.actions._input import BadInput
from referrals.models import Case
from referrals.workflow import Verb


def share(
    case: Case,
    *,
    by: Actor,
    agency: Agency,
    shares: _grant.Shares,
    purpose: str | None = None,
    until: datetime.date | None = None,
    keeps_until: bool = True,
) -> Case:
    """Effective at once, both ways. `purpose` None and `keeps_until`: as they were."""
    _grant.checked_shares(shares)
    with change(case, by=by, verb=Verb.SHARE) as ch:
        part = _grant.of(ch.obj, agency)
        if part is None:
            raise BadInput({"agency": f"{agency} is not on this case"})
        asked = _grant.Invitation(
            agency,
            part.purpose if purpose is None else purpose,
            part.until if keeps_until else until,
            shares,
        )
        _grant.checked(asked)
        before = part.shared
        _grant.change(part, asked)
        said: dict[str, Any] = {"before": before, "after": part.shared, "purpose": part.purpose}
        ch.record(agency=agency, data={**said, "until": part.until.isoformat() if part.until else ""})
    return case
