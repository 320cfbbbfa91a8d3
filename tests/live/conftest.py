import contextlib
import json
import time

import pytest
from django.test import Client
from websockets.sync.client import connect

from tests import worlds


@pytest.fixture
def world(asgi_server):
    return worlds.staffed()


@pytest.fixture
def case(world):
    return worlds.opened_case(world, joined=("early help",))


@pytest.fixture
def cookie(world):
    """`cookie("officer")`: the Cookie header of somebody who has signed in."""

    def of(name: str) -> str:
        client = Client()
        client.force_login(world.people[name].user)
        return f"sessionid={client.cookies['sessionid'].value}"

    return of


class Listener:
    """A page's socket. `heard` is every frame so far."""

    def __init__(self, socket):
        self.socket = socket

    def next(self, timeout=1.0):
        return json.loads(self.socket.recv(timeout=timeout))

    def heard(self, within=0.5):
        """Every frame that comes in the next `within` seconds."""
        frames, until = [], time.monotonic() + within
        with contextlib.suppress(TimeoutError):
            while (left := until - time.monotonic()) > 0:
                frames.append(self.next(left))
        return frames


@pytest.fixture
def listen(asgi_server, cookie):
    """`listen("officer")`: somebody's open page."""
    with contextlib.ExitStack() as stack:

        def opened(name: str | None = None, *, at: str = asgi_server, path: str = "/ws/", **headers) -> Listener:
            sent = {"Origin": at, **headers}
            if name:
                sent["Cookie"] = cookie(name)
            if sent.get("Origin") is None:
                del sent["Origin"]
            url = at.replace("http", "ws") + path
            return Listener(stack.enter_context(connect(url, additional_headers=sent, open_timeout=10)))

        yield opened
