"""Which of many sessions let somebody in now: asked by what stays open for longer than a request."""

from __future__ import annotations

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from .models import User


def standing(keys: list[str]) -> set[str]:
    """Of these session keys those that count: there, not past their time, and sealed with the password of today.

    Django itself asks the last only when the session is next used, so a password changed elsewhere would leave a
    socket open.
    """
    found = {row.pk: row.get_decoded() for row in Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now())}
    people = User.objects.in_bulk({int(data[SESSION_KEY]) for data in found.values() if data.get(SESSION_KEY)})
    return {
        key
        for key, data in found.items()
        if BACKEND_SESSION_KEY in data and _seals(data, people.get(int(data.get(SESSION_KEY, 0))))
    }


def _seals(data: dict, user: User | None) -> bool:
    if user is None:
        return False
    seal = data.get(HASH_SESSION_KEY, "")
    good = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())  # while SECRET_KEY is being changed
    return any(constant_time_compare(seal, each) for each in good)
