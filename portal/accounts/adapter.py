"""How allauth behaves here: people are invited, never signed up by themselves, and each starts where her work is."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse

from . import devices, known, limits, second_factor, told
from .actor import Actor
from .models import Device, User
from .roles import Role


class InvitedOnly(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # The same sentence whether or not the account exists.
        "email_password_mismatch": "The email address or password is not right. Check both, then try again",
        "too_many_login_attempts": "There have been too many tries. Wait 5 minutes, then try again",
        "account_inactive": "This account has been closed. Ask whoever invited you",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person, or None where the address or the password is not right; limited (portal/accounts/limits.py).

        An account that is closed is given back too: allauth says so to whoever knows its password.
        """
        email = credentials.get("email", "").strip().lower()
        counters = known.counters(request, email)
        if any(limits.is_full(*counter) for counter in counters):
            raise self._too_many(request, email)
        AuthenticationBackend.unstash_authenticated_user()
        user = authenticate(request, **credentials)
        user = user or AuthenticationBackend.unstash_authenticated_user()
        if user is None:
            counted = [limits.fail(*counter) for counter in counters]  # each, whatever the first says
            if not all(counted):
                raise self._too_many(request, email)
            told.sign_in_failed(self._named(email), "password", told.channel(request))
        elif any(limits.is_full(*counter) for counter in counters):
            raise self._too_many(request, email)
        return user

    @staticmethod
    def _named(email: str) -> User | None:
        return User.objects.filter(email__iexact=email).first()

    def _too_many(self, request: HttpRequest, email: str) -> Exception:
        told.locked(request, self._named(email))
        return self.validation_error("too_many_login_attempts")

    def get_login_stages(self) -> list[str]:
        return ["portal.accounts.challenge.SecondStep"]

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session.begin()
        devices.opened(request, user)
        told.signed_in(user, "second factor" if second_factor.shown(request) else "password")

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        response = super().post_login(request, user, **how)
        known.remember(request, response, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            Device.objects.filter(session_key=request.session.session_key).delete()
            told.signed_out(request.user)
        super().logout(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Editors write the public site; everybody else has casework, or a page that says who can let her in."""
        actor = Actor.of(request.user)
        if actor.role == Role.EDITOR if actor else request.user.is_superuser:
            return "/cms/"
        return "/workspace/"
