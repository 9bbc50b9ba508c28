"""Delivery on a real server: what a group reads, what it takes up again, what it gives up on."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD
from services.wire.broker_url import BrokerUrl
from services.wire.connection import connect, new_broker
from services.wire.inbox import Handler, Inbox
from services.wire.messages import Delivery
from services.wire.process import utc_now
from services.wire.quarantine import Quarantine, Quarantined
from services.wire.settings import RetryPolicy
from tests.conftest import Server, server_binaries
from tests.waiting import until, until_stream_holds

pytestmark = pytest.mark.anyio

STREAM, GROUP = "dateline:articles", "readers"


@pytest.fixture(params=server_binaries())
def broker_binary(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Reader:
    """Notes what it was given, and settles it unless told to fail on it."""

    def __init__(self, redis: Redis, fails_on: Callable[[bytes], bool] = lambda _payload: False) -> None:
        self.redis, self.fails_on = redis, fails_on
        self.seen: list[bytes] = []

    async def __call__(self, deliveries: Sequence[Delivery]) -> None:
        if any(self.fails_on(delivery.payload) for delivery in deliveries):
            raise RuntimeError("cannot read this batch")
        self.seen += [delivery.payload for delivery in deliveries]
        await self.redis.xack(STREAM, GROUP, *[delivery.entry_id for delivery in deliveries])


@asynccontextmanager
async def reading(server: Server, redis: Redis, reader: Handler, consumer: str = "one") -> AsyncIterator[Inbox]:
    broker = new_broker(BrokerUrl.parse(server.url))
    await broker.connect()
    inbox = Inbox(
        broker,
        redis,
        stream=STREAM,
        group=GROUP,
        consumer=consumer,
        handle=reader,
        quarantine=Quarantine(redis, "dateline:quarantine", utc_now),
        retry=RetryPolicy(after_s=0.2, max_deliveries=3),
    )
    async with inbox:
        yield inbox
    await broker.stop()


async def add(redis: Redis, *payloads: bytes) -> None:
    for payload in payloads:
        await redis.xadd(STREAM, {PAYLOAD: payload})


async def test_reads_events_from_before_its_first_start(server: Server, redis: Redis) -> None:
    await add(redis, b"1", b"2")
    reader = Reader(redis)
    async with reading(server, redis, reader):
        await until(lambda: len(reader.seen) == 2)
        await add(redis, b"3")
        await until(lambda: reader.seen == [b"1", b"2", b"3"])


async def test_takes_up_what_its_former_life_left_behind(server: Server, redis: Redis) -> None:
    await add(redis, b"1", b"2")
    await redis.xgroup_create(STREAM, GROUP, id="0")
    await redis.xreadgroup(GROUP, "one", {STREAM: ">"})
    reader = Reader(redis)
    async with reading(server, redis, reader):
        assert reader.seen == [b"1", b"2"]


async def test_takes_over_what_another_replica_left_behind(server: Server, redis: Redis) -> None:
    await add(redis, b"1")
    await redis.xgroup_create(STREAM, GROUP, id="0")
    await redis.xreadgroup(GROUP, "killed", {STREAM: ">"})
    reader = Reader(redis)
    async with reading(server, redis, reader, consumer="other"):
        await until(lambda: reader.seen == [b"1"])
    assert (await redis.xpending(STREAM, GROUP))["pending"] == 0


async def test_a_poisonous_event_goes_to_quarantine_and_its_neighbours_are_read(server: Server, redis: Redis) -> None:
    await add(redis, b"1", b"\xffpoison", b"2")
    reader = Reader(redis, fails_on=lambda payload: b"poison" in payload)
    async with reading(server, redis, reader):
        await until(lambda: sorted(reader.seen) == [b"1", b"2"])
        payloads = await until_stream_holds(redis, "dateline:quarantine", 1)
    record = Quarantined.model_validate_json(payloads[0])
    assert (record.group, record.stream, record.encoding) == (GROUP, STREAM, "base64")
    assert record.deliveries == 4
    assert (await redis.xpending(STREAM, GROUP))["pending"] == 0


async def test_goes_on_when_the_server_lost_all_its_data(server: Server, redis: Redis) -> None:
    reader = Reader(redis)
    async with reading(server, redis, reader) as inbox:
        await redis.flushall()
        await until(lambda: not inbox.reading)
        await add(redis, b"after")
        await until(lambda: reader.seen == [b"after"])


class Forgetful(Redis):
    """Its server loses all its data right after it was asked for the last time whether something was left behind; then
    something is published at once."""

    lost = False

    async def xpending_range(self, *args: Any, **options: Any) -> list[Any]:
        found: list[Any] = await super().xpending_range(*args, **options)
        if not (self.lost or found):
            self.lost = True
            await self.flushall()
            await add(self, b"between")
        return found


async def test_what_was_published_before_a_lost_group_came_back_is_read(server: Server, redis: Redis) -> None:
    async with Forgetful.from_url(server.url) as forgetful:
        reader = Reader(redis)
        async with reading(server, forgetful, reader):
            await add(redis, b"after")
            await until(lambda: reader.seen == [b"between", b"after"], within_s=30)


async def test_a_start_outlives_the_loss_of_all_data(server: Server, redis: Redis) -> None:
    await add(redis, b"1")
    await redis.xgroup_create(STREAM, GROUP, id="0")
    await redis.xreadgroup(GROUP, "one", {STREAM: ">"})
    reader = Reader(redis)

    async def loses_all(deliveries: Sequence[Delivery]) -> None:
        await reader(deliveries)
        if len(reader.seen) == 1:
            await redis.flushall()
            await add(redis, b"after")

    async with reading(server, redis, loses_all):
        await until(lambda: reader.seen == [b"1", b"after"], within_s=30)


async def test_goes_on_when_the_server_was_killed_and_started_again(server: Server, redis: Redis) -> None:
    reader = Reader(redis)
    async with await connect(BrokerUrl.parse(server.url)) as client, reading(server, client, reader):
        server.kill()
        server.start()
        await redis.connection_pool.disconnect()
        await add(redis, b"after")
        await until(lambda: reader.seen == [b"after"])
