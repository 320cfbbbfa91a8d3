"""A new password for somebody who has forgotten hers: by a link in a mail, good for an hour and for once.

Asking never says whether anybody has that address: a letter is put by for whatever was typed, with the same work, and
the one who sends letters looks whether there is somebody to send it to. The link sets a password and nothing else: it
signs nobody in, and the second step is asked for as ever.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from . import letters, limits, own
from .access import declares
from .models import Letter, User

KEY = "new_password"  # in the session: the link's secret, so that it stands in no address that is passed on


class Ask(forms.Form):
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your email address",
            "invalid": "Enter an email address in the correct format, like name@example.com",
        },
    )


@declares("everyone")
def ask(request: HttpRequest) -> HttpResponse:
    form = Ask(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].lower()
        # Every request counts, and one too many is not said either: that would say that others were sent.
        if limits.fail(limits.RESET_SOURCE, limits.source(request)) and limits.fail(limits.RESET_ACCOUNT, email):
            letters.post(Letter.Kind.RESET, email)
        return redirect("reset_sent")
    return render(request, "account/reset.html", {"form": form})


@declares("everyone")
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/reset_sent.html")


def link(email: str) -> str:
    """The path of the link for whoever has this address now; "" where nobody active has it."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        return ""
    number = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("reset_link", args=[number, default_token_generator.make_token(user)])


@declares("everyone")
def follow(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """The link itself uses nothing up: a mail scanner may open it. It is taken into the session, out of the address."""
    request.session[KEY] = [number, token]
    return redirect("reset_choose")


@declares("everyone")
def choose(request: HttpRequest) -> HttpResponse:
    user = _whose(*request.session.get(KEY, ("", "")))
    if user is None:
        return render(request, "account/reset_ended.html", status=403)
    form = own.NewPassword(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            # Asked again under a lock: of two who send it at the same time one sets a password.
            User.objects.select_for_update().get(pk=user.pk)
            user = _whose(*request.session.pop(KEY))
            if user is None:
                return render(request, "account/reset_ended.html", status=403)
            own.set_password(user, form.cleaned_data["password"])
        messages.success(request, "Your password is changed. Sign in with it now")
        return redirect("account_login")
    return render(request, "account/reset_choose.html", {"form": form})


def _whose(number: Any, token: Any) -> User | None:
    try:
        pk = int(urlsafe_base64_decode(str(number)).decode())
    except (ValueError, OverflowError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first() if 0 < pk < 2**63 else None
    return user if user is not None and default_token_generator.check_token(user, str(token)) else None
