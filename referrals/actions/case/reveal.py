"""Somebody reads one protected detail, and says why. What it says is answered, and kept nowhere."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.audit import trail
from referrals import policy, protection
from referrals.actions._change import change
from referrals.actions._input import check
from referrals.models import Case, Concern
from referrals.workflow import Verb

SHORTEST, LONGEST = 10, 400


def reveal(case: Case, *, by: Actor, detail: str, reason: str, channel: str = "page") -> str:
    """The words of the protected `detail` ("carer-12-address", "school": see `protection`).

    Each time it is read is written down, the second as the first: `channel` is by which way it was asked for.
    """
    said = reason.strip()
    check(
        reason=(len(said) < SHORTEST and f"Give the reason in {SHORTEST} characters or more")
        or (len(said) > LONGEST and f"The reason must be {LONGEST} characters or fewer")
    )
    with change(case, by=by, verb=Verb.REVEAL) as ch:
        words = protection.of(ch.obj.child_id).revealed(ch.obj, detail, policy.visible_to(by, Concern))
        check(detail=words is None and "Select a protected detail")
        ch.record(data={"detail": detail, "reason": said})
        trail.write("reveal", by=by, thing=ch.obj, about=ch.obj.child_id, rule=detail, why=said, channel=channel)
    return words
