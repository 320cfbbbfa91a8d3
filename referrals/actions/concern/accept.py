"""The attendance team takes a concern on and works on the child's case."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import User

from ...models import Child, Concern
from ...workflow import Verb
from .. import _people
from .._change import change
from .._grant import Invitation
from ..case.open import case_for


def accept(
    concern: Concern,
    *,
    by: Actor,
    lead: User | None,
    aim: str = "",
    first_contact_by: datetime.date | None = None,
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
            child, by=by, lead=lead, aim=aim, first_contact_by=first_contact_by, invitations=invitations
        )
        accepted.decided_at = timezone.now()
        accepted.due_on = None
        ch.move()
        ch.record(case=accepted.case)
    return concern
