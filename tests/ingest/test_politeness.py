"""Slow servers delay nobody, sites are asked in turn, and wishes are kept; with real servers and a real Redis."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from redis.asyncio import Redis

from services.contracts.commands import AddFeedData
from services.contracts.identity import feed_id
from services.ingest.hosts import Manners
from services.ingest.poller import Pace
from services.ingest.rhythm import Bounds
from tests.ingest.feed_server import FeedServer, answer, feed_server, raw
from tests.ingest.feeds import item, rss
from tests.ingest.polling import ingesting
from tests.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


async def test_a_slow_feed_does_not_stall_others(redis: Redis, pages: FeedServer) -> None:
    pages.pages["/slow"] = raw(b"HTTP/1.1 200 OK\r\n", then_stall=True)
    pages.pages["/feed"] = answer(rss(item(1)))
    async with ingesting(redis, pages, pace=Pace(concurrency=2, lease_s=5.0)) as ingest:
        await ingest.add("/slow")
        await until(lambda: pages.count("/slow") == 1)
        await ingest.add()
        await ingest.until_articles(1)
        assert pages.count("/slow") == 1


async def test_more_slow_feeds_than_places_do_not_delay_others(redis: Redis, pages: FeedServer) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)  # the server's own slowness

    slow = [f"/slow/{number}" for number in range(6)]
    pages.pages |= dict.fromkeys(slow, drip)
    pages.pages["/feed"] = answer(rss(item(1)))
    pace = Pace(concurrency=2, lease_s=5.0, patience_s=0.1)
    async with ingesting(redis, pages, pace=pace, bounds=Bounds(interval_s=900)) as ingest:
        for path in slow:
            await ingest.add(path)
        await until(lambda: all(pages.count(path) for path in slow))
        await ingest.add()
        async with asyncio.timeout(2):  # the slow ones time out after 5 s
            await ingest.until_articles(1)


async def test_feeds_of_one_site_wait_for_their_turn_and_hold_up_no_other_site(redis: Redis, pages: FeedServer) -> None:
    manners = Manners(concurrency=1, spacing_s=0.3)
    crowd = [f"/{number}" for number in range(5)]
    pages.pages |= {path: answer(rss(item(number))) for number, path in enumerate(crowd)}
    other = "http://localhost:" + pages.url.rpartition(":")[2] + "/other"
    pages.pages["/other"] = answer(rss(item(100)))
    pace = Pace(concurrency=1, lease_s=5.0)
    async with ingesting(redis, pages, pace=pace, bounds=Bounds(interval_s=900), manners=manners) as ingest:
        for path in crowd:
            await ingest.add(path)
        await until(lambda: pages.count(crowd[0]) == 1)
        await ingest.feeds.add(AddFeedData(id=feed_id(other), url=other), command=None)
        await ingest.until_articles(6)
    asked = [(request.path, request.at) for request in pages.asked]
    starts = sorted(at for path, at in asked if path in crowd)
    assert len(starts) == len(crowd)
    assert all(later - earlier > 0.25 for earlier, later in pairwise(starts))
    assert [path for path, _at in asked].index("/other") < 3


async def test_replicas_together_ask_a_site_no_more_often_than_one(redis: Redis, pages: FeedServer) -> None:
    reading, most = 0, 0

    async def answer_slowly(writer: asyncio.StreamWriter) -> None:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        await asyncio.sleep(0.2)  # the server's own slowness
        reading -= 1
        await answer(rss(item(int(pages.asked[-1].path[1:]))))(writer)

    crowd = [f"/{number}" for number in range(6)]
    pages.pages |= dict.fromkeys(crowd, answer_slowly)
    manners = Manners(concurrency=1, spacing_s=0.1)
    async with ingesting(redis, pages, replicas=3, bounds=Bounds(interval_s=900), manners=manners) as ingest:
        for path in crowd:
            await ingest.add(path)
        await until(lambda: all(pages.count(path) for path in crowd))
    assert most == 1


async def test_what_the_server_wants_to_keep_fresh_is_left_alone(redis: Redis, pages: FeedServer) -> None:
    pages.pages["/feed"] = answer(rss(item(1)), Cache_Control="max-age=7200")
    bounds = Bounds(interval_s=0.05)
    async with ingesting(redis, pages, bounds=bounds, manners=Manners(spacing_s=0)) as ingest:
        await ingest.add()
        await ingest.until_changed("polled")
        kept = await ingest.registry.get(feed_id(f"{pages.url}/feed"))
    assert kept
    assert kept.state.polled_at
    assert kept.state.next_poll_at
    assert (kept.state.next_poll_at - kept.state.polled_at).total_seconds() == 7_200
