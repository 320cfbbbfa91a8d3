"""The second factor: who needs one, who has one, whether this session has shown one, and codes that count once.

Its rows are allauth's (`allauth.mfa.models.Authenticator`): an authenticator app (TOTP), passkeys (WebAuthn), recovery
codes. A code is used under a lock on its row, so that of two who send the same one at the same time one is refused, in
whichever process they are answered (docs/adr/0017).
"""

from __future__ import annotations

import base64
import hashlib
import struct
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core.internal.cryptokit import compare_user_code, normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from . import told
from .models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
RECORD = "mfa"  # allauth's word, in the session's list of how somebody signed in
BEHIND_IT = ("/workspace/", "/cms/", "/api/")
PERIOD = 30  # seconds a code of an authenticator app is shown (RFC 6238)
DRIFT = 1  # codes before and after the one shown now that count too: clocks differ


class Factors(DefaultMFAAdapter):
    """How allauth's second factor behaves here."""

    def encrypt(self, text: str) -> str:
        """Secrets are not in the database in the clear: whoever takes a copy of it cannot make codes."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return settings.COUNTY["service"]

    def _get_site_name(self) -> str:
        return settings.COUNTY["service"]


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    seeds = (hashlib.sha256(b"portal.accounts.second_factor" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(seed)) for seed in seeds])


def enrolled(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def has_passkey(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()


# What the library raises over bytes that no authenticator made, besides refusing them.
NOT_A_PASSKEY = (KeyError, TypeError, ValueError, AttributeError, LookupError, struct.error, InvalidSignature)


def takes_passkey(form: forms.Form) -> bool:
    """Whether allauth's form takes the passkey in it."""
    try:
        return form.is_valid()
    except NOT_A_PASSKEY:
        return False


def shown(request: HttpRequest | Any) -> bool:
    """Whether this session has shown a second factor since it was signed in."""
    return any(record["method"] == RECORD for record in get_authentication_records(request, request.user))


def opens(session: SessionBase, user: User) -> bool:
    """Whether this session is one that pages open to: for the socket, which no middleware of pages stands before."""
    return not settings.SECOND_FACTOR or shown(SimpleNamespace(session=session, user=user))


def note(request: HttpRequest, user: User, kind: str) -> None:
    """This session has just shown a second factor: "totp", "webauthn", "recovery_codes", or "provider"."""
    record_authentication(request, user, RECORD, type=kind, reauthenticated=True)


def use_code(user: User, code: str) -> str:
    """Use up a code of the authenticator app or a recovery code: its kind, or "" where it is wrong or was used."""
    code = normalize_user_code(code)[:40]
    if not code:
        return ""
    with transaction.atomic():
        theirs = Authenticator.objects.select_for_update().filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
        for authenticator in theirs.order_by("pk"):
            is_totp = authenticator.type == Authenticator.Type.TOTP
            if _use_totp(authenticator, code) if is_totp else _use_recovery(authenticator, code):
                authenticator.record_usage()
                if not is_totp:
                    told.changed(user, "recovery code used")
                return str(authenticator.type)
    return ""


def _use_totp(authenticator: Authenticator, code: str) -> bool:
    """A code counts where it is newer than the last that counted."""
    secret = decrypt(authenticator.data["secret"])
    now = int(time.time()) // PERIOD
    for counter in range(max(now - DRIFT, authenticator.data.get("last", 0) + 1), now + DRIFT + 1):
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, counter))):
            authenticator.data["last"] = counter
            authenticator.save(update_fields=["data"])
            return True
    return False


def _use_recovery(authenticator: Authenticator, code: str) -> bool:
    return authenticator.wrap().validate_code(code)


class SecondFactorFirst:
    """Until a session has shown a second factor it opens nothing that is behind one.

    Whoever has none yet is sent to set one up; whoever has one, to show it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.SECOND_FACTOR
            and request.path.startswith(BEHIND_IT)
            and request.user.is_authenticated
            and not shown(request)
        ):
            return self.turned_away(request)
        return self.get_response(request)

    @staticmethod
    def turned_away(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            told.refused(request, "403 second_factor", user=cast(User, request.user))
            problem = {"type": "about:blank", "title": "Sign in with your second factor first", "status": 403}
            return JsonResponse(problem, status=403, content_type="application/problem+json")
        here = request.get_full_path() if request.method == "GET" else "/workspace/"
        page = "account_confirm" if enrolled(cast(User, request.user)) else "second_factor"
        return redirect(f"{reverse(page)}?{urlencode({'next': here})}")
