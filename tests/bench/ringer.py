"""Rings, as another web process of the product does, and publishes to the floor; says when it did.

python -m tests.bench.ringer      lines in: {"to": "ours" | "floor", "people": [ids], "group": name, "n": 7}
                                  lines out: the moment, in nanoseconds of the machine's monotonic clock
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time

import django

django.setup()

from redis import Redis  # noqa: E402

from notifications import live  # noqa: E402

from .floor_sockets import CHANNEL  # noqa: E402


def listening() -> asyncio.AbstractEventLoop:
    """A running loop with a hub in it, as every web process has that holds a socket."""
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def begin() -> None:
        await live.hub().ready()
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(begin())
        loop.run_forever()

    threading.Thread(target=run, daemon=True).start()
    ready.wait(30)
    return loop


def main() -> None:
    listening()
    redis = Redis.from_url(os.environ["REDIS_URL"])
    redis.ping()
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["to"] == "ours":
            at = time.monotonic_ns()
            live.ring(asked["people"], "A-234-5678", asked["n"])
        else:
            text = live.frame("A-234-5678", asked["n"])
            at = time.monotonic_ns()
            redis.publish(f"{CHANNEL}{asked['group']}", text)
        print(at, flush=True)


if __name__ == "__main__":
    main()
