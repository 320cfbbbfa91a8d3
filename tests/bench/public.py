"""Bar 8: a public page from the cache ÷ a bare view of the same size, in requests a second through the same server.

Both are served by uvicorn with the Procfile's options and as many threads; the client is one thread that keeps 16
connections busy and understands no more HTTP than it must.
"""

from __future__ import annotations

import select
import socket
import statistics
import time
from collections.abc import Iterator

from content import pages as first_pages
from portal.settings import env

from .bar import AT_LEAST, Measured, Target
from .machine import Machine, Server
from .pages import using
from .stopwatch import Timing

CONNECTIONS = 16


def measure(machine: Machine, empty: str) -> Iterator[Measured]:
    database = machine.create("bench_public", like=empty)
    with using(database):
        first_pages.load()
    with machine.serving("portal.asgi:application", database=database) as ours:
        body = _page(ours)
        page = machine.var / "page.html"
        page.write_bytes(body)
        with machine.serving(
            "tests.bench.bare:application", database=database, BENCH_PAGE=str(page), WEB_THREADS=str(env.WEB_THREADS)
        ) as bare:
            assert _page(bare) == body
            rates: dict[Server, list[float]] = {ours: [], bare: []}
            waits: dict[Server, list[float]] = {ours: [], bare: []}
            for server in (ours, bare):
                _load(server, machine.sizes.load_seconds / 3)
            for _ in range(machine.sizes.load_rounds):
                for server in (bare, ours):
                    answered, took = _load(server, machine.sizes.load_seconds)
                    rates[server].append(len(answered) / took)
                    waits[server] += answered
    our, floor = statistics.median(rates[ours]), statistics.median(rates[bare])
    yield Measured(
        8,
        f"cached public page ({len(body):,} bytes), requests a second",
        f"{floor:,.0f}/s",
        f"{our:,.0f}/s",
        our / floor,
        Target(1.5, AT_LEAST),
        beside={
            "rates": {"ours": rates[ours], "floor": rates[bare]},
            "waits": {"ours": Timing.of(waits[ours]).ms(), "floor": Timing.of(waits[bare]).ms()},
        },
    )


def _request(server: Server) -> bytes:
    return f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAccept: text/html\r\n\r\n".encode()


def _page(server: Server) -> bytes:
    """The body of the page; asked twice, so that the second time it is in the cache."""
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(_request(server))
            answer = b""
            while not _complete(answer):
                answer += connection.recv(1 << 20)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 200 " in head.partition(b"\r\n")[0], head[:200]
    return body


def _complete(answer: bytes) -> int:
    """How many bytes of `answer` are one whole response; 0 while it is not there yet."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return 0
    at = answer.lower().find(b"content-length:", 0, end)
    assert at >= 0, "a response without a length"
    whole = end + 4 + int(answer[at + 15 : answer.index(b"\r\n", at)])
    return whole if len(answer) >= whole else 0


def _load(server: Server, seconds: float) -> tuple[list[float], float]:
    """(how long each answer took, how long it all took), in seconds."""
    request, poll, answered = _request(server), select.epoll(), []
    connections: dict[int, socket.socket] = {}
    whole: dict[int, int] = {}
    received: dict[int, int] = {}
    heads: dict[int, bytes] = {}
    sent: dict[int, float] = {}
    try:
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", server.port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connections[connection.fileno()] = connection
            poll.register(connection, select.EPOLLIN)
        started = now = time.perf_counter()
        for number, connection in connections.items():
            heads[number], received[number], sent[number] = b"", 0, time.perf_counter()
            connection.sendall(request)
        while now - started < seconds:
            for number, _ in poll.poll(1.0):
                piece = connections[number].recv(1 << 20)
                assert piece, "the server hung up"
                received[number] += len(piece)
                if number not in whole:
                    heads[number] += piece
                    end = heads[number].find(b"\r\n\r\n")
                    if end < 0:
                        continue
                    assert heads[number].startswith(b"HTTP/1.1 200"), heads[number][:80]
                    at = heads[number].lower().find(b"content-length:", 0, end)
                    whole[number] = end + 4 + int(heads[number][at + 15 : heads[number].index(b"\r\n", at)])
                if received[number] >= whole[number]:
                    now = time.perf_counter()
                    answered.append(now - sent[number])
                    heads[number], received[number], sent[number] = b"", 0, now
                    del whole[number]
                    connections[number].sendall(request)
        return answered, now - started
    finally:
        poll.close()
        for connection in connections.values():
            connection.close()
