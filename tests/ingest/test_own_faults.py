"""What goes wrong on our side with one feed: it is left alone for longer each time, and the others are read."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from services.contracts.commands import AddFeedData
from services.contracts.identity import feed_id
from services.contracts.opml import Outline
from services.ingest.listed import add_listed, keep_listed
from services.ingest.outcomes import Fetched
from services.ingest.parse import ParsedFeed
from services.ingest.rhythm import Bounds
from services.wire.tasks import end
from tests.ingest.feed_server import FeedServer, answer, feed_server
from tests.ingest.feeds import item, rss
from tests.ingest.polling import ingesting, parse_here

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


async def test_a_feed_that_makes_us_fail_is_told_of_and_tried_less_and_less(redis: Redis, pages: FeedServer) -> None:
    async def parse(fetched: Fetched) -> ParsedFeed:
        if b"strange" in fetched.body:
            raise ZeroDivisionError("nobody thought of this")
        return await parse_here(fetched)

    pages.pages |= {"/feed": answer(rss(item(1, title="strange"))), "/good": answer(rss(item(2)))}
    bounds = Bounds(interval_s=0.2, longest_s=60.0, move_after_s=1.0)
    async with ingesting(redis, pages, parse=parse, bounds=bounds) as ingest:
        await ingest.add("/feed")
        await ingest.add("/good")
        await ingest.until_articles(1)
        await ingest.polled_again("/feed", times=2)
        kept = await ingest.registry.get(feed_id(f"{pages.url}/feed"))
        assert kept
        state = kept.state
        assert state.status == "failing"
        assert state.failures >= 3
        assert state.reason == "reading it failed on our side: ZeroDivisionError; the log has more"
        assert state.next_poll_at
        assert state.polled_at
        assert (state.next_poll_at - state.polled_at).total_seconds() > 0.2 * 3**2 * 0.8
        pages.pages["/feed"] = answer(rss(item(1)))
        await ingest.feeds.refresh(state.id)
        await ingest.until_articles(2)


async def test_listed_feeds_come_back_when_the_broker_lost_everything(redis: Redis, pages: FeedServer) -> None:
    pages.pages["/feed"] = answer(rss(item(1)))
    listed = [Outline(f"{pages.url}/feed")]
    async with ingesting(redis, pages) as ingest:
        await add_listed(ingest.feeds, listed)
        await ingest.until_articles(1)
        keeping = asyncio.create_task(keep_listed(ingest.registry, ingest.feeds, listed))
        await redis.flushall()
        await ingest.until_articles(1)
        await end(keeping)


async def test_a_feed_that_was_removed_counts_as_known(redis: Redis, pages: FeedServer) -> None:
    async with ingesting(redis, pages) as ingest:
        url = f"{pages.url}/feed"
        await ingest.feeds.add(AddFeedData(id=feed_id(url), url=url), command="1-0")
        await ingest.feeds.remove(feed_id(url), command="2-0")
        assert await ingest.registry.count() == 1
