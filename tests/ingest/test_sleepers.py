"""A replica that sleeps while it reads a feed publishes nothing of what it then holds, once another has."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from services.contracts.identity import feed_id
from services.ingest.outcomes import Fetched
from services.ingest.parse import ParsedFeed
from services.ingest.poller import Pace
from tests.ingest.feed_server import FeedServer, answer, feed_server
from tests.ingest.feeds import item, rss
from tests.ingest.polling import ingesting, parse_here
from tests.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


async def test_an_old_document_does_not_revise_a_newer_one_back(redis: Redis, pages: FeedServer) -> None:
    asleep, awake = asyncio.Event(), asyncio.Event()

    async def parse(fetched: Fetched) -> ParsedFeed:
        if b"second" in fetched.body and not asleep.is_set():
            asleep.set()
            await awake.wait()
        return await parse_here(fetched)

    pages.pages["/feed"] = answer(rss(item(1, description="first")))
    async with ingesting(redis, pages, parse=parse, pace=Pace(concurrency=4, lease_s=5.0), replicas=2) as ingest:
        await ingest.add()
        await ingest.until_articles(1)
        pages.pages["/feed"] = answer(rss(item(1, description="second")))
        await until(asleep.is_set)
        pages.pages["/feed"] = answer(rss(item(1, description="third")))
        await ingest.feeds.refresh(feed_id(f"{pages.url}/feed"))  # another poll begins, as after the end of the lease
        found = await ingest.until_articles(2)
        awake.set()
        await ingest.polled_again()
        assert [event["data"]["summary"] for event in await ingest.articles()] == ["first", "third"]
    assert [event["data"]["revision"] for event in found] == [1, 2]
