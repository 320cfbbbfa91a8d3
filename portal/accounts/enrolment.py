"""Setting up the second factor: an authenticator app or a passkey, then recovery codes; and taking one away.

Whoever has one already must have shown it lately to add or remove another (step_up.py); whose was taken away enters the
code that she was told (second_step_reset.py). The last is not removed while the setting SECOND_FACTOR is on.
"""

from __future__ import annotations

import base64
import functools
import json
import time
from collections.abc import Callable
from typing import Any, cast

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import encrypt
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from . import limits, second_factor, second_step_reset, told
from .access import declares
from .models import User
from .step_up import TOO_MANY, WRONG_CODE, code_field, recently_confirmed

View = Callable[..., HttpResponse]
ONWARD = "after_enrolment"  # in the session: where she was going
SHOW_CODES = "show_recovery_codes"  # in the session: her new recovery codes have not been put away yet


def first_or_confirmed(view: View) -> View:
    """Her first second factor is set up at once; to add another she shows one she has, or a reset's code."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = cast(User, request.user)
        if second_step_reset.asks_for_code(request.session, user):
            return redirect("second_step_code")
        has_one = second_factor.enrolled(user)
        return (recently_confirmed(view) if has_one else view)(request, *args, **kwargs)

    return guarded


@declares("signed in")
@login_required
def begin(request: HttpRequest) -> HttpResponse:
    """Choose one. `next` is where she was going when she was sent here."""
    onward = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        request.session[ONWARD] = onward
    user = cast(User, request.user)
    if second_step_reset.asks_for_code(request.session, user):
        return redirect("second_step_code")
    return render(request, "account/second_factor.html", {"has_one": second_factor.enrolled(user)})


# --- where hers was taken away: the code she was told ---------------------------------------------------------------


class CodeForm(forms.Form):
    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        self.request, self.user = request, cast(User, request.user)
        self.fields["code"] = code_field()
        self.fields["code"].help_text = "8 letters and digits. It counts for 24 hours"
        self.fields["code"].widget.attrs |= {"autocomplete": "off", "inputmode": "text", "autocapitalize": "characters"}

    def clean_code(self) -> str:
        code, whose = self.cleaned_data["code"], str(self.user.pk)
        right = not limits.is_full(limits.CODE, whose) and second_step_reset.is_code(self.user, code)
        if limits.is_full(limits.CODE, whose):  # asked again: others may have guessed meanwhile
            raise ValidationError(TOO_MANY)
        if not right:
            if not limits.fail(limits.CODE, whose):
                raise ValidationError(TOO_MANY)
            told.sign_in_failed(self.user, "code of a reset")
            raise ValidationError("That code is not right, or has run out. Check it, or ask for another")
        return code


@declares("signed in")
@login_required
def code(request: HttpRequest) -> HttpResponse:
    """A password and a mailbox set up nothing: the code came by another way."""
    if not second_step_reset.asks_for_code(request.session, cast(User, request.user)):
        return redirect("second_factor")
    form = CodeForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        second_step_reset.entered(request.session, form.user)
        return redirect("second_factor")
    return render(request, "account/second_step_code.html", {"form": form})


# --- an authenticator app ---------------------------------------------------------------------------------------------


class AppForm(forms.Form):
    def __init__(self, user: User, secret: str, data: Any = None) -> None:
        super().__init__(data)
        self.user, self.secret, self.counter = user, secret, 0
        self.fields["code"] = code_field()
        self.fields["code"].help_text = "The 6 digits your app shows now"

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if limits.is_full(limits.CODE, str(self.user.pk)):
            raise ValidationError(TOO_MANY)
        now = int(time.time()) // second_factor.PERIOD
        for counter in range(now - second_factor.DRIFT, now + second_factor.DRIFT + 1):
            if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(self.secret, counter))):
                self.counter = counter
                return code
        limits.fail(limits.CODE, str(self.user.pk))
        raise ValidationError(WRONG_CODE)


@declares("signed in")
@login_required
@first_or_confirmed
def app(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        return redirect("account_home")
    secret = totp.get_totp_secret()
    form = AppForm(user, secret, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            _locked(user)
            data = {"secret": encrypt(secret), "last": form.counter}
            made = Authenticator.objects.get_or_create(
                user=user, type=Authenticator.Type.TOTP, defaults={"data": data}
            )[1]
            if not made:  # set up in another window meanwhile, with another secret
                return redirect("account_home")
            totp.clear_totp_secret(request)
            return _added(request, user, Authenticator.Type.TOTP, "authenticator app added")
    adapter = get_adapter()
    picture = base64.b64encode(adapter.build_totp_svg(adapter.build_totp_url(user, secret)).encode()).decode()
    context = {"form": form, "picture": f"data:image/svg+xml;base64,{picture}", "secret": _in_fours(secret)}
    return render(request, "account/second_factor_app.html", context)


def _in_fours(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


# --- a passkey --------------------------------------------------------------------------------------------------------


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label="What do you call this passkey?",
        help_text="For example, work laptop",
        max_length=60,
        required=True,
        error_messages={"required": "Enter a name for this passkey"},
    )
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if self.errors:
            return answers
        if not answers.get("credential"):
            raise ValidationError("This browser did not add a passkey. Try again, or use an authenticator app")
        form = AddWebAuthnForm(
            {"name": answers["name"], "credential": json.dumps(answers["credential"])}, user=self.user
        )
        if not second_factor.takes_passkey(form):
            raise ValidationError("That passkey was not accepted. Try again, or use an authenticator app")
        return answers


@declares("signed in")
@login_required
@first_or_confirmed
def passkey(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = PasskeyForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            _locked(user)
            webauthn.WebAuthn.add(user, form.cleaned_data["name"], form.cleaned_data["credential"])
            return _added(request, user, Authenticator.Type.WEBAUTHN, "passkey added")
    options = json.dumps(webauthn.begin_registration(user, False))
    return render(request, "account/second_factor_passkey.html", {"form": form, "passkey": options})


# --- recovery codes ---------------------------------------------------------------------------------------------------


def _added(request: HttpRequest, user: User, kind: str, what: str) -> HttpResponse:
    """She has just shown that she has it. With her first come recovery codes."""
    second_factor.note(request, user, kind)
    second_step_reset.done(request.session, user)
    told.changed(user, what)
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).exists():
        messages.success(request, "Your new second step works from now on")
        return redirect("account_home")
    _new_codes(request, user, "first recovery codes made")
    return redirect("recovery_codes")


def _new_codes(request: HttpRequest, user: User, what: str) -> None:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    request.session[SHOW_CODES] = True
    told.changed(user, what)


@declares("signed in")
@login_required
@recently_confirmed
def codes(request: HttpRequest) -> HttpResponse:
    """New codes are shown until she says that she has them; then they are shown no more, only replaced."""
    user = cast(User, request.user)
    if not second_factor.enrolled(user):
        return redirect("second_factor")
    if request.method == "POST":
        if request.POST.get("do") == "new":
            with transaction.atomic():
                _locked(user)
                _new_codes(request, user, "recovery codes made")
            return redirect("recovery_codes")
        request.session.pop(SHOW_CODES, None)
        return redirect(request.session.pop(ONWARD, None) or reverse("account_home"))
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    unused = kept.wrap().get_unused_codes() if kept else []
    shown = [_in_halves(code) for code in unused] if request.session.get(SHOW_CODES) else []
    return render(request, "account/recovery_codes.html", {"codes": shown, "left": len(unused)})


def _in_halves(code: str) -> str:
    return f"{code[: len(code) // 2]} {code[len(code) // 2 :]}"


# --- taking one away --------------------------------------------------------------------------------------------------


@declares("signed in")
@require_POST
@login_required
@recently_confirmed
def remove(request: HttpRequest) -> HttpResponse:
    user, number = cast(User, request.user), request.POST.get("factor", "")
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    with transaction.atomic():
        _locked(user)
        hers = Authenticator.objects.filter(user=user, type__in=second_factor.FACTORS)
        factor = hers.filter(pk=number).first()
        if factor is None:
            raise Http404
        if settings.SECOND_FACTOR and hers.count() == 1:
            messages.info(request, "This is your only second step. Add another before you remove it")
            return redirect("account_home")
        factor.delete()
        if not hers.exists():
            Authenticator.objects.filter(user=user).delete()
        told.changed(user, "second factor removed")
    messages.success(request, "It is removed, and opens nothing any more")
    return redirect("account_home")


def _locked(user: User) -> None:
    """Two windows of hers do not add or remove at the same time."""
    User.objects.select_for_update().get(pk=user.pk)
