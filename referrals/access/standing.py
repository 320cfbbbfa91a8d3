"""What a person holds at an agency changes: another role, a last day. The old membership ends and stays to be read."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from portal.accounts import membership as memberships
from portal.accounts.actor import Actor
from portal.accounts.models import Membership
from portal.accounts.roles import AgencyKind, Role
from portal.audit import trail
from referrals import policy

from . import reach, work


def change_role(membership: Membership, *, by: Actor, role: str, why: str) -> Membership:
    """She stops today as what she was and begins as `role`; effective at her next request."""
    reach.require_role(membership.agency, role)
    with transaction.atomic():
        locked = _lock(membership, by)
        if role == locked.role:
            return locked
        if Membership.objects.filter(reach.not_ended(), user=locked.user, agency=locked.agency, role=role).exists():
            raise policy.Refused("This person has that role there already.")
        if locked.role == Role.LA_MANAGER:
            reach.require_another_manager(locked.user)
        memberships.leave(locked)
        new = memberships.join(locked.user, locked.agency, role)
        _write(by, new, f"role:{locked.role}:{role}", why)
    return new


def end(membership: Membership, *, by: Actor, last_day: datetime.date | None, why: str) -> None:
    """Her membership ends after `last_day`; None: at once. A leaver's open cases are handed over first."""
    with transaction.atomic():
        locked = _lock(membership, by)
        if locked.role == Role.LA_MANAGER:
            reach.require_another_manager(locked.user)
        if leaves_work_behind(locked, by=by):
            raise policy.Refused("This person leads open cases. Hand them over first, then try again.")
        memberships.leave(locked, last_day=last_day)
        _write(by, locked, "ended" if last_day is None else f"ends:{last_day.isoformat()}", why)


def leaves_work_behind(membership: Membership, *, by: Actor) -> bool:
    """Whether it is the person's last membership of the attendance team, and she leads open cases."""
    if membership.agency.kind != AgencyKind.LA_ATTENDANCE:
        return False
    others = reach.held(membership.user).filter(agency__kind=AgencyKind.LA_ATTENDANCE).exclude(pk=membership.pk)
    return not others.exists() and work.led_by(membership.user, seen_by=by).exists()


def _lock(membership: Membership, by: Actor) -> Membership:
    """The membership as it is now, to be written. Raises policy.Refused where it is not the actor's to change."""
    reach.lock_the_managers()
    locked = Membership.objects.select_for_update(of=("self",)).select_related("agency", "user").get(pk=membership.pk)
    reach.require_agency(by, locked.agency)
    reach.require_another(by, locked.user)
    if locked.until is not None and locked.until < timezone.localdate():
        raise policy.Refused("This has ended already. Look at the person's page as it is now.")
    return locked


def _write(by: Actor, membership: Membership, rule: str, why: str) -> None:
    trail.write("permission", by=by, noun="person", reference=str(membership.user_id), rule=rule, why=why)
