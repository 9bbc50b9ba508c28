"""Positions of one replica mean the same on another, which may be behind or have been rebuilt."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest
from starlette.types import Message

from services.api.live.following import follow
from services.api.live.hub import Hub, Subscriber
from services.api.live.response import EventStreamResponse
from services.api.readmodel.changes import Incoming
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import EntryId, Position, Stream
from tests.api.events import enriched, published
from tests.api.serving import Listener
from tests.waiting import until

pytestmark = pytest.mark.anyio


class Replica:
    """One read model with its hub."""

    def __init__(self, path: Path) -> None:
        self.hub = Hub()
        self.model = ReadModel(path, self.hub.publish)

    async def article(self, number: int) -> None:
        await self.model.apply(Stream.ARTICLES, [Incoming(EntryId(number), published(number))])

    async def enrichment(self, number: int) -> None:
        await self.model.apply(Stream.ENRICHMENTS, [Incoming(EntryId(number), enriched(number))])

    async def read(self, since: Position, count: int) -> Listener:
        """What a reader hears first: the greeting, then `count` events."""
        listener = Listener()
        async for chunk in self.chunks(since):
            for line in chunk.decode().splitlines():
                listener.line(line)
            if len(listener.heard) >= count:
                break
        return listener

    def chunks(self, since: Position) -> AsyncGenerator[bytes, None]:
        return follow(self.model, self.hub, Subscriber(Filter(), room=100), since, heartbeat_s=0.05)


@pytest.fixture
async def replica(tmp_path: Path) -> AsyncIterator[Replica]:
    replica = Replica(tmp_path / "dateline.db")
    async with replica.model:
        yield replica


async def test_a_rebuilt_replica_that_applied_the_streams_in_another_order_resumes_a_reader(replica: Replica) -> None:
    """The reader had articles 1 and 2 and enrichment 1 from a replica that took turns; this one did not."""
    for number in (1, 2, 3):
        await replica.article(number)
    for number in (1, 2, 3):
        await replica.enrichment(number)
    listener = await replica.read(Position(EntryId(2), EntryId(1)), 3)
    assert listener.what == ["article 3", "enrichment 2", "enrichment 3"]
    assert [heard.id for heard in listener.heard] == ["3-0_1-0_0-0", "3-0_2-0_0-0", "3-0_3-0_0-0"]


async def test_a_replica_that_is_behind_says_nothing_twice(replica: Replica) -> None:
    """The reader is further than this replica: it hears nothing of what it has, and its position does not fall back."""
    await replica.article(1)
    chunks = replica.chunks(Position(EntryId(2), EntryId()))
    listener = Listener()

    async def hear() -> None:
        for line in (await anext(chunks)).decode().splitlines():
            listener.line(line)

    await hear()
    await hear()
    assert listener.comments == [": still here"]
    await replica.article(2)
    await replica.enrichment(1)
    while not listener.heard:
        await hear()
    assert listener.what == ["enrichment 1"]
    assert listener.position == "2-0_1-0_0-0"


async def test_a_reader_who_has_everything_is_kept_alive(replica: Replica) -> None:
    chunks = replica.chunks(await replica.model.position())
    assert await anext(chunks) == b"retry: 2000\nid: 0-0_0-0_0-0\n\n"
    assert await anext(chunks) == b": still here\n\n"


async def test_a_reader_who_goes_in_mid_send_leaves_the_hub(replica: Replica) -> None:
    subscriber = Subscriber(Filter(), room=100)
    sending = asyncio.Event()

    async def send(message: Message) -> None:
        """Takes everything until the first event, and then nothing any more."""
        if b"event:" in message.get("body", b""):
            sending.set()
            await asyncio.Event().wait()

    async def receive() -> Message:
        await sending.wait()
        return {"type": "http.disconnect"}

    chunks = follow(replica.model, replica.hub, subscriber, Position())
    answering = asyncio.create_task(EventStreamResponse(subscriber, chunks)({"type": "http"}, receive, send))
    await until(lambda: len(replica.hub) == 1)
    await replica.article(1)
    await answering
    assert len(replica.hub) == 0


async def test_a_closed_hub_takes_no_readers(replica: Replica) -> None:
    replica.hub.close()
    assert [chunk async for chunk in replica.chunks(Position())] == [b"retry: 2000\nid: 0-0_0-0_0-0\n\n"]
    assert len(replica.hub) == 0
