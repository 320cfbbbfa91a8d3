"""Inviting somebody, sending it again, withdrawing it."""

from __future__ import annotations

from django.db import transaction

from portal.accounts import invitations
from portal.accounts.actor import Actor
from portal.accounts.models import Agency, Invitation
from portal.audit import trail
from referrals import policy

from . import reach


def invite(*, by: Actor, email: str, agency: Agency, role: str) -> Invitation:
    """Invite an address, but not one's own. Nothing tells whoever invites whether it has an account already."""
    if by.user is not None and email.strip().casefold() == by.user.email.casefold():
        raise policy.Refused("You cannot invite yourself. Ask somebody else who looks after access.")
    reach.require_agency(by, agency)
    reach.require_role(agency, role)
    with transaction.atomic():
        made = invitations.ask(email=email, agency=agency, role=role, invited_as=by.membership)
        trail.write("permission", by=by, noun="invitation", reference=str(made.pk), rule=f"invited:{role}")
    return made


def send_again(invitation: Invitation, *, by: Actor) -> Invitation:
    """A new link for 72 hours, as this actor's own invitation; the link before it counts no longer."""
    return invite(by=by, email=invitation.email, agency=invitation.agency, role=invitation.role)


def withdraw(invitation: Invitation, *, by: Actor) -> None:
    reach.require_agency(by, invitation.agency)
    with transaction.atomic():
        invitations.withdraw(invitation)
        trail.write("permission", by=by, noun="invitation", reference=str(invitation.pk), rule="invitation_withdrawn")
