"""The sign-in form."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.http import HttpRequest, HttpResponse

from . import devices


def shared_device() -> forms.BooleanField:
    return forms.BooleanField(
        label="This is a shared device",
        help_text="You are signed out after 15 minutes without use, and nothing is kept in this browser",
        required=False,
    )


class Elsewhere(forms.Form):
    """Signing in at the provider, which asks for the rest."""

    shared = shared_device()

    def __init__(self) -> None:
        super().__init__(auto_id="elsewhere-%s")


class SignIn(LoginForm):
    """Email address and password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.EmailField(
            label="Email address",
            widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
            error_messages={
                "required": "Enter your email address",
                "invalid": "Enter an email address in the correct format, like name@example.com",
            },
        )
        self.fields["password"] = forms.CharField(
            label="Password",
            strip=False,
            max_length=1_000,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            error_messages={
                "required": "Enter your password",
                "max_length": "The email address or password is not right. Check both, then try again",
            },
        )
        self.fields["shared"] = shared_device()
        self.order_fields(["login", "password", "shared"])

    @property
    def elsewhere(self) -> Elsewhere:
        return Elsewhere()

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        request.session[devices.SHARED] = self.cleaned_data["shared"]
        return super().login(request, redirect_url=redirect_url)
