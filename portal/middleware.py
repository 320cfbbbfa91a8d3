"""What every page passes through: headers, finished public pages, and "do not keep this" on everything else."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from csp.constants import NONE
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

from portal.accounts import limits
from portal.cache import PAGES_VERSION, pages_here

GetResponse = Callable[[HttpRequest], HttpResponse]


class Logged(RequestMiddleware):
    """A log line says from where in the words the limits count by: a proxy's word is taken as far as it is trusted."""

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(ip=limits.source(request))


@dataclass
class FinishedPage:
    """`sent_headers`: those it left this process with, when it has been sent once (portal/asgi.py)."""

    body: bytes
    headers: dict[str, str]
    sent_headers: list[tuple[bytes, bytes]] | None = None

    def response(self) -> HttpResponse:
        return HttpResponse(self.body, headers=self.headers)


class PublicPageCache:
    """Finished pages of the public site for readers who are not signed in, before session and sign-in.

    A page opts in by `response.public_page = True`. Kept: a 200 to a GET without a query string, that sets no cookie.
    Each process keeps its copies for 2 seconds, the cache for `PUBLIC_CACHE_SECONDS`;
    `portal.cache.forget_public_pages()` ends both.
    """

    HERE_SECONDS = 2.0
    HERE_PAGES = 500

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.personal = f"{settings.SESSION_COOKIE_NAME}="

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seconds = settings.PUBLIC_CACHE_SECONDS
        meta = request.META
        if not seconds or request.method not in {"GET", "HEAD"} or meta.get("QUERY_STRING"):
            return self.get_response(request)
        if self.personal in meta.get("HTTP_COOKIE", ""):
            return self.get_response(request)

        address = f"{request.scheme}://{meta.get('HTTP_HOST', '')}{request.path}"
        now = time.monotonic()
        if (kept := pages_here.get(address)) and kept[0] > now:
            return kept[1].response()
        key = f"public-page:{cache.get(PAGES_VERSION, '')}:{address}"
        if page := cache.get(key):
            self.keep_here(address, page, now)
            return page.response()

        response = self.get_response(request)
        if (
            request.method == "GET"
            and getattr(response, "public_page", False)
            and response.status_code == 200
            and not response.streaming
            and not response.cookies
        ):
            page = FinishedPage(response.content, dict(response.items()))
            cache.set(key, page, seconds)
            self.keep_here(address, page, now)
        return response

    def keep_here(self, address: str, page: FinishedPage, now: float) -> None:
        if len(pages_here) >= self.HERE_PAGES:
            pages_here.clear()
        pages_here[address] = (now + self.HERE_SECONDS, page)


class Headers:
    """What every answer says, also one that a middleware below gave: a file, a redirect, an error.

    tests/platform/test_headers.py lists the whole set for every kind of address.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in settings.EVERYWHERE.items():
            response.headers.setdefault(name, value)
        never_framed = request.path.startswith(settings.NEVER_FRAMED)
        response.headers["X-Frame-Options"] = "DENY" if never_framed else settings.X_FRAME_OPTIONS
        if response.headers.get("Content-Encoding") == "None":
            del response.headers["Content-Encoding"]  # Wagtail's way to say that a document is not compressed
        return response


class PoliciesByAddress:
    """The content policy of pages that are never framed, and of those that libraries write (Wagtail's admin)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(settings.NEVER_FRAMED):
            response._csp_replace = {"frame-ancestors": [NONE]}
        for beginning, directives in settings.LIBRARIES_POLICIES.items():
            if request.path.startswith(beginning):
                response._csp_config = directives  # what django-csp's own decorator sets, for one view at a time
        return response


class NoStore:
    """No browser and no proxy keeps a page about a child, nor a page of signing in."""

    PRIVATE = ("/workspace/", "/accounts/", "/raise-a-concern/", "/api/", "/cms/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(self.PRIVATE):
            response["Cache-Control"] = "no-store"
        return response
