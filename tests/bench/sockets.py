"""Bars 10 and 12: from a ring to every socket, and what a socket costs to keep.

Ours is the product served by uvicorn with the Procfile's options, people signed in by their sessions, rung by another
process of the product over Redis. The floor is a bare `websockets` server on a Redis subscription (floor_sockets.py).
One client holds the sockets of both, and reads them in one thread: what it needs for that is in both figures.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from portal.accounts.models import Membership, User
from tests.services import free_port

from .bar import Measured, Target, ms
from .county import County
from .machine import Machine, Server
from .pages import using
from .stopwatch import Timing

AT_ONCE = 25  # handshakes begun together
EACH = 20  # sockets of one person: the product lets her have 24
PATIENCE = 60.0
TEXT, PING = 0x81, 0x89


class Sockets:
    """Open websockets of one server, read by one epoll loop."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.poll = select.epoll()
        self.open: dict[int, socket.socket] = {}

    def connect(self, path: str, headers: list[str], *, compressed: bool) -> None:
        """Open one socket for each entry of `headers` (one header line, or "")."""
        for start in range(0, len(headers), AT_ONCE):
            begun = [self._ask(path, header, compressed) for header in headers[start : start + AT_ONCE]]
            for connection in begun:
                answer = b""
                while b"\r\n\r\n" not in answer:
                    piece = connection.recv(4096)
                    assert piece, "the server hung up on a handshake"
                    answer += piece
                assert answer.startswith(b"HTTP/1.1 101"), answer[:200]
                assert (b"permessage-deflate" in answer) <= compressed
                connection.setblocking(False)
                self.open[connection.fileno()] = connection
                self.poll.register(connection, select.EPOLLIN)

    def _ask(self, path: str, header: str, compressed: bool) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE)
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.server.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        ]
        if compressed:
            lines.append("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
        connection.sendall("\r\n".join([*lines, *([header] if header else []), "", ""]).encode())
        return connection

    def read(self, seconds: float) -> list[tuple[int, bytes]]:
        """(moment, frame) of what came within `seconds`; a server's pings are answered and left out."""
        found = []
        for number, _ in self.poll.poll(seconds):
            piece = self.open[number].recv(65_536)
            now = time.monotonic_ns()
            assert piece, "the server hung up on an open socket"
            for frame in _frames(piece):
                if frame[0] == TEXT:
                    found.append((now, frame))
                elif frame[0] == PING:
                    payload = frame[2:]
                    self.open[number].sendall(bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
        return found

    def heard(self, number: int, many: int) -> list[int]:
        """The moments at which note `number` arrived, of so many sockets as should hear of it."""
        wanted, moments = f'"n":{number}}}'.encode(), []
        deadline = time.monotonic() + 10
        while len(moments) < many and time.monotonic() < deadline:
            moments += [moment for moment, frame in self.read(0.5) if frame.endswith(wanted)]
        assert len(moments) == many, f"{many - len(moments)} of {many} sockets heard nothing of a note"
        return moments

    def quiet(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.read(left)

    def close(self) -> None:
        for connection in self.open.values():
            connection.close()
        self.open.clear()
        self.poll.close()


def _frames(piece: bytes) -> Iterator[bytes]:
    """A busy client finds several at once: a note behind a ping. None is longer than 125 bytes."""
    while piece:
        end = 2 + piece[1]
        yield piece[:end]
        piece = piece[end:]


def measure(machine: Machine, database: str, county: County, bars: set[int]) -> Iterator[Measured]:
    sizes = machine.sizes
    with using(database):
        people = list(
            User.objects.filter(pk__in=Membership.objects.values("user"), email__endswith="@bench.invalid")
            .order_by("pk")[: sizes.sockets // min(EACH, sizes.sockets // 10)]
        )  # fmt: skip
        cookies = _sessions(people)
    headers = [cookies[n % len(people)] for n in range(sizes.sockets)]
    with _both(machine, database) as (ours, floor):
        sockets = {server: Sockets(server) for server in (ours, floor)}
        memory = {}
        for server in (ours, floor):
            memory[server] = _grown(sockets[server], headers, server is floor, compressed=False)
        if 12 in bars:
            yield _memory(memory[ours], memory[floor], "memory a socket", sizes.sockets, Target(3))
        if 10 in bars:
            yield from _rings(machine, database, sockets[ours], sockets[floor], [person.pk for person in people])
        for each in sockets.values():
            each.close()
    if 12 in bars:
        with _both(machine, database) as (ours, floor):
            grown = {}
            for server in (ours, floor):
                sockets_of = Sockets(server)
                grown[server] = _grown(sockets_of, headers, server is floor, compressed=True)
                sockets_of.close()
            what = "memory a socket that offers to compress, as browsers do"
            yield _memory(grown[ours], grown[floor], what, sizes.sockets, None)


@contextmanager
def _both(machine: Machine, database: str) -> Iterator[tuple[Server, Server]]:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.floor_sockets", str(port), machine.redis]
    with (
        machine.serving("portal.asgi:application", database=database) as ours,
        machine.started(command, port, {}) as floor,
    ):
        yield ours, floor


def _sessions(people: list[User]) -> list[str]:
    """A Cookie line for each person, of a session as signing in makes it."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    lines = []
    for person in people:
        session = store()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        lines.append(f"Cookie: {settings.SESSION_COOKIE_NAME}={session.session_key}")
    return lines


def _grown(sockets: Sockets, headers: list[str], is_floor: bool, *, compressed: bool) -> float:
    """Bytes a socket by which the server grew; what it needs once, it has needed before we look."""

    def connect(to: Sockets, some: list[str]) -> None:
        if not is_floor:
            return to.connect("/ws/", some, compressed=compressed)
        tenth = len(headers) // 10
        to.connect("/tenth", [""] * min(tenth, len(some)), compressed=compressed)
        return to.connect("/rest", [""] * (len(some) - tenth), compressed=compressed)

    first = Sockets(sockets.server)
    connect(first, headers[: max(EACH, len(headers) // 5)])
    first.quiet(1.0)
    first.close()
    time.sleep(1.0)
    before = sockets.server.resident()
    connect(sockets, headers)
    sockets.quiet(2.0)
    return (sockets.server.resident() - before) / len(headers)


def _memory(ours: float, floor: float, what: str, many: int, target: Target | None) -> Measured:
    return Measured(
        12,
        f"{what}, of {many:,}",
        f"{floor / 1024:.1f} KB",
        f"{ours / 1024:.1f} KB",
        ours / max(floor, 1.0),
        target,
        beside={"bytes": {"ours": round(ours), "floor": round(floor)}},
    )


def _rings(machine: Machine, database: str, ours: Sockets, floor: Sockets, people: list[int]) -> Iterator[Measured]:
    total = machine.sizes.sockets
    each = total // len(people)
    tenth = people[: len(people) // 10 or 1]
    with machine.process(sys.executable, "-m", "tests.bench.ringer", database=database) as ringer:
        assert ringer.stdout.readline() == "ready\n"
        number = 0
        for told, group, many in ((tenth, "tenth", total // 10), (people, "all", total)):
            assert len(told) * each == many, "the people told have not as many sockets as the note is for"
            waits: dict[str, list[float]] = {"ours": [], "floor": []}
            gc.disable()  # the client's own pauses are nobody's
            for turn in range(machine.sizes.rings + 3):
                for to, sockets in (("ours", ours), ("floor", floor)):
                    number += 1
                    _ask(ringer, {"to": to, "people": told, "group": group, "n": number})
                    moments = sockets.heard(number, many)
                    at = int(ringer.stdout.readline())
                    if turn >= 3:
                        waits[to] += [(moment - at) / 1e9 for moment in moments]
                    for resting in (ours, floor):
                        resting.quiet(0.01)
            gc.enable()
            our, bare = Timing.of(waits["ours"]), Timing.of(waits["floor"])
            yield Measured(
                10,
                f"one note to {many:,} of {total:,} sockets, p99 (median {ms(our.median)})",
                ms(bare.p99),
                ms(our.p99),
                our.p99 / bare.p99,
                Target(2),
                beside={"ours": our.ms(), "floor": bare.ms(), "rings": machine.sizes.rings},
            )


def _ask(ringer: subprocess.Popen[str], asked: dict[str, object]) -> None:
    ringer.stdin.write(json.dumps(asked) + "\n")
    ringer.stdin.flush()
