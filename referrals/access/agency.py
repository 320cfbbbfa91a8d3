"""An agency closes: at once, for everybody who works there."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from portal.accounts import invitations, membership
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Invitation
from portal.accounts.roles import AgencyKind
from portal.audit import trail
from referrals import policy
from referrals.workflow import Noun, Verb


def close(agency: Agency, *, by: Actor, why: str) -> None:
    """From today it is no more: its people see nothing as its people, and invitations to it let nobody in."""
    policy.require(by, Verb.CLOSE_AGENCY, Noun.COUNTY)
    with transaction.atomic():
        locked = Agency.objects.select_for_update().get(pk=agency.pk)
        if locked.kind == AgencyKind.LA_ATTENDANCE:
            raise policy.Refused("The attendance team cannot be closed here: every case hangs on it.")
        if locked.closed_on is not None and locked.closed_on <= timezone.localdate():
            return
        for pending in Invitation.objects.pending().filter(agency=locked):
            invitations.withdraw(pending)
        membership.close_agency(locked)
        trail.write("permission", by=by, noun="agency", reference=str(locked.pk), rule="agency_closed", why=why)
