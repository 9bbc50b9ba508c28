"""Entries that are huge are read and handled a few at a time."""

from collections.abc import Sequence

import pytest
from redis.asyncio import Redis

from services.wire.batches import READ_BYTES, TOGETHER_BYTES, first_count, next_count, parts_of
from services.wire.broker_url import BrokerUrl
from services.wire.connection import new_broker
from services.wire.inbox import Inbox
from services.wire.messages import Delivery
from services.wire.process import utc_now
from services.wire.quarantine import Quarantine
from services.wire.settings import RetryPolicy
from tests.conftest import Server
from tests.waiting import until
from tests.wire.test_inbox import GROUP, STREAM, Reader, add

pytestmark = pytest.mark.anyio


def deliveries(*sizes: int) -> list[Delivery]:
    return [Delivery("s", f"{number}-0", b"x" * size) for number, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "parts"),
    [
        ((), []),
        ((10,) * 200, [200]),
        ((TOGETHER_BYTES // 2,) * 5, [2, 2, 1]),
        ((10, TOGETHER_BYTES + 1, 10), [1, 1, 1]),
        ((TOGETHER_BYTES,), [1]),
    ],
)
def test_what_is_handled_together_is_bounded_in_bytes(sizes: tuple[int, ...], parts: list[int]) -> None:
    found = list(parts_of(deliveries(*sizes)))
    assert [len(part) for part in found] == parts
    assert [one for part in found for one in part] == deliveries(*sizes)


def test_more_is_read_while_entries_are_small_and_less_when_they_are_large() -> None:
    count, counts = first_count(200), []
    for size in (5_000, 5_000, 5_000, 5_000, 2_000_000, 10, 50_000_000, 10):
        counts.append(count)
        count = next_count(count, deliveries(*(size,) * min(count, 5)), 200)
    assert counts == [25, 50, 100, 200, 200, READ_BYTES // 2_000_000, 32, 1]
    assert (count, first_count(3), next_count(3, deliveries(0), 3)) == (2, 3, 3)


async def test_a_backlog_of_huge_entries_comes_in_small_batches_and_in_order(server: Server, redis: Redis) -> None:
    payloads = [f"{number} ".encode() + b"x" * 2_000_000 for number in range(30)]
    await add(redis, *payloads)
    reader, sizes = Reader(redis), list[int]()

    async def handle(deliveries: Sequence[Delivery]) -> None:
        sizes.append(sum(len(delivery.payload) for delivery in deliveries))
        await reader(deliveries)

    broker, quarantine = new_broker(BrokerUrl.parse(server.url)), Quarantine(redis, "dateline:quarantine", utc_now)
    await broker.connect()
    inbox = Inbox(
        broker, redis, stream=STREAM, group=GROUP, consumer="one", handle=handle, quarantine=quarantine,
        retry=RetryPolicy(after_s=60),
    )  # fmt: skip
    async with inbox:
        await until(lambda: len(reader.seen) == len(payloads), within_s=60)
    await broker.stop()
    assert reader.seen == payloads
    assert max(sizes) <= TOGETHER_BYTES
