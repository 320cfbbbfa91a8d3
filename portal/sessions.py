"""Sessions in the database, asked for by a key that could be one of ours."""

from __future__ import annotations

import re

from django.contrib.sessions.backends import db

OURS = re.compile(r"[a-z0-9]{32}")


class SessionStore(db.SessionStore):
    """A cookie that was tampered with begins a new session: PostgreSQL fails where it is asked for a NUL character."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and OURS.fullmatch(key))

    def get_expire_at_browser_close(self) -> bool:
        # `set_expiry(seconds)` shortens how long the row counts. Django would let the cookie live as long, past the
        # closing of the window: on a shared computer the next person could open what a family has not sent yet.
        return True
