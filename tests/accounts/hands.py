"""What a person does to sign in, without a browser. `code(user)` is what her authenticator app shows.

`confirmed(client)`: this session has just shown a second factor; for tests of pages behind `@recently_confirmed`.
"""

from __future__ import annotations

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.test import Client

PASSWORD = "a long enough password"
PERIOD = 30


def confirmed(client: Client, *, ago: float = 0.0, method: str = "mfa") -> Client:
    """As if a second factor had been shown `ago` seconds ago. The client is signed in."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": method, "at": time.time() - ago}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session.save()
    return client


def with_app(user) -> Authenticator:
    return totp.TOTP.activate(user, totp.generate_totp_secret()).instance


def code(user, later: int = 0) -> str:
    """What her app shows, `later` periods of 30 seconds from now."""
    secret = decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"])
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // PERIOD + later))


def recovery_codes(user) -> list[str]:
    return RecoveryCodes.activate(user).generate_codes()


def password(client: Client, email: str, word: str = PASSWORD, **more):
    return client.post("/accounts/login/", {"login": email, "password": word, **more})


def past_password(user) -> Client:
    """As far as a password alone leads."""
    client = Client()
    password(client, user.email)
    return client


def second_step(client: Client, number: str):
    return client.post("/accounts/code/", {"confirm-code": number})


def signed_in(user, client: Client | None = None) -> Client:
    """Through both steps."""
    client = client or Client()
    password(client, user.email)
    answer = second_step(client, code(user))
    assert answer.status_code == 302, answer.text
    return client
