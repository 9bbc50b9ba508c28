"""A group is destroyed while its stream stays: it is not given again what it had settled, and passes nothing over."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import cast

import pytest
from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD, StreamNames
from services.enrich.emit import Emitter, Settlement
from services.wire.broker_url import BrokerUrl
from services.wire.connection import new_broker
from services.wire.group_marks import GroupMarks
from services.wire.inbox import Handler, Inbox
from services.wire.messages import Delivery, Entries
from services.wire.process import utc_now
from services.wire.quarantine import Quarantine
from services.wire.settings import RetryPolicy
from tests.conftest import Server, server_binaries
from tests.waiting import eventually, until

pytestmark = pytest.mark.anyio

NAMES = StreamNames()
STREAM, GROUP = NAMES.articles, "readers"


@pytest.fixture(params=server_binaries())
def broker_binary(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def marks(redis: Redis) -> GroupMarks:
    return GroupMarks(redis, NAMES.prefix)


@asynccontextmanager
async def reading(server: Server, redis: Redis, handle: Handler, consumer: str = "one") -> AsyncIterator[None]:
    broker, marks = new_broker(BrokerUrl.parse(server.url)), GroupMarks(redis, NAMES.prefix)
    await broker.connect()
    inbox = Inbox(
        broker, redis, stream=STREAM, group=GROUP, consumer=consumer, handle=handle,
        quarantine=Quarantine(redis, NAMES.quarantine, utc_now, marks), retry=RetryPolicy(0.1, 3), batch_size=7,
        marks=marks,
    )  # fmt: skip
    async with inbox:
        yield
    await broker.stop()


async def add(redis: Redis, *payloads: str) -> list[str]:
    return [cast(bytes, await redis.xadd(STREAM, {PAYLOAD: payload})).decode() for payload in payloads]


async def given(redis: Redis, count: int = 10_000) -> list[str]:
    """What the group is given next."""
    read = cast("list[tuple[bytes, Entries]]", await redis.xreadgroup(GROUP, "one", {STREAM: ">"}, count=count))
    return [entry.decode() for _, entries in read for entry, _ in entries]


async def pending(redis: Redis) -> list[str]:
    found = await redis.xpending_range(STREAM, GROUP, "-", "+", 10_000)
    return [cast(bytes, entry["message_id"]).decode() for entry in found]


def enriching(redis: Redis) -> Handler:
    """Settles as enrich does: what comes of an entry is appended in the step that acknowledges it."""
    emitter = Emitter(redis, NAMES, GROUP)

    async def handle(deliveries: Sequence[Delivery]) -> None:
        if any(b"poison" in delivery.payload for delivery in deliveries):
            raise RuntimeError("cannot read this batch")
        await asyncio.sleep(0.005)  # time in which the group may vanish
        await emitter.settle([Settlement(one.entry_id, "enriched", one.payload) for one in deliveries])

    return handle


async def came(redis: Redis, stream: str = NAMES.enrichments) -> list[str]:
    return [fields[PAYLOAD.encode()].decode() for _, fields in cast(Entries, await redis.xrange(stream))]


async def test_however_often_it_is_destroyed_each_entry_is_handled_once(server: Server, redis: Redis) -> None:
    wanted = [f"{number}" for number in range(300)]

    async def all_came() -> bool:
        return set(await came(redis)) >= {*wanted, "last"}

    async with AsyncExitStack() as stack:
        for consumer in ("one", "two"):
            await stack.enter_async_context(reading(server, redis, enriching(redis), consumer))
        await add(redis, "poison")
        for number in range(0, 300, 20):
            await add(redis, *wanted[number : number + 20])
            if number % 60 == 40:
                await redis.xgroup_destroy(STREAM, GROUP)
            await asyncio.sleep(0.02)
        await add(redis, "last")
        await eventually(all_came, within_s=60)

        async def poison_is_aside() -> bool:
            return len(await came(redis, NAMES.quarantine)) == 1

        await eventually(poison_is_aside, within_s=60)
        assert await redis.xgroup_destroy(STREAM, GROUP)
        await add(redis, "after")
        await until_holds(redis, "after")
    async with reading(server, redis, enriching(redis)):
        await add(redis, "started again")
        await until_holds(redis, "started again")
    assert sorted(await came(redis)) == sorted([*wanted, "last", "after", "started again"])
    assert len(await came(redis, NAMES.quarantine)) == 1
    assert await pending(redis) == []


async def until_holds(redis: Redis, payload: str) -> None:
    async def holds() -> bool:
        return payload in await came(redis)

    await eventually(holds, within_s=60)


async def test_what_was_pending_is_pending_again_and_what_was_not_given_is_given(
    redis: Redis, marks: GroupMarks
) -> None:
    entries = await add(redis, *"abcdef")
    assert await marks.bring_back(STREAM, GROUP, "one") == "0"
    assert await marks.bring_back(STREAM, GROUP, "one") is None, "it is there"
    assert await given(redis, 4) == entries[:4]
    assert await marks.settle(STREAM, GROUP, entries[1], entries[3]) == 2
    assert await given(redis, 1) == entries[4:5], "and is given again, since nobody noted it"
    await redis.xgroup_destroy(STREAM, GROUP)
    assert await marks.settle(STREAM, GROUP, entries[0]) == 0, "a group that is gone settles nothing"
    await redis.xdel(STREAM, entries[0])
    assert await marks.bring_back(STREAM, GROUP, "two") == entries[3]
    assert await pending(redis) == [entries[2]], "but for what was dropped meanwhile"
    assert await given(redis) == entries[4:]
    assert await marks.settle(STREAM, GROUP, *entries[2:], drop=True) == 3
    assert await redis.xlen(STREAM) == 1


@pytest.mark.parametrize("first", ["5-0", "5-3"])
async def test_of_very_many_that_are_pending_all_come_again(redis: Redis, marks: GroupMarks, first: str) -> None:
    async with redis.pipeline() as pipeline:
        for entry in ("4-7", first, *(f"6-{number}" for number in range(1_005))):
            pipeline.xadd(STREAM, {PAYLOAD: "x"}, entry)
        await pipeline.execute()
    await marks.bring_back(STREAM, GROUP, "one")
    entries = await given(redis)
    await marks.settle(STREAM, GROUP, entries[0], entries[-1])
    await redis.xgroup_destroy(STREAM, GROUP)
    await marks.bring_back(STREAM, GROUP, "one")
    assert await given(redis) == entries[1:], "also the one that was settled: nothing is passed over for it"


async def test_after_a_loss_nothing_is_passed_over(redis: Redis, marks: GroupMarks) -> None:
    async def settled(*payloads: str) -> None:
        await asyncio.sleep(0.002)  # a stream that is made anew in the same millisecond would give the same ids
        entries = await add(redis, *payloads)
        await marks.bring_back(STREAM, GROUP, "one")
        assert await given(redis) == entries
        await marks.settle(STREAM, GROUP, *entries)

    await settled("a", "b")
    await redis.flushall()
    await settled("of everything")
    await redis.delete(STREAM)
    await settled("of the stream, with the clock going on")
    await redis.delete(STREAM)
    await redis.xadd(STREAM, {PAYLOAD: "of the stream, with the clock put back"}, "7-0")
    assert await marks.bring_back(STREAM, GROUP, "one") == "0"
    assert await given(redis) == ["7-0"]
    await redis.delete(STREAM)
    assert await marks.bring_back(STREAM, GROUP, "one") == "0", "what was not believed once is forgotten"


async def test_one_that_is_put_back_by_hand_stays_there(server: Server, redis: Redis) -> None:
    seen: list[str] = []
    marks = GroupMarks(redis, NAMES.prefix)

    async def handle(deliveries: Sequence[Delivery]) -> None:
        seen.extend(one.payload.decode() for one in deliveries)
        await marks.settle(STREAM, GROUP, *[one.entry_id for one in deliveries])

    async with reading(server, redis, handle):
        await add(redis, "a", "b")
        await until(lambda: seen == ["a", "b"])
        await redis.xgroup_setid(STREAM, GROUP, "0")
        await until(lambda: seen == ["a", "b", "a", "b"])
