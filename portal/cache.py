"""The cache, and what is kept in it for the public site.

Nothing in the cache is the truth about anything, so losing it may cost time and never an answer.
"""

from __future__ import annotations

import logging
import time
import uuid
from typing import Any

from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

# --- the public site's finished pages (portal/middleware.py) --------------------------------------------------------
PAGES_VERSION = "public-pages:version"
pages_here: dict[str, tuple[float, Any]] = {}  # this process's own copies: address → (good until, page)


def forget_public_pages() -> None:
    """Something the public site shows has changed. This process forgets at once, every other within 2 seconds."""
    cache.set(PAGES_VERSION, uuid.uuid4().hex, timeout=None)
    pages_here.clear()


# --- Redis, and what happens without it -----------------------------------------------------------------------------
RETRY_AFTER = 5.0  # seconds a Redis that has just failed is left alone, so that not every page waits for it
TIMEOUTS = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}


class _Outage:
    """Until when this process does without Redis; 0 while all is well. Django makes a cache object for each thread."""

    until = 0.0


class ForgivingRedisCache(RedisCache):
    """Redis; while it cannot be reached, a cache inside this process.

    A page is then slower, never a 500, and what is counted here (attempts to sign in) is still counted, by each process
    for itself: with four processes the limit is at most four times as wide for as long as the outage lasts.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {**TIMEOUTS, "retry": Retry(NoBackoff(), 1), **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._here = LocMemCache("while-redis-is-away", {"TIMEOUT": params.get("TIMEOUT", 300)})

    def _forgiving(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= _Outage.until:
            try:
                answer = getattr(super(), operation)(*args, **kwargs)
            except RedisError as error:
                if not _Outage.until:
                    log.warning("Redis cannot be reached (%s): caching inside this process.", type(error).__name__)
                _Outage.until = time.monotonic() + RETRY_AFTER
            else:
                _Outage.until = 0.0
                return answer
        return getattr(self._here, operation)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiving("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiving("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiving("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiving("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiving("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiving("get_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiving("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiving("incr", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiving("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiving("delete_many", *args, **kwargs)

    def clear(self, *args: Any, **kwargs: Any) -> Any:
        return self._forgiving("clear", *args, **kwargs)
