"""A program's token: one a person, good for API_TOKEN_DAYS and for as long as her password is the one it was got with.

A key is 24 random characters and 16 that seal them with the password's hash (as a session's own hash does): whatever
changes the password, by whatever way, ends the token, and nothing has to remember to.
"""

from __future__ import annotations

import datetime
import re
import secrets

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework import authentication, exceptions
from rest_framework.authtoken.models import Token

from .models import User

KEY = re.compile(r"[0-9a-f]{40}")
RANDOM, SEAL = 24, 16  # hexadecimal characters


def issue(user: User) -> Token:
    """The person's token, who has just shown who she is; a new one where the old one no longer stands."""
    User.objects.filter(pk=user.pk).update(token_confirmed_at=timezone.now())
    old = Token.objects.select_related("user").filter(user=user).first()
    if old is not None:
        if stands(old):
            return old
        old.delete()
    random = secrets.token_hex(RANDOM // 2)
    return Token.objects.get_or_create(user=user, defaults={"key": random + _seal(random, user)})[0]


def revoke(user: User) -> None:
    """The person's token is gone: whatever she is given back later, she has to sign in for a new one."""
    Token.objects.filter(user=user).delete()


def standing(keys: list[str]) -> list[Token]:
    """Of these keys the tokens that let somebody in now, each with its user."""
    found = Token.objects.select_related("user").filter(key__in=[key for key in keys if KEY.fullmatch(key)])
    return [token for token in found if stands(token)]


def stands(token: Token) -> bool:
    return (
        token.user.is_active
        and timezone.now() < ends(token)
        and constant_time_compare(token.key[RANDOM:], _seal(token.key[:RANDOM], token.user))
    )


def ends(token: Token) -> datetime.datetime:
    return token.created + datetime.timedelta(days=settings.API_TOKEN_DAYS)


def _seal(random: str, user: User) -> str:
    return salted_hmac("portal.accounts.tokens", random + user.password, algorithm="sha256").hexdigest()[:SEAL]


class TokenAuthentication(authentication.TokenAuthentication):
    """`Authorization: Token …`"""

    def authenticate_credentials(self, key: str) -> tuple[User, Token]:
        found = standing([key])
        if not found:
            raise exceptions.AuthenticationFailed("This token is not valid, or no longer. Sign in for a new one.")
        return found[0].user, found[0]
