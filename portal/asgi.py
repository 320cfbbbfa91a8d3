"""The one server process: pages by Django's WSGI application in a thread pool, sockets by Channels.

Measured, a bare view answers six times as many requests a second this way as through Django's own ASGI handler, which
makes and tears down a thread context for each request (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from portal.wsgi import application as pages  # first: it loads the applications and refuses an unsafe environment

# isort: split
from a2wsgi import WSGIMiddleware
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import re_path

from notifications.routing import websocket_urlpatterns
from portal.settings import env

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Pages:
    """HTTP. Two things a WSGI server would do for us and the bridge does not are done here.

    Header names with an underscore are dropped: in a WSGI environment `X_Forwarded_For` is `X-Forwarded-For`, and the
    proxy in front only guards the second. A reader who hangs up while sending makes the request unreadable (Django's
    UnreadablePostError) rather than a shorter request that looks complete.
    """

    def __init__(self, workers: int) -> None:
        self.app = WSGIMiddleware(pages, workers=workers)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def whole() -> MutableMapping[str, Any]:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError("The client hung up before the request was complete.")
            return message

        headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
        await self.app({**scope, "headers": headers}, whole, send)  # type: ignore[arg-type]


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
        origin = headers.get(b"origin", b"").decode("latin1")
        if not origin or self.is_ours(origin, headers.get(b"host", b"").decode("latin1"), scope.get("scheme", "ws")):
            return await self.inner(scope, receive, send)
        await send({"type": "websocket.close", "code": 4403})
        return None

    @staticmethod
    def is_ours(origin: str, host: str, scheme: str) -> bool:
        asked, home = urlsplit(origin), urlsplit(settings.BASE_URL)
        if not asked.hostname:
            return False
        ours = {_origin(home.scheme, home.netloc)}
        if validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
            ours.add(_origin("https" if scheme in {"wss", "https"} else "http", host.lower()))
        return _origin(asked.scheme, asked.netloc.lower()) in ours


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """A socket at an address that has none."""
    await send({"type": "websocket.close", "code": 4404})


application = ProtocolTypeRouter(
    {
        "http": Pages(workers=env.WEB_THREADS),
        "websocket": SameOrigin(AuthMiddlewareStack(URLRouter([*websocket_urlpatterns, re_path(r"", nowhere)]))),
    }
)
