"""A browser in which this person has signed in before: its failures are counted apart from everybody else's.

So nobody can lock a person out by trying wrong passwords for her address, nor a school by trying them behind its line:
whoever works there goes on signing in where she did yesterday. What the browser keeps is a signed number that says
nothing of who she is, opens nothing, and counts for one address alone. A shared device keeps none.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from . import devices, limits
from .models import User

SALT = "portal.accounts.known"
GOOD_FOR = 180 * 24 * 60 * 60  # seconds
Counter = tuple[limits.Limit, str]


def counters(request: HttpRequest, email: str) -> list[Counter]:
    """What a wrong password for this address counts against: the browser where it is known, else address and source."""
    number = _known(request, email)
    if number:
        return [(limits.BROWSER, number)]
    return [(limits.ACCOUNT, email), (limits.SOURCE, limits.source(request))]


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """She has signed in here."""
    if request.session.get(devices.SHARED):
        return
    kept = _known(request, user.email) or secrets.token_urlsafe(16)
    response.set_cookie(
        _name(),
        signing.dumps([kept, _whose(user.email)], salt=SALT),
        max_age=GOOD_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest, email: str) -> str:
    """The number the browser has for this address; "" where it has none."""
    try:
        number, whose = signing.loads(request.COOKIES.get(_name(), ""), salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return ""
    return number if constant_time_compare(whose, _whose(email)) else ""


def _whose(email: str) -> str:
    return salted_hmac(SALT, email.strip().lower(), algorithm="sha256").hexdigest()[:32]


def _name() -> str:
    return "__Host-known" if settings.SESSION_COOKIE_SECURE else "known"
