"""What an outage keeps a handler from doing is done after it: no event is blamed for it."""

import builtins
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError, NoScriptError, OutOfMemoryError, ResponseError, TimeoutError

from services.wire.messages import Delivery
from services.wire.outage import is_outage
from tests.conftest import Server
from tests.waiting import until, until_stream_holds
from tests.wire.test_inbox import GROUP, STREAM, add, reading


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (ConnectionError("gone"), True),
        (TimeoutError("slow"), True),
        (OutOfMemoryError("command not allowed when used memory > 'maxmemory'"), True),
        (ResponseError("MISCONF Errors writing to the AOF file: No space left on device"), True),
        (ResponseError("NOGROUP No such key 'dateline:articles' or consumer group 'readers'"), True),
        (NoScriptError("No matching script."), True),
        (ResponseError("WRONGTYPE Operation against a key"), False),
        (sqlite3.OperationalError("database or disk is full"), True),
        (sqlite3.IntegrityError("UNIQUE constraint failed"), False),
        (ValueError("no such tag"), False),
        (builtins.TimeoutError(), False),  # the handler itself took too long
    ],
)
def test_what_is_an_outage(error: Exception, outage: bool) -> None:
    assert is_outage(error, (sqlite3.OperationalError,)) is outage


@pytest.mark.anyio
async def test_a_server_that_does_not_know_a_script_is_one_that_came_back(redis: Redis) -> None:
    """In a pipeline redis-py loads scripts first; another server may answer then."""
    script = redis.register_script("return redis.call('INCR', KEYS[1])")
    pipeline: Any = redis.pipeline(transaction=False)
    await script(keys=["count"], client=pipeline)
    await pipeline.load_scripts()
    await redis.script_flush()
    pipeline.scripts.clear()
    with pytest.raises(NoScriptError) as caught:
        await pipeline.execute()
    assert is_outage(caught.value)


class Troubled:
    """Fails with `error()` as long as there is one."""

    def __init__(self, redis: Redis, error: Callable[[], Exception] | None) -> None:
        self.redis, self.error, self.tries = redis, error, 0
        self.seen: list[bytes] = []

    async def __call__(self, deliveries: Sequence[Delivery]) -> None:
        self.tries += 1
        if self.error:
            raise self.error()
        self.seen += [delivery.payload for delivery in deliveries]
        await self.redis.xack(STREAM, GROUP, *[delivery.entry_id for delivery in deliveries])


@pytest.mark.anyio
async def test_an_outage_longer_than_all_deliveries_sends_nothing_to_quarantine(server: Server, redis: Redis) -> None:
    await add(redis, b"1", b"2", b"3")
    reader = Troubled(redis, lambda: OutOfMemoryError("command not allowed"))
    async with reading(server, redis, reader):
        await until(lambda: reader.tries > 6)  # three deliveries are all that an event gets
        reader.error = None
        await until(lambda: reader.seen == [b"1", b"2", b"3"])  # together, in one batch
    assert await redis.xlen("dateline:quarantine") == 0


@pytest.mark.anyio
async def test_an_event_that_failed_before_the_outage_keeps_its_count(server: Server, redis: Redis) -> None:
    await add(redis, b"1")
    reader = Troubled(redis, lambda: ValueError("poison"))
    async with reading(server, redis, reader):
        await until(lambda: reader.tries == 2)
        reader.error = lambda: ConnectionError("gone")
        await until(lambda: reader.tries > 6)
        reader.error = lambda: ValueError("poison")
        [record] = await until_stream_holds(redis, "dateline:quarantine", 1)
    assert b"ValueError: poison" in record
