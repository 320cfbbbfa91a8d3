"""The socket at /ws/. It is told when something is new; it is asked nothing, and what it is sent it does not do."""

from __future__ import annotations

import asyncio
import io
import json
import time
from typing import Any

from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async
from django.core.handlers.asgi import ASGIRequest

from portal.accounts import second_factor, tokens, told
from portal.accounts.access import declares
from portal.accounts.models import Membership, User

from . import live

NOT_UNDERSTOOD = 4400
LONGEST = 256  # characters of a message
PER_MINUTE = 20  # messages a page may send


@declares("signed in")
class Doorbell(AsyncConsumer):
    """Open to a person who is signed in (by session or API token) and has a current membership; others are refused.

    It does not take Channels' own dispatch, which would give every socket a channel in the layer and two tasks: the hub
    (live.py) joins the layer once for all.
    """

    async def __call__(self, scope: dict[str, Any], receive: Any, send: live.Send) -> None:
        await receive()  # websocket.connect
        hub = live.hub()
        endings = hub.endings
        key = "" if scope["user"].is_authenticated else token_key(scope)
        user = scope["user"] if scope["user"].is_authenticated else await of_token(key)
        if user is None or not (key or await opens(scope["session"], user)):
            await refused(scope, user, "not_signed_in")
            return await send({"type": "websocket.close", "code": live.SIGNED_OUT})
        if not await is_member(user):
            await refused(scope, user, "no_membership")
            return await send({"type": "websocket.close", "code": live.ENDED})
        session = scope["session"].session_key if scope["user"].is_authenticated else ""
        await hub.ready()
        await send({"type": "websocket.accept"})
        socket = live.Socket(user.pk, session or "", send, asyncio.current_task(), token=key)
        hub.join(socket)
        if hub.endings != endings:  # somebody's right ended after we asked, before the hub knew of this socket
            await hub.check([socket])
        del scope, user
        try:
            await listen(receive, socket)
        except asyncio.CancelledError:
            if socket.closing is None:
                raise
        finally:
            hub.leave(socket)
        return None


async def listen(receive: Any, socket: live.Socket) -> None:
    """Until the page is closed. A page may send small JSON objects, which mean nothing; anything else closes it."""
    since, heard = time.monotonic(), 0
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        if time.monotonic() - since > 60:
            since, heard = time.monotonic(), 0
        heard += 1
        if heard > PER_MINUTE or not is_harmless(message):
            socket.close(NOT_UNDERSTOOD)


def is_harmless(message: dict[str, Any]) -> bool:
    text = message.get("text")
    if text is None or len(text) > LONGEST:
        return False
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def token_key(scope: dict[str, Any]) -> str:
    """The API token that opens the socket where no session does; "" for none."""
    scheme, _, key = dict(scope["headers"]).get(b"authorization", b"").decode("latin1").partition(" ")
    return key.strip() if scheme.lower() == "token" else ""


@database_sync_to_async
def of_token(key: str) -> User | None:
    found = tokens.standing([key]) if key else []
    return found[0].user if found else None


opens = database_sync_to_async(second_factor.opens)


@database_sync_to_async
def refused(scope: dict[str, Any], user: User | None, why: str) -> None:
    asked = ASGIRequest({"method": "GET", "path": "/ws/", **scope}, io.BytesIO())
    told.refused(asked, why, user=user, through=told.SOCKET)


@database_sync_to_async
def is_member(user: User) -> bool:
    return Membership.objects.current().filter(user=user).exists()
