"""What the audit trail is told about signing in, and she herself by mail where it could have been somebody else.

Never a password, a code, an address or where somebody was.

What can be tried without end, and is refused each time, is one row a minute for one source, one person and one reason
(ROW): enough to see that it goes on, and no way to fill the trail.
"""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest

from portal.audit import trail

from . import letters, limits
from .actor import Actor
from .models import Letter, User

PAGE, API, SOCKET = "page", "api", "socket"
ROW = limits.Limit("row of a refusal", 1, 60)
TOO_MANY = "too many tries"
# Whoever got into her account would begin with these: so she is written to, at the address she had before.
MAILED = {
    "password changed": Letter.Kind.PASSWORD,
    "authenticator app added": Letter.Kind.FACTOR_ADDED,
    "passkey added": Letter.Kind.FACTOR_ADDED,
    "second factor removed": Letter.Kind.FACTOR_REMOVED,
    "recovery codes made": Letter.Kind.CODES_MADE,
    "recovery code used": Letter.Kind.CODE_USED,
}


def signed_in(user: User, how: str, channel: str = PAGE) -> None:
    trail.write("sign_in", by=Actor.of(user), user=user, rule=how, channel=channel)


def sign_in_failed(user: User | None, why: str, channel: str = PAGE) -> None:
    """`user` None: nobody has that address."""
    trail.write("sign_in_failed", by=None, user=user, decision=trail.REFUSED, rule=why, channel=channel)


def locked(request: HttpRequest, user: User | None) -> None:
    """There were too many tries: nothing was looked at, so nobody knows whether this one was right."""
    refused(request, TOO_MANY, user=user, action="sign_in_failed")


def refused(
    request: HttpRequest, why: str, *, user: User | None = None, action: str = "refused", through: str = ""
) -> None:
    """`user`: whoever it is, or says to be; None where nobody is known. `why`: a code, nothing that was sent."""
    whose = f"{limits.source(request)} {user.pk if user else ''} {action} {why}"
    with transaction.atomic():
        if limits.is_full(ROW, whose) or not limits.fail(ROW, whose):
            return
        how = through or channel(request)
        trail.write(action, by=None, user=user, decision=trail.REFUSED, rule=why, channel=how)


def signed_out(user: User) -> None:
    trail.write("sign_out", by=Actor.of(user), user=user, rule="sign_out")


def changed(user: User, what: str) -> None:
    """About her own account: "second factor added", "password changed", "sessions ended"..."""
    trail.write("change", by=Actor.of(user), user=user, noun="account", reference=str(user.pk), rule=what)
    if what in MAILED:
        letters.post(MAILED[what], user.email)


def channel(request: HttpRequest) -> str:
    return API if request.path.startswith("/api/") else PAGE
