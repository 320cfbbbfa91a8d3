"""The attendance team takes a referral on and opens a case, or adds it to the child's open one."""

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
from referrals.models import Child, Referral, Told
from referrals.models.told import carried
from referrals.workflow import Verb


def accept(
    referral: Referral,
    *,
    by: Actor,
    lead: User | None,
    aim: str = "",
    first_contact_by: datetime.date | None = None,
    first_contact_reason: str = "",
    invitations: Iterable[Invitation] = (),
    note: str = "",
    child: Child | None = None,
) -> Referral:
    """The school that referred takes part from the start; other agencies are invited and join.

    `child`: the one the duty officer recognised, or None for a child we did not know (see `_people.child_of_referral`).

    `note` is what the duty officer tells the school. Everything in the referral is carried across: told once.
    """
    with change(referral, by=by, verb=Verb.ACCEPT) as ch:
        accepted = ch.obj
        accepted.case = case_for(
            _people.child_of_referral(accepted, child),
            by=by,
            lead=lead,
            aim=aim,
            first_contact_by=first_contact_by,
            first_contact_reason=first_contact_reason,
            school=accepted.school,
            invitations=invitations,
        )
        _conflict.carry(accepted, accepted.case.child)
        Told.objects.create(case=accepted.case, referral=accepted, answers=carried(accepted.answers))
        accepted.decided_at = timezone.now()
        accepted.due_on = None
        accepted.likely = None  # it is decided now
        ch.move()
        ch.record(case=accepted.case, data={"note": note.strip()})
    return referral
