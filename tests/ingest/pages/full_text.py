"""A feed with teasers, read as ingest does, and its pages after it; on a real Redis, against a real server."""

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
from services.ingest.pages.document import Page, read_page
from services.ingest.pages.queue import PageQueue
from services.ingest.pages.reader import PagePace, PageReader
from services.ingest.pages.robots import Robots
from services.ingest.pages.turns import Turns
from services.ingest.poll import Read
from services.ingest.publish import Publisher
from services.ingest.reading import Reader
from services.ingest.registry import Registry
from services.wire.process import utc_now
from services.wire.tasks import end
from tests.ingest.feed_server import FeedServer, answer
from tests.ingest.feeds import rss
from tests.ingest.polling import parse_here
from tests.waiting import until_stream_holds

OWN = Manners(own=frozenset({"127.0.0.1"}))


def teaser(url: str, description: str = "The harbour master has read it.", date: str = "") -> str:
    date = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<title>Report number one</title><link>{url}</link><description>{description}</description>{date}"


async def parse_page(fetched: Fetched) -> Page:
    return read_page(fetched.body, url=fetched.url, content_type=fetched.content_type, robot="dateline")


@dataclass
class FullText:
    """What a test sees."""

    redis: Redis
    pages: FeedServer
    registry: Registry
    feeds: FeedList
    reader: Reader
    queue: PageQueue
    page_reader: PageReader

    async def add(self, *, full_text: bool = True) -> None:
        url = f"{self.pages.url}/feed"
        await self.feeds.add(AddFeedData(id=feed_id(url), url=url, full_text=full_text), command=None)

    async def poll(self, *paths: str, **changes: str) -> None:
        """Let the feed have an entry for each path, and read it."""
        entries = (teaser(self.pages.url + path, **changes) for path in paths)
        self.pages.pages["/feed"] = answer(rss(*entries))
        kept = await self.registry.get(feed_id(f"{self.pages.url}/feed"))
        assert kept
        assert isinstance(await self.reader.read(kept.state), Read)

    async def articles(self) -> list[dict[str, Any]]:
        payloads = await until_stream_holds(self.redis, "dateline:articles", 0)
        for payload in payloads:
            read_event(payload)
        return [json.loads(payload)["data"] for payload in payloads]

    async def settled(self) -> list[dict[str, Any]]:
        """Let pages be read until none is queued. Answers all articles that were published."""
        async with self.reading():
            return await self.until_settled()

    async def until_settled(self) -> list[dict[str, Any]]:
        async with asyncio.timeout(60):
            while await self.queue.waiting():
                await asyncio.sleep(0.01)
        return await self.articles()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.page_reader.run())
        try:
            yield
        finally:
            await end(task)


@asynccontextmanager
async def full_text(
    redis: Redis, pages: FeedServer, *, manners: Manners = OWN, spacing_s: float = 0.0, lease_s: float = 20.0,
    timeout_s: float = 2.0,
) -> AsyncIterator[FullText]:  # fmt: skip
    registry, queue = Registry(redis, "dateline", "dateline:feeds"), PageQueue(redis, "dateline")
    memory = Memory(redis, "dateline", "dateline:articles")
    limits = Limits(timeout_s=timeout_s, body_bytes=1_000_000)
    async with Fetcher(
        user_agent="Dateline/0 (test)", allowed_hosts=frozenset({"127.0.0.1"}), limits=limits, clock=utc_now
    ) as fetcher:
        yield FullText(
            redis,
            pages,
            registry,
            FeedList(registry, utc_now),
            Reader(fetcher=fetcher, parse=parse_here, publisher=Publisher(memory, queue), clock=utc_now),
            queue,
            PageReader(
                queue=queue,
                registry=registry,
                memory=memory,
                fetcher=fetcher,
                robots=Robots(fetcher, user_agent="Dateline/0 (test)", clock=utc_now),
                parse=parse_page,
                hosts=Hosts(redis, "dateline", manners),
                turns=Turns(spacing_s),
                pace=PagePace(4, lease_s),
                clock=utc_now,
            ),
        )
