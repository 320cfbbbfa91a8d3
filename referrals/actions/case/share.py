"""What an agency reads of a case becomes more, or less; and for what purpose, and until when."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import Agency
from referrals.actions import _grant
from referrals.actions._change import change
from referrals.actions._input import BadInput
from referrals.models import Case, Grant
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
            raise BadInput({"agency": "This agency is not on this case"})
        asked = _grant.Invitation(
            agency,
            part.purpose if purpose is None else purpose,
            part.until if keeps_until else until,
            shares,
        )
        _grant.checked(asked)
        if _is_so_already(part, asked):
            raise BadInput({"sections": "This agency reads this of the case already"})
        before = part.shared
        _grant.change(part, asked)
        said: dict[str, Any] = {"before": before, "after": part.shared, "purpose": part.purpose}
        ch.record(agency=agency, data={**said, "until": part.until.isoformat() if part.until else ""})
    return case


def _is_so_already(part: Grant, asked: _grant.Invitation) -> bool:
    """What is shared from some moment today is shared from today."""
    since = None if part.shares_from is None else timezone.localdate(part.shares_from)
    from_day = timezone.localdate(asked.shares.since) if asked.shares.since else None
    wanted = timezone.localdate() if asked.shares.from_today and from_day is None else from_day
    now = (frozenset(part.sections), since, part.purpose, part.until)
    return now == (asked.shares.sections, wanted, asked.purpose.strip(), asked.until)
