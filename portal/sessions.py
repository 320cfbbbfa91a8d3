"""Sessions in the database, asked for by a key that could be one of ours; and how long somebody stays signed in.

A session of somebody signed in ends IDLE seconds after she last did something (IDLE_SHARED on a device she said is
shared), and ABSOLUTE seconds after she signed in whatever she does. The row's own `expire_date` says so: past it the
row opens nothing, whoever brings the cookie.
"""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from portal.accounts import devices, endings

OURS = re.compile(r"[a-z0-9]{32}")
IDLE, IDLE_SHARED, ABSOLUTE = 30 * 60, 15 * 60, 10 * 60 * 60  # seconds
WRITE_EVERY = 60  # seconds: what somebody does is noted at most so often
BEGAN = "began_at"  # in the session: when she signed in, in seconds since 1970


class SessionStore(db.SessionStore):
    """A cookie that was tampered with begins a new session: PostgreSQL fails where it is asked for a NUL character."""

    until: datetime.datetime | None = None  # the row's own end, as it was read

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and OURS.fullmatch(key))

    def delete(self, session_key: str | None = None) -> None:
        """Signing out, and whatever else ends a session: the pages it had open are told."""
        row = self.model.objects.filter(session_key=session_key or self.session_key).first()
        if row is None:
            return
        person = row.get_decoded().get(SESSION_KEY)  # Django has emptied our own copy by now
        row.delete()
        if person:
            endings.tell([int(person)])

    def get_expire_at_browser_close(self) -> bool:
        # `set_expiry(seconds)` shortens how long the row counts. Django would let the cookie live as long, past the
        # closing of the window: on a shared computer the next person could open what a family has not sent yet.
        return True

    def begin(self) -> None:
        """Somebody has just signed in."""
        self[BEGAN] = time.time()

    def get_expiry_date(self, **kwargs: Any) -> datetime.datetime:
        if not self.get(SESSION_KEY):
            return super().get_expiry_date(**kwargs)
        now = time.time()
        idle = IDLE_SHARED if self.get(devices.SHARED) else IDLE
        end = min(now + idle, self.get(BEGAN, now) + ABSOLUTE)
        return datetime.datetime.fromtimestamp(end, tz=datetime.UTC)

    def save(self, must_create: bool = False) -> None:
        if self.get(SESSION_KEY) and BEGAN not in self:
            self.begin()
        super().save(must_create)

    def _get_session_from_db(self):
        row = super()._get_session_from_db()
        self.until = row.expire_date if row else None
        return row

    def left(self) -> int:
        """Whole seconds until it ends, as the row has it; 0 where nobody is signed in."""
        if not self.get(SESSION_KEY):
            return 0
        return max(0, int(((self.until or self.get_expiry_date()) - timezone.now()).total_seconds()))

    def can_go_on(self) -> bool:
        """Whether doing something would move its end: not in the last minutes of ABSOLUTE."""
        return (self.get_expiry_date() - timezone.now()).total_seconds() - self.left() >= WRITE_EVERY

    def touch(self) -> None:
        """She has done something: the end moves on, written at most every WRITE_EVERY seconds, where it moves."""
        end = self.get_expiry_date()
        if self.until is None or (end - self.until).total_seconds() < WRITE_EVERY:
            return
        self.model.objects.filter(pk=self.session_key, expire_date__gt=timezone.now()).update(expire_date=end)
        self.until = end


class StaySignedIn:
    """Notes that somebody who is signed in does something. What a page asks for by itself is not something she does."""

    PLACES = ("/workspace/", "/accounts/", "/cms/", "/api/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        by_itself = request.method == "GET" and (
            request.headers.get("Sec-Fetch-Dest") == "empty" or request.path == reverse("session_left")
        )
        if request.path.startswith(self.PLACES) and not by_itself and request.user.is_authenticated:
            request.session.touch()
        return self.get_response(request)
