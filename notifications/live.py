"""The doorbell: "something new, number 813", to the sockets of the people it names. Nothing else ever passes here.

`ring(people, stream, number)` may be called from any thread of any process and never fails. One hub a process joins
the channel layer once and hands what it hears to its sockets; no socket joins a group. What crosses the layer:

    {"type": "ring", "from": process, "seq": 1, 2, 3…, "people": [ids], "stream": reference, "n": number}

and what a socket is sent is exactly `{"stream": str, "n": int}`. `{"stream": "*", "n": 0}` says: something may have
been missed, ask for what is new.

`recheck(people)` says, the same way, that a right of theirs has ended: the sockets of whoever is signed out or works
here no longer are closed for good, and all others of theirs are closed to begin again, so that what waits for a slow
reader is dropped and each page asks at once whether it may still be shown.

A layer may lose a message without a word (docs/adr/0005). So every process numbers what it sends, and says a number
every few seconds even when there is nothing to say: a gap is a lost doorbell, and silence is a layer that is gone.
After either, every page is told to catch up over HTTP. Sockets of the process that rings are reached without the layer.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import os
import random
import secrets
import threading
import time
import types
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Collection, Coroutine, Generator, Iterable
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import connection

from portal.accounts import signed_in, tokens
from portal.accounts.models import Membership

log = logging.getLogger(__name__)

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]

GROUP = "doorbell"
EVERYTHING = "*"  # the stream that says: catch up
SILENCE: Message = {"type": "ring", "people": [], "stream": "", "n": 0}  # a number, and nothing to say
HEARTBEAT = 5.0  # seconds between the numbers a hub says
DEAF_AFTER = 2.2 * HEARTBEAT  # seconds without hearing itself
REJOIN_AFTER = 30.0  # seconds of silence after which a hub joins anew
CATCH_UP_EVERY = 10.0  # seconds between "catch up" while the layer is gone
RECHECK = 30.0  # seconds between looks at who is still a member and signed in
SEND_TIMEOUT = 2.0
BACKOFF = (0.5, 1.0, 2.0, 5.0, 10.0)
WAITING = 64  # frames a socket that does not read may have waiting
GOODBYE = 20.0  # seconds a socket that does not read gets to read why it is closed
SOCKETS_EACH = 24  # a person's open pages in one process

RESYNC, SIGNED_OUT, ENDED, TOO_MANY = 4000, 4401, 4403, 4429


def frame(stream: str, number: int) -> str:
    """What a socket is sent: a stream and a number."""
    return json.dumps({"stream": stream, "n": int(number)}, separators=(",", ":"))


# --- ringing ----------------------------------------------------------------------------------------------------------

_hubs: list[Hub] = []
_numbers = itertools.count(1)
_source = ""
_one_at_a_time = threading.Lock()
_silent_until = 0.0


def source() -> str:
    """This process's name in the layer; a forked process has another."""
    global _source
    pid = f"{os.getpid()}."
    if not _source.startswith(pid):
        _source = pid + secrets.token_hex(4)
    return _source


def ring(people: Iterable[int], stream: str, number: int) -> None:
    """Ring at the sockets of `people` in every process, as far as it can be done. Never raises, hardly waits."""
    _send_round({"type": "ring", "people": list(people), "stream": stream, "n": number})


def recheck(people: Iterable[int]) -> None:
    """Look now, in every process, at who of `people` may still listen. Never raises, hardly waits.

    Where it is lost, the look every RECHECK seconds and the gap in the numbers find it.
    """
    # A process of an earlier release takes it for "catch up".
    _send_round({"type": "recheck", "people": list(people), "stream": EVERYTHING, "n": 0})


def _send_round(message: Message) -> None:
    if not message["people"]:
        return
    try:
        _ring(message)
    except Exception as error:
        log.warning("A doorbell was lost: %s. Pages catch up by themselves.", type(error).__name__)


