"""Joining and leaving an agency: the only code that writes memberships and the groups that mirror them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from . import endings, tokens
from .models import Agency, Membership, User
from .roles import AgencyKind, Role

EDITORS = "Editors"  # the auth group that opens Wagtail; content/pages.py gives it its rights


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
        _end_programs([membership.user])
        endings.tell([membership.user_id])


def close_agency(agency: Agency) -> None:
    """From today the agency is no more: its memberships count no longer, and no link lets anybody into it."""
    with transaction.atomic():
        agency.closed_on = timezone.localdate()
        agency.save(update_fields=["closed_on"])
        people = list(User.objects.filter(memberships__agency=agency).distinct())
        mirror(agency)
        _end_programs(people)
        endings.tell(person.pk for person in people)


def _end_programs(people: Iterable[User]) -> None:
    """Whoever works nowhere any more has no token either: coming back, she signs in for a new one."""
    for person in people:
        if not Membership.objects.current().filter(user=person).exists():
            tokens.revoke(person)


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
    if agency.kind == AgencyKind.COUNCIL:
        editors = Membership.objects.current().filter(role=Role.EDITOR).values_list("user_id", flat=True)
        Group.objects.get_or_create(name=EDITORS)[0].user_set.set(set(editors))
