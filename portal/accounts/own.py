"""Your account: where you are signed in, your second step, your password. Each person sees and ends only her own."""

from __future__ import annotations

from typing import Any, cast

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from . import devices, second_factor, suspension, told
from .access import declares
from .models import Device, User
from .step_up import recently_confirmed

FORGET = '"cache", "storage"'  # Clear-Site-Data: what the browser has kept of us


@declares("signed in")
@login_required
def home(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    factors = Authenticator.objects.filter(user=user, type__in=second_factor.FACTORS).order_by("pk")
    recovery = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "devices": devices.of(user),
        "here": request.session.session_key,
        "factors": [
            {"number": f.pk, "name": _named(f), "since": f.created_at, "used": f.last_used_at} for f in factors
        ],
        "has_app": any(f.type == Authenticator.Type.TOTP for f in factors),
        "codes_left": len(recovery.wrap().get_unused_codes()) if recovery else 0,
        "must_keep_one": settings.SECOND_FACTOR and len(factors) == 1,
    }
    return render(request, "account/home.html", context)


def _named(factor: Authenticator) -> str:
    return "Authenticator app" if factor.type == Authenticator.Type.TOTP else f"Passkey: {factor.wrap().name}"


# --- signing out ------------------------------------------------------------------------------------------------------


@declares("everyone")
def sign_out(request: HttpRequest) -> HttpResponse:
    """A GET asks; a POST ends the session. The browser is told to forget what it has kept."""
    response = account.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = FORGET
    return response


@declares("everyone")
@require_http_methods(["GET", "POST"])
def session_left(request: HttpRequest) -> JsonResponse:
    """For a page that warns before the end (session-end.js). To ask moves nothing; a POST is something she did.

    `goes_on`: whether a POST would move the end. Somebody who is signed out has no seconds left.
    """
    session = request.session
    return JsonResponse({"left": session.left(), "goes_on": request.user.is_authenticated and session.can_go_on()})


@declares("signed in")
@require_POST
@login_required
def end_device(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("device", "")
    known = number.isdecimal() and len(number) < 19
    device = Device.objects.select_related("user").filter(user=request.user, pk=number).first() if known else None
    if device is None:
        raise Http404
    if device.session_key == request.session.session_key:
        return sign_out(request)
    devices.end(device)
    messages.success(request, f"{device.description} is signed out")
    return redirect("account_home")


@declares("signed in")
@require_POST
@login_required
def end_everything(request: HttpRequest) -> HttpResponse:
    """Every device, this one too, and her programs' token. It needs nothing but being signed in: it only takes away."""
    user = cast(User, request.user)
    with transaction.atomic():
        devices.end_all(user)
        get_adapter().logout(request)
    messages.success(request, "You are signed out everywhere. Programs that used your token are signed out too")
    response = redirect("account_login")
    response["Clear-Site-Data"] = FORGET
    return response


# --- the password -----------------------------------------------------------------------------------------------------


class NewPassword(forms.Form):
    """Typed once: she can have it shown. At least 12 characters, and none of those everybody tries first."""

    password = forms.CharField(
        label="New password",
        help_text="At least 12 characters. Three words that do not belong together are easy to keep",
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter a new password"},
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        try:
            validate_password(password, self.user)
        except ValidationError as weak:
            raise ValidationError(_in_our_words(weak)) from weak
        return password


WORDS = {
    "password_too_short": "The password must have at least 12 characters",
    "password_too_common": "Many people use this password. Choose another",
    "password_too_similar": "The password is too much like your name or email address. Choose another",
}


def _in_our_words(weak: ValidationError) -> list[str]:
    return [WORDS.get(error.code or "", " ".join(error.messages)) for error in weak.error_list]


def set_password(user: User, password: str) -> None:
    """Every session and token of hers ends with the old password."""
    user.set_password(password)
    user.save(update_fields=["password"])
    suspension.end_sign_ins(user)
    told.changed(user, "password changed")


@declares("signed in")
@login_required
@recently_confirmed
def password(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = NewPassword(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            set_password(user, form.cleaned_data["password"])
            update_session_auth_hash(request, user)  # this window stays signed in, under a new key
            devices.opened(request, user)
        messages.success(request, "Your password is changed. Every other device is signed out")
        return redirect("account_home")
    return render(request, "account/password.html", {"form": form})
