"""Agencies taking part in a case: the only code that writes grants."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth.models import Permission
from django.utils import timezone

from portal.accounts.actor import Actor
from portal.accounts.models import Agency
from portal.accounts.roles import INVITED_KINDS
from referrals import events
from referrals.events import Kind
from referrals.models import Case, Grant
from referrals.models.grant import INVITED, JOINED, SECTIONS, Capacity, in_force

from ._input import BadInput


@dataclass(frozen=True)
class Shares:
    """What an agency reads of a case: which sections (keys of SECTIONS), and whether only what happens from now on.

    `since` says from when instead: a part that is shared from a day goes on being shared from that day.
    """

    sections: frozenset[str] = frozenset(SECTIONS)
    from_today: bool = False
    since: datetime.datetime | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """As columns of a grant. From today is from this moment: what was written this morning was not shared."""
        shared = {f"shares_{section}": section in self.sections for section in SECTIONS}
        return {**shared, "shares_from": self.since or (timezone.now() if self.from_today else None)}


WHOLE = Shares()


@dataclass(frozen=True)
class Invitation:
    """Whom to invite, what for, the last day on which they may look (None: until the case ends), and what they read."""

    agency: Agency
    purpose: str
    until: datetime.date | None = None
    shares: Shares = WHOLE


LONGEST_DAYS = 731


@cache
def permission_id(codename: str) -> int:
    return Permission.objects.get(content_type__app_label="referrals", codename=codename).pk


def checked_shares(shares: Shares) -> Shares:
    if not shares.sections:
        raise BadInput({"sections": "Select at least one section to share"})
    if not shares.sections <= set(SECTIONS):
        raise BadInput({"sections": "Select sections of this case"})
    return shares


def checked(invitation: Invitation) -> Invitation:
    """The invitation, if it can be sent; else BadInput for the field that is wrong."""
    if invitation.agency.closed_on and invitation.agency.closed_on <= timezone.localdate():
        raise BadInput({"agency": f"{invitation.agency} is closed. Choose another agency"})
    if invitation.agency.kind not in INVITED_KINDS:
        raise BadInput({"agency": f"{invitation.agency} cannot be asked to join a case. Choose another agency"})
    if not invitation.purpose.strip():
        raise BadInput({"purpose": f"Tell {invitation.agency} why they are being asked to join"})
    if invitation.until and invitation.until < timezone.localdate():
        raise BadInput({"until": "The end date must be today or in the future"})
    if invitation.until and invitation.until > timezone.localdate() + datetime.timedelta(days=LONGEST_DAYS):
        raise BadInput({"until": "The end date must be within 2 years. You can ask again then"})
    checked_shares(invitation.shares)
    return invitation


def give(
    case: Case,
    agency: Agency,
    *,
    by: Actor,
    purpose: str,
    until: datetime.date | None = None,
    capacity: str = Capacity.MEMBER,
    joined: bool = False,
    shares: Shares = WHOLE,
) -> Grant:
    """The agency's part in the case from now on; what is left of an earlier, ended one is replaced."""
    now = timezone.now()
    ended = Grant.everything.filter(content_object=case, group=agency.group_id).exclude(in_force(timezone.localdate()))
    for part in ended:  # before the worker came to say so
        last_day = {"until": part.until.isoformat()}
        events.record(Kind.EXPIRED, by=Actor.machine("worker"), case=case, agency=agency, data=last_day)
        part.delete()
    return Grant.everything.create(
        content_object=case,
        group_id=agency.group_id,
        permission_id=permission_id(JOINED if joined else INVITED),
        capacity=capacity,
        purpose=purpose.strip(),
        granted_by=by.user,
        since=now,
        until=until,
        joined_at=now if joined else None,
        last_activity=now,
        **shares.columns,
    )


def change(grant: Grant, asked: Invitation) -> None:
    """The agency's part is as `asked` from now on: read at the next request."""
    grant.purpose, grant.until = asked.purpose.strip(), asked.until
    columns = asked.shares.columns
    for column, value in columns.items():
        setattr(grant, column, value)
    grant.save(update_fields=["purpose", "until", *columns])


def of(case: Case, agency: Agency) -> Grant | None:
    """The agency's part in the case that is in force, joined or not."""
    return Grant.everything.filter(in_force(timezone.localdate()), content_object=case, group=agency.group_id).first()


def join(grant: Grant, *, by: Actor) -> None:
    """The invited agency takes part from now on: guardian's answer changes with this row."""
    grant.permission_id = permission_id(JOINED)
    grant.joined_at = timezone.now()
    grant.joined_by = by.user
    grant.save(update_fields=["permission", "joined_at", "joined_by"])
