"""Waiting for what a test expects, without fixed sleeps. Each fails with TimeoutError after `within_s` seconds."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD
from services.wire.messages import Entries


async def until(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)


async def eventually(condition: Callable[[], Awaitable[bool]], within_s: float = 60.0) -> None:
    async with asyncio.timeout(within_s):
        while not await condition():
            await asyncio.sleep(0.01)


async def until_stream_holds(redis: Redis, stream: str, count: int, within_s: float = 60.0) -> list[bytes]:
    """The payloads of the stream's entries, as soon as there are at least `count`."""
    async with asyncio.timeout(within_s):
        while len(entries := cast(Entries, await redis.xrange(stream))) < count:
            await asyncio.sleep(0.01)
    return [fields[PAYLOAD.encode()] for _entry_id, fields in entries]
