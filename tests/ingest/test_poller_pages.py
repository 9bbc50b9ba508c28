"""Feeds that were added by the address of their site: a real server, a real Redis, a real loop."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from services.contracts.identity import feed_id
from tests.ingest.feed_server import FeedServer, answer, feed_server
from tests.ingest.feeds import item, rss
from tests.ingest.polling import ingesting

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


async def test_the_feed_of_the_page_is_found_and_read_under_the_id_that_was_given(
    redis: Redis, pages: FeedServer
) -> None:
    pages.pages["/"] = answer(b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/news">')
    pages.pages["/news"] = answer(rss(item(1), item(2)))
    async with ingesting(redis, pages) as ingest:
        await ingest.add("/")
        articles = await ingest.until_articles(2)
        await ingest.until_changed("polled")
        state = await ingest.last_state()
    assert {article["data"]["feed"]["id"] for article in articles} == {str(feed_id(f"{pages.url}/"))}
    assert (state["url"], state["moved_from"]) == (f"{pages.url}/news", f"{pages.url}/")
    assert await ingest.changes() == ["added", "moved", "polled"]
    assert pages.count("/") == 1


async def test_a_page_without_feeds_fails_and_says_what_to_do(redis: Redis, pages: FeedServer) -> None:
    pages.pages["/"] = answer(b"<!doctype html><p>Hello")
    async with ingesting(redis, pages) as ingest:
        await ingest.add("/")
        await ingest.until_changed("failed")
        assert "give a feed's address" in (await ingest.last_state())["reason"]
