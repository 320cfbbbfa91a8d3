"""The product as a council runs it, for proofs that must go over the wire: server processes, and people who ask them.

The servers are uvicorn with `portal.asgi:application`, on the proof's own database (as the role of run time) and Redis.
What the proof itself changes it changes from this process, so that whatever a server learns of it came by the database
or by Redis.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from portal.accounts.models import User
from tests.bench.machine import ROOT
from tests.services import free_port

OPTIONS = ("--lifespan", "off", "--log-level", "error", "--interface", "asgi3", "--ws-max-size", "65536")
PATIENCE = 120.0  # seconds a server gets to start on a busy machine


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known.lower() == name.lower()), "")

    @property
    def denied(self) -> bool:
        """Refused, not there, or sent to sign in."""
        return self.status in {401, 403, 404} or (self.status == 302 and "/accounts/login/" in self.header("Location"))


class Server:
    """One server process; a thread that asks it keeps its own connection."""

    def __init__(self, **environment: str) -> None:
        self.port = free_port()
        self._kept = threading.local()
        self.said = tempfile.TemporaryFile()  # noqa: SIM115  its log, as long as it lives: shown where it ends early
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "portal.asgi:application", "--port", str(self.port), *OPTIONS],
            cwd=ROOT,
            env={**os.environ, **here(), **environment},
            stdout=self.said,
            stderr=self.said,
        )

    def wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            if self.process.poll() is not None:
                self.said.seek(0)
                raise RuntimeError(f"the server ended with {self.process.returncode}: {self.said.read()[-2000:]!r}")
            with contextlib.suppress(OSError):
                if self.ask("GET", "/healthz").status == 200:
                    return
            if time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.1)

    def ask(
        self, method: str, path: str, *, cookie: str = "", token: str = "", sent: Any = None, **headers: str
    ) -> Answer:
        """`cookie`: a session's key. `sent`: what becomes JSON."""
        given = {"Connection": "keep-alive", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if cookie:
            given["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={cookie}"
        if token:
            given["Authorization"] = f"Token {token}"
        body = None
        if sent is not None:
            body, given["Content-Type"] = json.dumps(sent), "application/json"
        for last in (False, True):
            kept = getattr(self._kept, "connection", None)
            if kept is None:
                kept = self._kept.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                kept.request(method, path, body=body, headers=given)
                answer = kept.getresponse()
                return Answer(answer.status, answer.getheaders(), answer.read())
            except (http.client.HTTPException, OSError):
                kept.close()
                self._kept.connection = None
                if last:
                    raise
        raise AssertionError("not reached")

    def listen(self, cookie: str) -> Listener:
        origin = f"http://127.0.0.1:{self.port}"
        headers = {"Origin": origin, "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
        return Listener(connect(f"{origin.replace('http', 'ws')}/ws/", additional_headers=headers, open_timeout=60))

    def refuses(self, cookie: str) -> bool:
        """Whether a new socket is refused to this session."""
        try:
            self.listen(cookie).hang_up()
        except InvalidStatus as refused:
            return refused.response.status_code == 403
        return False

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Listener:
    """Somebody's open page: every frame as it comes, and when and with what it was closed."""

    def __init__(self, socket: ClientConnection) -> None:
        self.frames: list[dict[str, Any]] = []
        self.closed_at: float | None = None
        self.code = 0
        self._socket = socket
        self._news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with self._socket as socket:
            try:
                while True:
                    frame = json.loads(socket.recv())
                    with self._news:
                        self.frames.append(frame)
                        self._news.notify_all()
            except ConnectionClosed as end:
                now = time.monotonic()
                with self._news:
                    self.closed_at, self.code = now, end.rcvd.code if end.rcvd else 1006
                    self._news.notify_all()

    def hears(self, stream: str, number: int, within: float = 30.0) -> bool:
        """Wait for what comes of one event, or of a later one on the same stream."""
        return self._wait(lambda: number <= self.latest(stream), within)

    def latest(self, stream: str) -> int:
        return max((frame["n"] for frame in self.frames if frame["stream"] == stream), default=0)

    def ends(self, within: float) -> bool:
        return self._wait(lambda: self.closed_at is not None, within)

    def _wait(self, is_so, within: float) -> bool:
        with self._news:
            return self._news.wait_for(is_so, within)

    def hang_up(self) -> None:
        self._socket.close()


@contextlib.contextmanager
def servers(count: int, **environment: str) -> Iterator[list[Server]]:
    """So many server processes, all beginning at once, all answering."""
    begun = [Server(**environment) for _ in range(count)]
    try:
        for server in begun:
            server.wait()
        yield begun
    finally:
        for server in begun:
            server.stop()


def signed_in(user: User) -> str:
    """The key of a new session of somebody."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def here() -> dict[str, str]:
    """A server's environment: this process's own database, and nobody in it until a request says who."""
    database = connection.settings_dict
    place = f"{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return {
        "DATABASE_URL": f"postgres://{place}",
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "IDENTITY_BEFORE": "",
    }
