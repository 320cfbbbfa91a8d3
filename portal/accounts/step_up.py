"""Step-up: what matters most asks again that it is still her: export, sharing outside, permissions, break-glass.

    @workspace("case.export")
    @recently_confirmed
    def export(request, reference): ...

Lets a request through where its session was signed in, or confirmed, with a second factor at most FRESH seconds ago
(with a password where the setting SECOND_FACTOR is off). Otherwise a GET goes to the confirm page and comes back. A
POST is answered 403 with the confirm page itself, which carries every field that was sent and shows what was typed:
confirming sends all of it again, to the same address, by one button. Nothing of it is kept on the server.

A program is answered 403 with the code `confirm_again` (referrals/api/problems.py), and its owner signs in for its
token again. Which verbs ask is said once, in referrals/workflow.py: CONFIRMED.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from . import limits, second_factor, told
from .access import declares
from .models import User

FRESH = 15 * 60  # seconds
PREFIX = "confirm"  # of the confirm form's own fields, among the fields it carries
WRONG_CODE = "That code is not right, or has been used. Wait for the next one, then try again"
WRONG_PASSKEY = "That passkey was not accepted. Try again, or enter a code"
TOO_MANY = "There have been too many tries. Wait 5 minutes, then try again"
WRONG_PASSWORD = "The password is not right. Check it, then try again"
# Never carried nor shown: the token is made anew, and a password is typed anew.
NOT_CARRIED = ("csrfmiddlewaretoken",)
NOT_TYPED = (*NOT_CARRIED, "submission_key", "acting_as", "next")


def is_recent(request: HttpRequest) -> bool:
    """Signed in or confirmed at most FRESH seconds ago, by what counts here."""
    counts = {second_factor.RECORD} if settings.SECOND_FACTOR else {second_factor.RECORD, "password"}
    records = get_authentication_records(request, request.user)
    return any(record["method"] in counts and 0 <= time.time() - record["at"] < FRESH for record in records)


def is_recent_by_program(user: User) -> bool:
    """She signed in for her programs' token, with all that is asked, at most FRESH seconds ago: again, if need be."""
    at = user.token_confirmed_at
    return at is not None and 0 <= time.time() - at.timestamp() < FRESH


def recently_confirmed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated or is_recent(request):
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return redirect(f"{reverse('account_confirm')}?{urlencode({'next': request.get_full_path()})}")
        sent = any(name.startswith(f"{PREFIX}-") for name in request.POST)
        form = Confirm(request, request.user, request.POST if sent else None)
        if sent and form.is_valid():
            _take_out(request)
            return view(request, *args, **kwargs)
        return page(request, form, carried=carried(request), status=403)

    return guarded


@declares("signed in")
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """The confirm page of a GET: `next` is where it goes on to."""
    onward = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = "/workspace/"
    form = Confirm(request, cast(User, request.user), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return redirect(onward)
    return page(request, form, onward=onward)


def page(
    request: HttpRequest,
    form: Confirm,
    *,
    carried: list[tuple[str, str]] | None = None,
    onward: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "carried": carried or [],
        "typed": typed(carried or []),
        "onward": onward,
        "passkey": form.passkey_options(),
    }
    return render(request, "account/confirm.html", context, status=status)


class Confirm(forms.Form):
    """A code or a passkey; where the person has no second factor and none is asked for, her password."""

    def __init__(self, request: HttpRequest, user: User, data: Any = None) -> None:
        super().__init__(data, prefix=PREFIX)
        self.request, self.user = request, user
        if second_factor.enrolled(self.user):
            self.fields["code"] = code_field()
            self.fields["code"].required = not self.data.get(self.add_prefix("credential"))
            self.fields["credential"] = forms.JSONField(required=False, widget=forms.HiddenInput)
        elif not settings.SECOND_FACTOR:
            self.fields["password"] = forms.CharField(
                label="Your password",
                strip=False,
                max_length=1_000,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
                error_messages={"required": "Enter your password"},
            )

    def clean(self) -> dict[str, Any]:
        """Valid only where one of the three proved who it is; nothing sent, or nothing understood, proves nothing."""
        answers = super().clean() or {}
        if not self.fields:
            raise ValidationError("Sign out, then sign in again to do this")
        if self.errors:
            return answers
        if answers.get("credential"):
            proved = self._by_passkey(answers["credential"])
        elif answers.get("code"):
            proved = self._by_code(answers["code"])
        else:
            proved = bool(answers.get("password")) and self._by_password(answers["password"])
        if not proved and not self.errors:
            self.add_error(next(iter(self.fields)), WRONG_CODE if "code" in self.fields else WRONG_PASSWORD)
        return answers

    def _by_code(self, code: str) -> bool:
        whose = str(self.user.pk)
        kind = "" if limits.is_full(limits.CODE, whose) else second_factor.use_code(self.user, code)
        if limits.is_full(limits.CODE, whose):  # asked again: others may have guessed meanwhile
            told.locked(self.request, self.user)
            self.add_error("code", TOO_MANY)
        elif kind:
            second_factor.note(self.request, self.user, kind)
            return True
        else:
            self.add_error("code", WRONG_CODE if self._counted("second factor") else TOO_MANY)
        return False

    def _counted(self, what: str) -> bool:
        """One more that was wrong, written down; False where there was no place left for it."""
        answered = limits.fail(limits.CODE, str(self.user.pk))
        if answered:
            told.sign_in_failed(self.user, what)
        else:
            told.locked(self.request, self.user)
        return answered

    def _by_passkey(self, credential: Any) -> bool:
        if limits.is_full(limits.CODE, str(self.user.pk)):
            told.locked(self.request, self.user)
            self.add_error("code", TOO_MANY)
            return False
        form = ReauthenticateWebAuthnForm({"credential": json.dumps(credential)}, user=self.user)
        if second_factor.takes_passkey(form):
            form.save()
            return True
        self.add_error("code", WRONG_PASSKEY if self._counted("passkey") else TOO_MANY)
        return False

    def _by_password(self, password: str) -> bool:
        user = get_adapter().authenticate(self.request, email=self.user.email, password=password)
        if user is not None and user.pk == self.user.pk:
            reauthenticate_by_password(self.request)
            return True
        return False

    def passkey_options(self) -> str:
        """What a browser is asked for, as JSON; "" where she has no passkey."""
        if "credential" in self.fields and second_factor.has_passkey(self.user):
            return json.dumps(webauthn.begin_authentication(self.user))
        return ""


def code_field() -> forms.CharField:
    return forms.CharField(
        label="Code",
        help_text="The 6 digits your authenticator app shows now, or one of your recovery codes",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "size": "10"}
        ),
        error_messages={"required": "Enter a code", "max_length": WRONG_CODE},
    )


def carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Every field that was sent but the token, any password and the confirm form's own."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in NOT_CARRIED and "password" not in name and not name.startswith(f"{PREFIX}-")
    ]


def typed(fields: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """`[{"label", "value", "rows"}]`: what she wrote herself."""
    return [
        {"label": name.replace("_", " ").capitalize(), "value": value, "rows": min(12, 2 + len(value) // 70)}
        for name, value in fields
        if name not in NOT_TYPED and value.strip()
    ]


def _take_out(request: HttpRequest) -> None:
    """The view sees what it would have been sent."""
    rest = request.POST.copy()
    for name in [name for name in rest if name.startswith(f"{PREFIX}-")]:
        del rest[name]
    request.POST = rest  # type: ignore[assignment]
