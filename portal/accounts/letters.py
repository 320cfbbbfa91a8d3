"""Mails about somebody's access, put by for the one module that sends mail (notifications/email.py)."""

from __future__ import annotations

from .models import Invitation, Letter


def post(kind: Letter.Kind, to: str, invitation: Invitation | None = None) -> Letter:
    """Put a letter by; it is sent once the caller's transaction has committed. Its text is fixed by its kind."""
    return Letter.objects.create(kind=kind, to=to, invitation=invitation)


def take_back(invitation: Invitation) -> None:
    """What has not been sent of this invitation is not sent any more."""
    invitation.letters.filter(state=Letter.State.WAITING).update(state=Letter.State.WITHHELD)
