"""Told to stop, an inbox finishes its batch within a set time, and begins no other."""

import asyncio
import time
from collections.abc import Sequence

import pytest
from redis.asyncio import Redis

from services.wire.broker_url import BrokerUrl
from services.wire.connection import new_broker
from services.wire.inbox import Inbox
from services.wire.messages import Delivery
from services.wire.process import utc_now
from services.wire.quarantine import Quarantine
from services.wire.settings import RetryPolicy
from tests.conftest import Server
from tests.waiting import until
from tests.wire.test_inbox import GROUP, STREAM, add

pytestmark = pytest.mark.anyio


class Slow:
    """Takes so many seconds for a batch."""

    def __init__(self, redis: Redis, takes_s: float) -> None:
        self.redis, self.takes_s = redis, takes_s
        self.begun, self.done = 0, 0

    async def __call__(self, deliveries: Sequence[Delivery]) -> None:
        self.begun += len(deliveries)
        await asyncio.sleep(self.takes_s)
        await self.redis.xack(STREAM, GROUP, *[delivery.entry_id for delivery in deliveries])
        self.done += len(deliveries)


@pytest.mark.parametrize("taken_up", [False, True], ids=["new", "taken up"])
@pytest.mark.parametrize(("takes_s", "stop_s", "done"), [(0.5, 5.0, 1), (30.0, 0.3, 0)])
async def test_the_batch_under_way_is_finished_or_given_up(
    takes_s: float, stop_s: float, done: int, taken_up: bool, server: Server, redis: Redis
) -> None:
    await add(redis, b"1", b"2")
    await redis.xgroup_create(STREAM, GROUP, id="0")
    slow = Slow(redis, takes_s)
    broker = new_broker(BrokerUrl.parse(server.url))
    await broker.connect()
    if taken_up:
        await redis.xreadgroup(GROUP, "killed", {STREAM: ">"}, count=1)
        await asyncio.sleep(0.11)
    inbox = Inbox(
        broker, redis, stream=STREAM, group=GROUP, consumer="one", handle=slow, batch_size=1,
        quarantine=Quarantine(redis, "dateline:quarantine", utc_now), retry=RetryPolicy(0.1, 5), stop_s=stop_s,
    )  # fmt: skip
    async with inbox:
        await until(lambda: slow.begun == 1)
        told = time.monotonic()
    assert time.monotonic() - told < 3.0
    assert (slow.begun, slow.done) == (1, done)
    await broker.stop()
    assert await redis.xlen("dateline:quarantine") == 0