def _ring(message: Message) -> None:
    global _silent_until
    hubs = [hub for hub in _hubs if hub.alive]
    for hub in hubs:
        hub.loop.call_soon_threadsafe(hub.ring, message, hub is hubs[0])
    if hubs:
        return
    if not isinstance(get_channel_layer(), InMemoryChannelLayer) and time.monotonic() > _silent_until:
        # A process without sockets: the worker, a command. Where Redis is gone it does not ask it again at every event.
        with _one_at_a_time:
            try:
                async_to_sync(_publish)(message)
            except Exception:
                _silent_until = time.monotonic() + HEARTBEAT
                raise


async def _publish(message: Message) -> None:
    message = {**message, "from": source(), "seq": next(_numbers)}
    async with asyncio.timeout(SEND_TIMEOUT):
        await get_channel_layer().group_send(GROUP, message)


# --- a socket ---------------------------------------------------------------------------------------------------------


@types.coroutine
def _rest_of(coroutine: Coroutine, awaited: Any) -> Generator:
    """Go on with a coroutine that has already been run up to its first wait."""
    try:
        while True:
            try:
                answer = yield awaited
            except BaseException as error:
                awaited = coroutine.throw(error)
            else:
                awaited = coroutine.send(answer)
    except StopIteration:
        return


class Socket:
    """One open page. It costs no task and no queue until its reader is slow; then at most WAITING frames.

    Sending is tried at once, within the hub's own turn: for a reader that keeps up it completes there and then.
    """

    __slots__ = ("_late", "_send", "_writer", "closing", "person", "session", "task", "token")

    def __init__(
        self, person: int, session: str, send: Send, task: asyncio.Task | None = None, *, token: str = ""
    ) -> None:
        self.person, self.session, self.token, self.task = person, session, token, task
        self._send = send
        self._late: deque[Message] | None = None
        self._writer: asyncio.Task | None = None
        self.closing: asyncio.Task | None = None

    def offer(self, message: Message) -> bool:
        """False where the socket has fallen too far behind, or is gone."""
        if self._late is not None:
            if len(self._late) >= WAITING:
                return False
            self._late.append(message)
            return True
        sending: Any = self._send(message)
        try:
            awaited = sending.send(None)
        except StopIteration:
            return True
        except Exception:
            return False
        self._late = deque()
        self._writer = asyncio.get_running_loop().create_task(self._write(sending, awaited))
        return True

    async def _write(self, sending: Coroutine, awaited: Any) -> None:
        """For a slow reader: the rest of one frame, then what has come meanwhile."""
        with contextlib.suppress(Exception):  # gone: its consumer is told so as well
            await _rest_of(sending, awaited)
            while self._late:
                await self._send(self._late.popleft())
        self._late = self._writer = None

    def close(self, code: int) -> None:
        """Say why and hang up, without waiting for a reader who does not read."""
        if self.closing is None:
            if self._writer:
                self._writer.cancel()
            self.closing = asyncio.get_running_loop().create_task(self._close(code))

    async def _close(self, code: int) -> None:
        try:
            await asyncio.wait_for(self._send({"type": "websocket.close", "code": code}), GOODBYE)
        except Exception:
            if self.task:
                self.task.cancel()


# --- the hub ----------------------------------------------------------------------------------------------------------


