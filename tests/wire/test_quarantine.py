"""Poison: where it goes, what is said of it, and what its neighbours notice of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast

import pytest
from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD, StreamNames
from services.wire import held_events
from services.wire.broker_url import BrokerUrl
from services.wire.connection import new_broker
from services.wire.failure import without_secrets
from services.wire.held_events import ALL, Choice, HeldEvents, NoWayBack
from services.wire.inbox import Inbox
from services.wire.messages import Delivery, Entries
from services.wire.process import utc_now
from services.wire.quarantine import Quarantine, quarantined
from services.wire.settings import RetryPolicy
from tests.conftest import Server
from tests.waiting import until

pytestmark = pytest.mark.anyio

NAMES = StreamNames()
GROUP = "readers"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Reader:
    """Settles what it is given; does as told with what is poisonous."""

    def __init__(self, redis: Redis, poison: Callable[[], object]) -> None:
        self.redis, self.poison = redis, poison
        self.seen: list[bytes] = []

    async def __call__(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            if b"poison" in delivery.payload:
                done = self.poison()
                if asyncio.iscoroutine(done):
                    await done
        self.seen += [delivery.payload for delivery in deliveries]
        await self.redis.xack(NAMES.articles, GROUP, *[delivery.entry_id for delivery in deliveries])


@asynccontextmanager
async def reading(server: Server, redis: Redis, reader: Reader) -> AsyncIterator[Inbox]:
    broker = new_broker(BrokerUrl.parse(server.url))
    await broker.connect()
    inbox = Inbox(
        broker,
        redis,
        stream=NAMES.articles,
        group=GROUP,
        consumer="one",
        handle=reader,
        quarantine=Quarantine(redis, NAMES.quarantine, utc_now),
        retry=RetryPolicy(after_s=0.1, max_deliveries=3),
        limit_s=0.3,
    )
    async with inbox:
        yield inbox
    await broker.stop()


async def add(redis: Redis, *payloads: bytes) -> None:
    for payload in payloads:
        await redis.xadd(NAMES.articles, {PAYLOAD: payload})


async def hang() -> None:
    await asyncio.sleep(3_600)


def raise_with_a_secret() -> None:
    raise ValueError("cannot reach redis://:hunter2@127.0.0.1:6379/0")


@pytest.mark.parametrize(
    ("poison", "kind", "message"),
    [
        (raise_with_a_secret, "ValueError", "cannot reach redis://…@127.0.0.1:6379/0"),
        (hang, "TimeoutError", "it was not done within 0.3 s"),
    ],
)
async def test_what_raises_or_hangs_is_set_aside_with_its_reason_and_its_neighbours_are_read(
    server: Server, redis: Redis, poison: Callable[[], object], kind: str, message: str
) -> None:
    await add(redis, b"1", b"poison", b"2")
    reader, held = Reader(redis, poison), HeldEvents(redis, NAMES)
    async with reading(server, redis, reader):
        await until(lambda: sorted(reader.seen) == [b"1", b"2"])
        async with asyncio.timeout(60):
            while not (found := await held.page(10)):
                await asyncio.sleep(0.02)
        await add(redis, b"3")
        await until(lambda: b"3" in reader.seen)
    [one] = found
    assert one.event.error is not None
    assert (one.event.payload, one.event.error.type, one.event.error.message) == (b"poison", kind, message)
    assert one.event.why == f"not settled after 3 deliveries: {kind}: {message}"
    assert one.event.error.at[0].startswith("services/wire/inbox.py:")
    assert not [place for place in one.event.error.at if "site-packages" in place]


async def test_what_ends_the_process_does_not_take_its_neighbours_along(server: Server, redis: Redis) -> None:
    """Each life ends at the poison; those behind it in the batch are not counted as delivered again."""
    await add(redis, b"1", b"poison", *(str(number).encode() for number in range(2, 20)))
    lives = 0

    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    seen: list[bytes] = []
    await redis.xgroup_create(NAMES.articles, GROUP, id="0")
    await redis.xreadgroup(GROUP, "one", {NAMES.articles: ">"})
    while len(seen) < 19 and lives < 8:
        lives += 1
        reader = Reader(redis, die)
        try:
            async with reading(server, redis, reader):
                await until(lambda seen=seen, reader=reader: len(seen) + len(reader.seen) == 19)  # type: ignore[misc]
        except Killed:
            pass
        seen += reader.seen
    assert sorted(seen, key=int) == [str(number).encode() for number in range(1, 20)]
    assert [one.event.payload for one in await HeldEvents(redis, NAMES).page(10)] == [b"poison"]


async def aside(redis: Redis, payload: bytes = b"{", group: str = GROUP, **about: str) -> str:
    """Put an event in quarantine, as if it had come from a stream. Its id there."""
    delivery = Delivery(about.get("stream", NAMES.articles), about.get("entry", "1-0"), payload)
    entry = await redis.xadd(NAMES.quarantine, {PAYLOAD: quarantined(delivery, group, "bad", NOON)})
    return cast(bytes, entry).decode()


async def test_it_is_put_back_once_whoever_asks(redis: Redis) -> None:
    held = HeldEvents(redis, NAMES)
    await aside(redis, b"\xff\x00")
    [one] = await held.page(1)
    done = await asyncio.gather(*(held.retry(one) for _ in range(10)))
    assert len([entry for entry in done if entry]) == 1
    entries = cast(Entries, await redis.xrange(NAMES.articles))
    assert [fields for _, fields in entries] == [{b"__data__": b"\xff\x00"}]
    assert await held.page(1) == []


async def test_what_several_groups_set_aside_is_put_back_once(redis: Redis) -> None:
    held = HeldEvents(redis, NAMES)
    for group in ("api", "enrich"):
        await aside(redis, group=group)
    await aside(redis, entry="2-0")
    assert await held.retry_all(ALL) == 2
    assert await redis.xlen(NAMES.articles) == 2
    assert (await held.fullness()).events == 0


async def test_what_fails_again_comes_back_with_its_count(server: Server, redis: Redis) -> None:
    held, reader = HeldEvents(redis, NAMES), Reader(redis, raise_with_a_secret)
    await add(redis, b"poison")
    async with reading(server, redis, reader):
        for retries in range(3):
            async with asyncio.timeout(60):
                while not (found := await held.page(1)):
                    await asyncio.sleep(0.02)
            assert found[0].retries == retries
            await held.retry(found[0])


async def test_some_are_chosen_by_stream_and_reason(redis: Redis) -> None:
    held = HeldEvents(redis, NAMES)
    for number, stream in enumerate((NAMES.articles, NAMES.feeds, NAMES.feeds)):
        await aside(redis, stream=stream, entry=f"{number}-0")
    assert len(await held.page(10, choice=Choice(stream="feeds"))) == 2
    assert len(await held.page(10, choice=Choice(stream=NAMES.feeds, reason="BAD"))) == 2
    assert await held.page(10, choice=Choice(reason="other")) == []
    assert (await held.drop_all(Choice(stream="feeds")), (await held.fullness()).events) == (2, 1)


async def test_nothing_is_before_the_first_id_that_there_can_be(redis: Redis) -> None:
    assert await HeldEvents(redis, NAMES).page(10, before="0-0") == []


async def test_nothing_is_put_back_to_a_stream_of_somebody_else(redis: Redis) -> None:
    held = HeldEvents(redis, NAMES)
    await aside(redis, stream="other:articles")
    with pytest.raises(NoWayBack, match="other:articles"):
        await held.retry((await held.page(1))[0])
    assert (await held.fullness()).events == 1


async def test_an_entry_that_is_no_record_is_shown_and_can_be_dropped(redis: Redis) -> None:
    held = HeldEvents(redis, NAMES)
    await redis.xadd(NAMES.quarantine, {PAYLOAD: b"scribble"})
    [one] = await held.page(1)
    assert (one.event.payload, one.event.why) == (b"scribble", "this is no record of ours")
    assert await held.drop([one]) == 1


@pytest.mark.parametrize("by", ["number", "size"])
async def test_it_warns_before_the_oldest_are_dropped(
    redis: Redis, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    held, large = HeldEvents(redis, NAMES), b"x" * 10_000
    monkeypatch.setattr(held_events, "MOST" if by == "number" else "MOST_BYTES", 10 if by == "number" else 110_000)
    for number in range(9):
        await aside(redis, large, entry=f"{number}-0")
    assert await held.keep_bounded() == 0
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    for number in range(9, 15):
        await aside(redis, large, entry=f"{number}-0")
    assert await held.keep_bounded() > 0
    assert [record.levelname for record in caplog.records][-1] == "ERROR"
    kept = [one.event.entry_id for one in await held.page(100)]
    assert kept == [f"{number}-0" for number in range(14, 14 - len(kept), -1)]
    assert 7 <= len(kept) <= 10
    assert await held.keep_bounded() == 0


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Authorization: Bearer abc.def", "Authorization: Bearer …"),
        ("at https://user:pw@hub.example/x", "at https://…@hub.example/x"),
        ("password=abc&x=1", "password=…&x=1"),
        ("the key dl_1234567890abc is bad", "the key dl_… is bad"),
        ("\ud800", "\\ud800"),
        ("a word", "a word"),
    ],
)
def test_what_looks_like_a_secret_is_left_out(said: str, shown: str) -> None:
    assert without_secrets(said) == shown
