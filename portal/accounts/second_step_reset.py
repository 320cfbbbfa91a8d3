"""Somebody has lost her second step: it is taken away, and she sets up another with a code that she is told.

A mailbox must not be enough to get in. Whoever has hers can choose a new password; so neither a link in a mail nor a
password sets up the next second step, but a code that whoever looks after access tells her face to face or by phone.
Who took it away knows the code and not the password; who has the mailbox gets the password and not the code
(docs/adr/0017).
"""

from __future__ import annotations

import datetime
import secrets

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from . import letters, suspension
from .models import Device, Letter, SecondStepReset, User

GOOD_FOR = datetime.timedelta(hours=24)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none of them sounds or looks like another one
LENGTH = 8  # 39 bits; limits.CODE leaves a guesser some 1,440 tries in the 24 hours
TOLD = "second_step_code"  # in the session: the number of the reset whose code was entered


def take_away(user: User, *, by: User | None) -> str:
    """The code to tell her. Her second step, her sessions and her programs' token are gone. `by` None: the operator."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        Authenticator.objects.filter(user=user).delete()
        SecondStepReset.objects.filter(user=user).delete()
        SecondStepReset.objects.create(user=user, by=by, code_hash=_hash(code), expires_at=timezone.now() + GOOD_FOR)
        suspension.end_sign_ins(user)
        Device.objects.filter(user=user).delete()
        letters.post(Letter.Kind.FACTOR_RESET, user.email)
    return code


def waits(user: User) -> bool:
    """Whether hers was taken away, and she has not set up another yet."""
    return SecondStepReset.objects.filter(user=user).exists()


def asks_for_code(session: SessionBase, user: User) -> bool:
    """Whether she has to enter the code before she can set up another one in this session."""
    reset = SecondStepReset.objects.filter(user=user).first()
    return reset is not None and session.get(TOLD) != reset.pk


def is_code(user: User, code: str) -> bool:
    """Whether it is the code she was told. It counts until she has set one up, and for 24 hours."""
    reset = SecondStepReset.objects.filter(user=user, expires_at__gt=timezone.now()).first()
    return reset is not None and constant_time_compare(reset.code_hash, _hash(normalize_user_code(code).upper()))


def entered(session: SessionBase, user: User) -> None:
    """She has entered it: this session may set one up."""
    session[TOLD] = SecondStepReset.objects.get(user=user).pk


def done(session: SessionBase, user: User) -> None:
    """She has set up another one."""
    session.pop(TOLD, None)
    SecondStepReset.objects.filter(user=user).delete()


def in_fours(code: str) -> str:
    """As it is shown and read out."""
    return f"{code[:4]} {code[4:]}"


def _hash(code: str) -> str:
    """Kept with a key that is not in the database: so short a code could be found from a plain hash."""
    return salted_hmac("portal.accounts.second_step_reset", code, algorithm="sha256").hexdigest()
