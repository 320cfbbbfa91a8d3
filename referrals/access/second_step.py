"""Taking away a second step that somebody has lost, so that she can set up another."""

from __future__ import annotations

from django.db import transaction

from portal.accounts import second_step_reset
from portal.accounts.actor import Actor
from portal.accounts.models import User
from portal.audit import trail
from referrals import policy

from . import reach

ELSEWHERE = (
    "This person also works elsewhere, so only the attendance team can take away their second step. "
    "They can ring the attendance team."
)


def take_away(user: User, *, by: Actor, why: str) -> str:
    """The code to tell her, which is kept nowhere. She is signed out everywhere, and written to."""
    with transaction.atomic():
        require(by, user)
        code = second_step_reset.take_away(user, by=by.user)
        trail.write("permission", by=by, noun="person", reference=str(user.pk), rule="second_factor_reset", why=why)
    return code


def require(by: Actor, user: User) -> None:
    """Raises policy.Invisible or policy.Refused where it is not the actor's to take away."""
    if not reach.people(by).filter(pk=user.pk).exists():
        raise policy.Invisible("There is no such person.")
    reach.require_another(by, user)
    if not reach.has_all_of(by, user):
        raise policy.Refused(ELSEWHERE)
    if not User.objects.get(pk=user.pk).is_active:
        raise policy.Refused("This account is suspended. Give access back first.")
