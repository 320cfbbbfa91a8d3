"""Joining and leaving an agency: the only code that writes memberships and the groups that mirror them."""

from __future__ import annotations

import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from .models import Agency, Membership, User


def open_agency(*, kind: str, name: str, slug: str, **fields) -> Agency:
    """A new agency with its auth group."""
    with transaction.atomic():
        group = Group.objects.create(name=f"agency: {slug}")
        return Agency.objects.create(kind=kind, name=name, slug=slug, group=group, **fields)


def join(user: User, agency: Agency, role: str, *, since: datetime.date | None = None) -> Membership:
    """`user` works at `agency` as `role` from `since` (today by default)."""
    with transaction.atomic():
        membership = Membership.objects.create(user=user, agency=agency, role=role, since=since or timezone.localdate())
        mirror(agency)
        return membership


def leave(membership: Membership, *, last_day: datetime.date | None = None) -> None:
    """The membership ends after `last_day` (by default it ended yesterday, that is: at once)."""
    with transaction.atomic():
        membership.until = last_day or timezone.localdate() - datetime.timedelta(days=1)
        membership.save(update_fields=["until"])
        mirror(membership.agency)


def mirror_all() -> None:
    """Every agency's group as its memberships are today: some began or ended by date alone. The worker runs this.

    The policy itself asks the memberships, so nobody's rights wait for it.
    """
    for agency in Agency.objects.select_related("group").iterator():
        mirror(agency)


def mirror(agency: Agency) -> None:
    """Make the agency's auth group hold exactly its current members, so that guardian's own API agrees with us."""
    members = Membership.objects.current().filter(agency=agency).values_list("user_id", flat=True)
    agency.group.user_set.set(set(members))
