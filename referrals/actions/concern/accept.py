"""The attendance team takes a concern on and works on the child's case."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import User
from referrals.actions import _conflict, _people
from referrals.actions._change import change
from referrals.actions._grant import Invitation
from referrals.actions.case.open import case_for
from referrals.models import Child, Concern
from referrals.workflow import Verb


def accept(
    concern: Concern,
    *,
    by: Actor,
    lead: User | None,
    aim: str = "",
    first_contact_by: datetime.date | None = None,
    first_contact_reason: str = "",
    invitations: Iterable[Invitation] = (),
    child: Child | None = None,
) -> Concern:
    """`child`: the one the duty officer recognised. Without it the concern is about a child we did not know.

    No agency takes part unless it is invited: not the school either, for the person may have asked us not to tell it.
    """
    with change(concern, by=by, verb=Verb.ACCEPT) as ch:
        accepted = ch.obj
        if child is None:
            child = _people.child_of_concern(accepted)
        else:
            _people.add_raiser(child, accepted.answers)
        accepted.case = case_for(
            child,
            by=by,
            lead=lead,
            aim=aim,
            first_contact_by=first_contact_by,
            first_contact_reason=first_contact_reason,
            invitations=invitations,
        )
        _conflict.carry(accepted, child)
        accepted.decided_at = timezone.now()
        accepted.due_on = None
        accepted.likely = None  # it is decided now
        ch.move()
        ch.record()  # not in the case's story: agencies on the case are not told that somebody raised a concern
    return concern
