"""How allauth behaves here: people are invited, never signed up by themselves, and each starts where her work is."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from .actor import Actor
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

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Editors write the public site; everybody else has casework, or a page that says who can let her in."""
        actor = Actor.of(request.user)
        if actor.role == Role.EDITOR if actor else request.user.is_superuser:
            return "/cms/"
        return "/workspace/"
