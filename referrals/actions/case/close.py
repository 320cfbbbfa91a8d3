"""The work on a case ends. The agencies can read it for a while longer."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.utils import timezone

from portal.accounts.actor import Actor
from referrals.actions._change import change
from referrals.actions._input import check
from referrals.models import Case, Grant
from referrals.models.case import OUTCOMES
from referrals.workflow import Verb

READABLE_DAYS = 30  # service design §3.8


def close(case: Case, *, by: Actor, outcome: str, what_helped: str) -> Case:
    check(
        outcome=outcome not in OUTCOMES and "Select the outcome",
        what_helped=(not what_helped.strip() and "Tell us what helped, even a little")
        or (len(what_helped) > 400 and "What helped must be 400 characters or fewer"),
    )
    with change(case, by=by, verb=Verb.CLOSE) as ch:
        last_day = timezone.localdate() + datetime.timedelta(days=READABLE_DAYS)
        Grant.everything.filter(Q(until__isnull=True) | Q(until__gt=last_day), content_object=ch.obj).update(
            until=last_day
        )
        ch.obj.outcome = outcome
        ch.obj.closed_at = timezone.now()
        ch.move()
        ch.record(data={"outcome": outcome, "what_helped": what_helped.strip()})
    return case
