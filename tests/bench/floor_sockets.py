"""Bars 10 and 12's floor: a bare `websockets` server that hands on what it hears on a Redis channel.

    python -m tests.bench.floor_sockets PORT REDIS_URL

A socket opened at /<group> is sent what is published to that group, and what is published to `all`.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict

from redis.asyncio import Redis
from websockets.asyncio.server import ServerConnection, broadcast, serve

CHANNEL = "floor:"
groups: dict[str, set[ServerConnection]] = defaultdict(set)


async def hold(connection: ServerConnection) -> None:
    group = connection.request.path.strip("/")
    for name in (group, "all"):
        groups[name].add(connection)
    try:
        await connection.wait_closed()
    finally:
        for name in (group, "all"):
            groups[name].discard(connection)


async def main(port: int, redis: str) -> None:
    async with Redis.from_url(redis).pubsub() as heard:
        await heard.psubscribe(f"{CHANNEL}*")
        async with serve(hold, "127.0.0.1", port, compression=None):
            async for message in heard.listen():
                if message["type"] == "pmessage":
                    group = message["channel"].decode().removeprefix(CHANNEL)
                    broadcast(groups[group], message["data"].decode())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
