"""Running pollers on a real Redis, against a real feed server, as a test sees them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from services.contracts.commands import AddFeedData
from services.contracts.identity import feed_id
from services.contracts.registry import read_event
from services.ingest.commands import FeedList
from services.ingest.fetch import Fetcher, Limits
from services.ingest.hosts import Hosts, Manners
from services.ingest.memory import Memory
from services.ingest.outcomes import Fetched
from services.ingest.parse import ParsedFeed, parse_feed
from services.ingest.poller import Pace, Poller
from services.ingest.publish import Publisher
from services.ingest.reading import Parse, Reader
from services.ingest.registry import Registry
from services.ingest.rhythm import Bounds
from services.ingest.slowing import Slowing
from services.wire.process import utc_now
from services.wire.tasks import end
from tests.ingest.feed_server import FeedServer
from tests.waiting import until, until_stream_holds

FAST = Bounds(interval_s=0.05, longest_s=0.2, move_after_s=0.3)
NO_LIMITS = Manners(own=frozenset({"127.0.0.1"}))


async def parse_here(fetched: Fetched) -> ParsedFeed:
    return parse_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)


@dataclass
class Ingest:
    """What a test sees of running pollers."""

    redis: Redis
    feeds: FeedList
    registry: Registry
    pages: FeedServer

    async def add(self, path: str = "/feed") -> None:
        url = self.pages.url + path
        await self.feeds.add(AddFeedData(id=feed_id(url), url=url), command=None)

    async def articles(self) -> list[dict[str, Any]]:
        return await self._events("dateline:articles")

    async def changes(self) -> list[str]:
        return [event["data"]["change"] for event in await self._events("dateline:feeds")]

    async def last_state(self) -> dict[str, Any]:
        state: dict[str, Any] = (await self._events("dateline:feeds"))[-1]["data"]
        return state

    async def polled_again(self, path: str = "/feed", times: int = 2) -> None:
        """Wait until polls that began after this call are over."""
        before = self.pages.count(path)
        await until(lambda: self.pages.count(path) > before + times)

    async def until_changed(self, change: str) -> None:
        async with asyncio.timeout(60):
            while (await self.changes())[-1:] != [change]:
                await asyncio.sleep(0.01)

    async def until_articles(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(60):
            while len(found := await self.articles()) < count:
                await asyncio.sleep(0.01)
        return found

    async def _events(self, stream: str) -> list[dict[str, Any]]:
        payloads = await until_stream_holds(self.redis, stream, 0)
        for payload in payloads:
            read_event(payload)
        return [json.loads(payload) for payload in payloads]


@asynccontextmanager
async def ingesting(
    redis: Redis, pages: FeedServer, *, bounds: Bounds = FAST, pace: Pace | None = None, parse: Parse = parse_here,
    replicas: int = 1, manners: Manners = NO_LIMITS, slowing: Slowing | None = None,
) -> AsyncIterator[Ingest]:  # fmt: skip
    registry = Registry(redis, "dateline", "dateline:feeds")
    limits = Limits(timeout_s=5.0, body_bytes=1_000_000)
    async with Fetcher(
        user_agent="test/1", allowed_hosts=frozenset({"127.0.0.1", "localhost"}), limits=limits, clock=utc_now
    ) as fetcher:
        pollers = [
            Poller(
                registry=registry,
                reader=Reader(
                    fetcher=fetcher,
                    parse=parse,
                    publisher=Publisher(Memory(redis, "dateline", "dateline:articles")),
                    clock=utc_now,
                ),
                hosts=Hosts(redis, "dateline", manners),
                bounds=bounds,
                pace=pace or Pace(concurrency=4, lease_s=5.0),
                clock=utc_now,
                slowing=slowing,
            )
            for _ in range(replicas)
        ]
        tasks = [asyncio.create_task(poller.run()) for poller in pollers]
        yield Ingest(redis, FeedList(registry, utc_now), registry, pages)
        await end(*tasks)
