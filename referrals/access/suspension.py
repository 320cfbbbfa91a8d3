"""Suspending an account at once, and giving it back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from portal.accounts import suspension
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.audit import trail
from referrals import policy

from . import reach


def suspend(user: User, *, by: Actor, why: str) -> None:
    """Her account opens nothing from now on; what she led stays, and the team's manager is shown it."""
    with transaction.atomic():
        _require(by, user)
        reach.require_another_manager(user)
        suspension.suspend(user, as_agency=by.agency)
        trail.write("permission", by=by, noun="person", reference=str(user.pk), rule="suspended", why=why)


def restore(user: User, *, by: Actor, why: str) -> None:
    """She signs in anew, and is confirmed for this term. What the council suspended is the council's to give back."""
    with transaction.atomic():
        _require(by, user)
        user = User.objects.get(pk=user.pk)
        if not may_restore(by, user):
            raise policy.Refused("The attendance team suspended this account. Ask them.")
        suspension.restore(user)
        reach.held(user).filter(agency__in=reach.agencies(by)).update(
            confirmed_on=timezone.localdate(), confirmed_by=by.user
        )
        trail.write("permission", by=by, noun="person", reference=str(user.pk), rule="restored", why=why)


def may_restore(by: Actor, user: User) -> bool:
    return reach.is_everywhere(by) or user.suspended_as_id in {None, by.agency.pk}


def _require(by: Actor, user: User) -> None:
    reach.lock_the_managers()
    if not reach.people(by).filter(pk=user.pk).exists():
        raise policy.Invisible("There is no such person.")
    reach.require_another(by, user)
    if not reach.has_all_of(by, user):
        raise policy.Refused(
            "This person also works elsewhere, so only the attendance team can suspend the account. "
            "You can end what the person does at your organisation."
        )
