"""The one server process: pages by Django's WSGI application in a thread pool, sockets by Channels.

Measured, a bare view answers six times as many requests a second this way as through Django's own ASGI handler, which
makes and tears down a thread context for each request (docs/adr/0003).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from portal.wsgi import application as pages  # first: it loads the applications and refuses an unsafe environment

# isort: split
from a2wsgi import WSGIMiddleware
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http.request import split_domain_port, validate_host
from django.urls import re_path

from notifications.routing import websocket_urlpatterns
from portal import hosts
from portal.cache import pages_here
from portal.middleware import FinishedPage
from portal.settings import env

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


LARGEST_REQUEST = 32 * 1024 * 1024  # bytes; a form's text is held to less (DATA_UPLOAD_MAX_MEMORY_SIZE)
SLOWEST_REQUEST = 60.0  # seconds from its first byte to its last


class Pages:
    """HTTP. A finished public page is answered here: handing it to a thread would cost more than the answer.

    For the rest, three things a server in front of a WSGI application does, and the bridge does not.

    A request is handed to a thread when it is here, not while it arrives: ten people on slow lines must not hold ten
    threads. One that never arrives whole has not been made: half a form must not look like a short one. And header
    names with an underscore are dropped: in a WSGI environment `X_Forwarded_For` is `X-Forwarded-For`, and the proxy in
    front guards only the second.
    """

    def __init__(self, workers: int) -> None:
        self.app = WSGIMiddleware(pages, workers=workers)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        public = _public_address(scope)
        if public:
            if page := _sent_before(public):
                await send({"type": "http.response.start", "status": 200, "headers": page.sent_headers})
                await send({"type": "http.response.body", "body": page.body})
                return
            send = _noting(public, send)
        body = b""
        if any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"]):
            try:
                async with asyncio.timeout(SLOWEST_REQUEST):
                    body = await _whole(receive)
            except ConnectionResetError:
                return
            except TimeoutError:
                await _say(send, 408, b"That took too long to arrive. Go back, and send it again.")
                return
            except OverflowError:
                await _say(send, 413, b"That was too much to send at once. Go back, and send less.")
                return

        async def given() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
        await self.app({**scope, "headers": headers}, given, send)  # type: ignore[arg-type]


# --- finished public pages, without a thread ------------------------------------------------------------------------


def _public_address(scope: Scope) -> str:
    """What PublicPageCache keeps an answer to this request under; "" where it may not be asked, or is not for all.

    Anything out of the ordinary is left to the middleware.
    """
    if scope["method"] != "GET" or scope["query_string"] or not settings.PUBLIC_CACHE_SECONDS:
        return ""
    host, scheme = b"", scope["scheme"]
    for name, value in scope["headers"]:
        if name == b"host" and not host:
            host = value
        elif name == b"x-forwarded-proto" and settings.SECURE_PROXY_SSL_HEADER:
            scheme = "https" if value == b"https" else ""
        elif (name == b"cookie" and _PERSONAL in value) or name in NOT_ORDINARY:
            return ""
    return f"{scheme}://{host.decode('latin1')}{scope['path']}" if scheme and host else ""


_PERSONAL = f"{settings.SESSION_COOKIE_NAME}=".encode()
NOT_ORDINARY = frozenset({b"host", b"content-length", b"transfer-encoding"})  # a second host; a body


def _sent_before(address: str) -> FinishedPage | None:
    """The page of this address, if this process has kept it and has sent it once through all the middleware.

    What is kept has been answered with 200 under this very host and scheme, so both are ours. It is forgotten with
    the middleware's own copies: after 2 seconds, or at `forget_public_pages()`.
    """
    until, page = pages_here.get(address, (0.0, None))
    return page if page and page.sent_headers and until > time.monotonic() else None


def _noting(address: str, send: Send) -> Send:
    """`send`, which notes the headers that the middleware before the cache gave a page that was kept."""
    headers: list[tuple[bytes, bytes]] = []

    async def noting(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            headers.extend(message["headers"])
        elif headers and message.get("body"):
            _, page = pages_here.get(address, (0.0, None))
            if page and page.body == message["body"] and not any(name.lower() == b"set-cookie" for name, _ in headers):
                page.sent_headers = headers
        await send(message)

    return noting


async def _whole(receive: Receive) -> bytes:
    """The request's body. ConnectionResetError where it never ends, OverflowError where it is too large."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_REQUEST:
            raise OverflowError
        more = message.get("more_body", False)
    return b"".join(parts)


async def _say(send: Send, status: int, words: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    headers += [(name.lower().encode(), value.encode()) for name, value in settings.EVERYWHERE.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})


def _origin(scheme: str, host: str) -> str:
    """Scheme, host and port, the default port spelled out, so that two spellings compare equal."""
    domain, port = split_domain_port(host)
    return f"{scheme}://{domain}:{port or (443 if scheme == 'https' else 80)}"


class SameOrigin:
    """A socket opened by a page of another site is refused before anything is read: it would carry our cookie.

    Compared with its port, unlike Channels' own validator. A client without an Origin header is no browser, so it holds
    no cookie it was not given.
    """

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        origin, host = headers.get(b"origin", b"").decode("latin1"), headers.get(b"host", b"").decode("latin1").lower()
        here = not settings.CASEWORK_HOST or hosts.is_casework(host)
        if here and (not origin or self.is_ours(origin, host, scope.get("scheme", "ws"))):
            return await self.inner(scope, receive, send)
        await send({"type": "websocket.close", "code": 4403})
        return None

    @staticmethod
    def is_ours(origin: str, host: str, scheme: str) -> bool:
        asked, home = urlsplit(origin), urlsplit(settings.CASEWORK_URL)
        if not asked.hostname:
            return False
        ours = {_origin(home.scheme, home.netloc)}
        if validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
            ours.add(_origin("https" if scheme in {"wss", "https"} else "http", host))
        return _origin(asked.scheme, asked.netloc.lower()) in ours


def of_this_host(inner: Application) -> Application:
    """Who is signed in by a session that was begun on the other host is nobody here (portal/hosts.py)."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        host = dict(scope["headers"]).get(b"host", b"").decode("latin1").lower()
        if scope["user"].is_authenticated and not hosts.belongs(scope["session"], host):
            scope = {**scope, "user": AnonymousUser()}
        await inner(scope, receive, send)

    return asked


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """A socket at an address that has none."""
    await send({"type": "websocket.close", "code": 4404})


application = ProtocolTypeRouter(
    {
        "http": Pages(workers=env.WEB_THREADS),
        "websocket": SameOrigin(
            AuthMiddlewareStack(of_this_host(URLRouter([*websocket_urlpatterns, re_path(r"", nowhere)])))
        ),
    }
)
