"""The hub by itself: slow readers, lost doorbells, a layer that goes and comes back."""

import asyncio
import contextlib
import json

import pytest
import pytest_asyncio

from notifications import live
from notifications.live import Hub, Socket


class Reader:
    """The server's side of one connection: `ready` is cleared while its reader does not read."""

    def __init__(self):
        self.sent = []
        self.ready = asyncio.Event()
        self.ready.set()

    async def __call__(self, message):
        await self.ready.wait()
        self.sent.append(message)

    @property
    def frames(self):
        return [json.loads(message["text"]) for message in self.sent if message["type"] == "websocket.send"]

    @property
    def closed_with(self):
        return next((message["code"] for message in self.sent if message["type"] == "websocket.close"), None)


@pytest_asyncio.fixture
async def hub():
    return Hub(asyncio.get_running_loop())


async def come_about(is_so):
    """Let the other tasks run until it is so."""
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0)


def opened(hub, person=1):
    reader = Reader()
    socket = Socket(person, "", reader)
    hub.join(socket)
    return socket, reader


pytestmark = pytest.mark.asyncio


async def test_a_frame_is_a_stream_and_a_number_and_goes_to_whom_it_names_at_once(hub):
    _, hers = opened(hub, 1)
    _, his = opened(hub, 2)
    hub.deliver([1, 99], "A-4K7-9M2T", 813)
    assert hers.frames == [{"stream": "A-4K7-9M2T", "n": 813}]
    assert his.frames == []


async def test_a_reader_that_stalls_holds_up_nobody_and_gets_all_of_it_in_order_when_it_reads_again(hub):
    _, slow = opened(hub)
    _, quick = opened(hub)
    slow.ready.clear()
    for n in range(30):
        hub.deliver([1], "A", n)
    assert len(quick.frames) == 30
    assert slow.frames == []
    slow.ready.set()
    await come_about(lambda: len(slow.frames) == 30)
    assert [frame["n"] for frame in slow.frames] == list(range(30))
    hub.deliver([1], "A", 30)
    assert slow.frames[-1]["n"] == 30


async def test_a_reader_too_far_behind_is_told_to_begin_again(hub):
    _, slow = opened(hub)
    slow.ready.clear()
    for n in range(live.WAITING + 5):
        hub.deliver([1], "A", n)
    assert hub.count == 0
    slow.ready.set()
    await come_about(lambda: slow.closed_with is not None)
    assert slow.closed_with == live.RESYNC


async def test_a_reader_that_never_reads_again_is_let_go(hub, monkeypatch):
    monkeypatch.setattr(live, "GOODBYE", 0.02)
    reader = Reader()
    consumer = asyncio.create_task(asyncio.sleep(60))
    hub.join(Socket(1, "", reader, consumer))
    reader.ready.clear()
    for n in range(live.WAITING + 5):
        hub.deliver([1], "A", n)
    await asyncio.wait({consumer}, timeout=20)
    assert consumer.cancelled()


async def test_a_connection_that_is_gone_is_forgotten(hub):
    async def gone(message):
        raise ConnectionResetError

    hub.join(Socket(1, "", gone))
    hub.deliver([1], "A", 1)
    assert hub.count == 0
    await asyncio.sleep(0)


def heard(sender, number, people=(), stream="", n=0):
    return {"type": "ring", "from": sender, "seq": number, "people": list(people), "stream": stream, "n": n}


async def test_a_gap_in_another_process_numbers_is_a_lost_doorbell(hub):
    _, reader = opened(hub)
    hub.deaf = False
    hub.hear(heard("other", 4))
    hub.hear(heard("other", 5, [1], "A", 7))
    assert reader.frames == [{"stream": "A", "n": 7}]
    hub.hear(heard("other", 7))
    assert reader.frames[1:] == [{"stream": "*", "n": 0}]


async def test_hearing_ourselves_again_after_silence_tells_pages_to_catch_up(hub):
    hub.deaf = True
    _, reader = opened(hub)
    hub.hear(heard(live.source(), 1))
    assert reader.frames == [{"stream": "*", "n": 0}]
    hub.hear(heard(live.source(), 2, [1], "A", 7))
    assert len(reader.frames) == 1, "what this process rings it has delivered itself"


class Swallows:
    """A layer whose sending swallows being cancelled, as redis does where an answer and the end come together."""

    def __init__(self):
        self.sending = asyncio.Event()

    async def new_channel(self):
        return "channel"

    async def group_add(self, group, channel):
        pass

    group_discard = group_add

    async def group_send(self, group, message):
        self.sending.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    async def receive(self, channel):
        await asyncio.Event().wait()


@pytest.mark.parametrize("job", ["_listen", "_beat"])
async def test_a_hub_that_is_told_to_stop_stops_even_where_the_layer_swallows_it(hub, monkeypatch, job):
    layer = Swallows()
    monkeypatch.setattr(live, "get_channel_layer", lambda: layer)
    monkeypatch.setattr(live, "HEARTBEAT", 0.01)
    task = asyncio.create_task(getattr(hub, job)())
    await layer.sending.wait()
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=20)
    assert done, "it goes on for ever, and so does its process"


async def test_ringing_never_fails(monkeypatch):
    def broken(*args):
        raise ConnectionError

    monkeypatch.setattr(live, "_ring", broken)
    live.ring([1], "A", 1)
    live.ring([], "A", 1)
