"""INVITATIONS: the one way a new person comes in. By address, to an agency, in a role; single-use, for 72 hours.

The token has 256 bits and exists in the mail alone: it is made when the mail is sent, and kept as its SHA-256. It
counts only for the address it was sent to: whoever has an account with that address must be signed in to accept. To
look at the link uses nothing up, so a mail scanner that opens every link spoils none. Who may invite whom is for the
policy to say, not for this module (referrals/access).
"""

from __future__ import annotations

import datetime
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from . import letters, membership, tokens
from .models import Agency, Invitation, Letter, Membership, User

GOOD_FOR = datetime.timedelta(hours=72)
BYTES = 32


class NoLonger(Exception):
    """The invitation was accepted, withdrawn or has run out, or is not this person's to accept."""


def ask(*, email: str, agency: Agency, role: str, invited_as: Membership) -> Invitation:
    """Invite the address. An earlier invitation of the same address to the same agency counts no longer."""
    address = email.strip().lower()
    with transaction.atomic():
        for earlier in Invitation.objects.pending().filter(email=address, agency=agency):
            withdraw(earlier)
        invitation = Invitation.objects.create(email=address, agency=agency, role=role, invited_as=invited_as)
        letters.post(Letter.Kind.INVITATION, address, invitation)
    return invitation


def withdraw(invitation: Invitation) -> None:
    """Its link lets nobody in from now on. One that was accepted stays accepted."""
    with transaction.atomic():
        Invitation.objects.pending().filter(pk=invitation.pk).update(revoked_at=timezone.now())
        letters.take_back(invitation)


def mint(invitation: Invitation) -> str:
    """A new token for a mail that is about to be sent; "" where the invitation is pending no longer.

    A mail that is sent again carries a new token, and the one before it counts no longer.
    """
    token = secrets.token_urlsafe(BYTES)
    now = timezone.now()
    minted = Invitation.objects.pending().filter(pk=invitation.pk)
    if not minted.update(token_hash=_hash(token), sent_at=now, expires_at=now + GOOD_FOR):
        return ""
    return token


def found(token: str) -> Invitation | None:
    """The invitation this token lets accept now."""
    return _good().filter(token_hash=_hash(token)).first()


def still_good(number: int | None) -> Invitation | None:
    """The same by its number, for somebody who has shown its token and was then sent to sign in."""
    return _good().filter(pk=number).first()


def account(invitation: Invitation) -> User | None:
    """The account its address has already."""
    return User.objects.filter(email__iexact=invitation.email).first()


def accept_as_new(invitation: Invitation, *, name: str, password: str) -> User:
    """Make the account and the membership. Raises NoLonger, also where somebody was quicker."""
    with transaction.atomic():
        locked = _lock(invitation)
        if account(locked) is not None:
            raise NoLonger
        user = User.objects.create_user(locked.email, password, name=name)
        _join(locked, user)
    return user


def accept(invitation: Invitation, user: User) -> None:
    """The person with its address, signed in, takes it up. Raises NoLonger, also for anybody else."""
    with transaction.atomic():
        locked = _lock(invitation)
        if user.email.lower() != locked.email or not user.is_active:
            raise NoLonger
        _join(locked, user)


def _good():
    return Invitation.objects.good().select_related("agency", "invited_as__agency", "invited_as__user")


def _lock(invitation: Invitation) -> Invitation:
    locked = Invitation.objects.select_for_update().filter(pk=invitation.pk).first()
    if locked is None or not Invitation.objects.good().filter(pk=locked.pk).exists():
        raise NoLonger
    return locked


def _join(invitation: Invitation, user: User) -> None:
    if invitation.invited_as.user_id == user.pk:  # whose address has become the one she invited
        raise NoLonger
    held = Membership.objects.current().filter(user=user)
    if not held.exists():
        tokens.revoke(user)  # a token from an earlier time here is not revived
    if not held.filter(agency=invitation.agency, role=invitation.role).exists():
        membership.join(user, invitation.agency, invitation.role)
    Invitation.objects.filter(pk=invitation.pk).update(used_at=timezone.now(), accepted_by=user)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
