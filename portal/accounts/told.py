"""What the audit trail is told about signing in. Never a password, a code, an address or where somebody was."""

from __future__ import annotations

from django.http import HttpRequest

from portal.audit import trail

from .actor import Actor
from .models import User

PAGE, API = "page", "api"


def signed_in(user: User, how: str, channel: str = PAGE) -> None:
    trail.write("sign_in", by=Actor.of(user), user=user, rule=how, channel=channel)


def sign_in_failed(user: User | None, why: str, channel: str = PAGE) -> None:
    """`user` None: nobody has that address."""
    trail.write("sign_in_failed", by=None, user=user, decision=trail.REFUSED, rule=why, channel=channel)


def signed_out(user: User) -> None:
    trail.write("sign_out", by=Actor.of(user), user=user, rule="sign_out")


def changed(user: User, what: str) -> None:
    """About her own account: "second factor added", "password changed", "sessions ended"..."""
    trail.write("change", by=Actor.of(user), user=user, noun="account", reference=str(user.pk), rule=what)


def channel(request: HttpRequest) -> str:
    return API if request.path.startswith("/api/") else PAGE