class Hub:
    """The sockets of this process's event loop, and its one membership of the channel layer."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.sockets: dict[int, set[Socket]] = {}
        self.deaf = True
        self._first_heard = asyncio.Event()
        self._heard_self = time.monotonic()
        self._heard: OrderedDict[str, int] = OrderedDict()
        self._tasks: list[asyncio.Task] = []
        self._doing: set[asyncio.Task] = set()
        self.endings = 0  # how often we were told to look again: a socket that opens meanwhile looks once more itself

    @property
    def alive(self) -> bool:
        return not self.loop.is_closed()

    @property
    def count(self) -> int:
        """How many sockets are open."""
        return sum(map(len, self.sockets.values()))

    def start(self) -> None:
        """Begin to listen, if that has not begun."""
        if not self._tasks:
            self._tasks = [self.loop.create_task(job()) for job in (self._listen, self._beat, self._recheck)]

    async def ready(self) -> None:
        """Wait until we hear the layer, but not long: without one, pages catch up by asking."""
        if not self._first_heard.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._first_heard.wait(), 1.0)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self in _hubs:
            _hubs.remove(self)

    # --- sockets

    def join(self, socket: Socket) -> None:
        theirs = self.sockets.setdefault(socket.person, set())
        if len(theirs) >= SOCKETS_EACH:
            socket.close(TOO_MANY)
        else:
            theirs.add(socket)

    def leave(self, socket: Socket) -> None:
        theirs = self.sockets.get(socket.person)
        if theirs is not None:
            theirs.discard(socket)
            if not theirs:
                del self.sockets[socket.person]

    def drop(self, socket: Socket, code: int) -> None:
        self.leave(socket)
        socket.close(code)

    def deliver(self, people: Iterable[int], stream: str, number: int) -> None:
        """Hand one frame, encoded once, to the sockets of `people`."""
        message = {"type": "websocket.send", "text": frame(stream, number)}
        sockets = self.sockets
        late: list[Socket] = []
        for person in people:
            for socket in sockets.get(person, ()):
                if not socket.offer(message):
                    late.append(socket)
        for socket in late:
            self.drop(socket, RESYNC)

    def catch_up(self) -> None:
        """Tell every page that it may have missed something."""
        self.deliver(list(self.sockets), EVERYTHING, 0)

    # --- the layer

    def ring(self, message: Message, onward: bool) -> None:
        """Do what it says here and, if `onward`, send the message to the other processes."""
        self._take(message)
        if onward:
            self._do(self.publish(message))

    def _take(self, message: Message) -> None:
        if message["type"] == "recheck":
            self.endings += 1
            self._do(self._look_again(message["people"]))
        else:
            self.deliver(message["people"], message["stream"], message["n"])

    def _do(self, work: Coroutine) -> None:
        """In a task that is held until it is done."""
        task = self.loop.create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def publish(self, message: Message) -> None:
        with contextlib.suppress(Exception):  # the heartbeat notices, and says so once
            await _publish(message)

    async def _listen(self) -> None:
        """Join, listen, and whatever happens join again."""
        attempt = 0
        while not told_to_stop():
            joined = False
            try:
                layer = get_channel_layer()
                async with asyncio.timeout(SEND_TIMEOUT):  # not wait_for, which may swallow being cancelled
                    channel = await layer.new_channel()
                    await layer.group_add(GROUP, channel)
                joined = True
                self._heard_self = time.monotonic()
                await self.publish(SILENCE)
                await self._hear_until_silence(layer, channel)
            except Exception as error:
                if not self.deaf or attempt == 0:
                    log.warning("The doorbell's layer cannot be reached: %s. Pages ask instead.", type(error).__name__)
            self.deaf = True
            attempt = 0 if joined else attempt + 1
            await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)] * random.uniform(0.7, 1.3))

    async def _hear_until_silence(self, layer: Any, channel: str) -> None:
        """Until the layer fails, or not even our own heartbeat comes back: then, to it, we are not there."""

        async def hear() -> None:
            while True:
                self.hear(await layer.receive(channel))

        hearing = self.loop.create_task(hear())
        try:
            while not hearing.done() and time.monotonic() - self._heard_self < REJOIN_AFTER and not told_to_stop():
                await asyncio.wait({hearing}, timeout=HEARTBEAT)
        finally:
            hearing.cancel()
            await asyncio.wait({hearing}, timeout=SEND_TIMEOUT)
            with contextlib.suppress(Exception):
                async with asyncio.timeout(SEND_TIMEOUT):
                    await layer.group_discard(GROUP, channel)
        if not hearing.cancelled() and hearing.done() and (error := hearing.exception()):
            raise error

    def hear(self, message: Message) -> None:
        """One message of the layer."""
        sender, number = message["from"], message["seq"]
        last = self._heard.get(sender)
        self._heard[sender] = number
        self._heard.move_to_end(sender)
        if len(self._heard) > 256:
            self._heard.popitem(last=False)
        ours = sender == source()
        if (last is not None and number > last + 1) or (ours and self.deaf):
            self.catch_up()
            self._do(self._look_again())  # what was lost may have been an ending
        if ours:
            self._heard_self = time.monotonic()
            self.deaf = False
            self._first_heard.set()
        if not ours and message["people"]:
            self._take(message)

    async def _beat(self) -> None:
        """Say a number every HEARTBEAT seconds. While we do not hear it ourselves, let pages ask over HTTP."""
        told = 0.0
        while not told_to_stop():
            await asyncio.sleep(HEARTBEAT)
            await self.publish(SILENCE)
            now = time.monotonic()
            if now - self._heard_self > DEAF_AFTER and not self.deaf:
                log.warning("The doorbell's layer is silent. Pages catch up by asking until it is back.")
                self.deaf = True
            if self.deaf and now - told >= CATCH_UP_EVERY:
                told = now
                self.catch_up()

    async def _recheck(self) -> None:
        """Every RECHECK seconds."""
        while not told_to_stop():
            await asyncio.sleep(RECHECK)
            await self._look_again()

    async def _look_again(self, people: Collection[int] | None = None) -> None:
        try:
            await self.recheck(people)
        except Exception as error:
            log.warning("Open sockets could not be checked: %s.", type(error).__name__)

    async def recheck(self, people: Collection[int] | None = None) -> None:
        """In one look: the sockets of people who have left or signed out, or whose token ended, are closed for good.

        `people`: of these alone, a right of whom has ended; their other sockets are closed to begin again.
        """
        asked = self.sockets if people is None else self.sockets.keys() & set(people)
        await self.check(
            [socket for person in asked for socket in self.sockets[person]], begin_again=people is not None
        )

    async def check(self, sockets: list[Socket], *, begin_again: bool = False) -> None:
        """Close those of `sockets` that may not be open any more; with `begin_again` the others as well."""
        if not sockets:
            return
        here, sessions, keys = await sync_to_async(_still_here, thread_sensitive=False)(
            {socket.person for socket in sockets},
            {socket.session for socket in sockets if socket.session},
            {socket.token for socket in sockets if socket.token},
        )
        for socket in sockets:
            if socket.person not in here:
                self.drop(socket, ENDED)
            elif (socket.session and socket.session not in sessions) or (socket.token and socket.token not in keys):
                self.drop(socket, SIGNED_OUT)
            elif begin_again:
                self.drop(socket, RESYNC)


def _still_here(people: set[int], sessions: set[str], keys: set[str]) -> tuple[set[int], set[str], set[str]]:
    """Of these people those with a current membership, of these session and token keys those that are signed in."""
    here: set[int] = set()
    sealed: set[str] = set()
    good: set[str] = set()
    try:
        for some in _in_parts(people, 500):
            here |= set(Membership.objects.current().filter(user__in=some).values_list("user", flat=True))
        for some in _in_parts(sessions, 500):
            sealed |= signed_in.standing(some)
        for some in _in_parts(keys, 500):
            good |= {token.key for token in tokens.standing(some)}
    finally:
        connection.close()
    return here, sealed, good


def told_to_stop() -> bool:
    """Whether this task was cancelled, even where a library below swallowed it (as redis does now and then, by
    `asyncio.wait_for` before Python 3.12; `sync_to_async` does too). A loop that never ends keeps its process alive."""
    task = asyncio.current_task()
    return task is not None and bool(task.cancelling())


def _in_parts(found: Iterable, size: int) -> Generator[list]:
    rest = list(found)
    for start in range(0, len(rest), size):
        yield rest[start : start + size]


def hub() -> Hub:
    """The running event loop's hub, listening."""
    loop = asyncio.get_running_loop()
    for known in list(_hubs):
        if known.loop is loop:
            return known
        if not known.alive:
            _hubs.remove(known)
    fresh = Hub(loop)
    _hubs.append(fresh)
    fresh.start()
    return fresh
