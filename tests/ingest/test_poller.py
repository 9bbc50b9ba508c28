"""Polling end to end: a real feed server, a real Redis, a real loop."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from services.contracts.commands import AddFeedData
from services.contracts.identity import feed_id
from services.ingest.outcomes import Fetched
from services.ingest.parse import ParsedFeed
from services.ingest.poller import Pace
from services.ingest.rhythm import Bounds
from tests.ingest.feed_server import FeedServer, answer, feed_server
from tests.ingest.feeds import item, rss
from tests.ingest.polling import ingesting, parse_here

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


async def test_a_new_feeds_articles_are_published_with_their_source(redis: Redis, pages: FeedServer) -> None:
    channel = "<title>Harbour Courier</title><link>https://www.harbour-courier.example/</link>"
    pages.pages["/feed"] = answer(rss(item(2), item(1), channel=channel), ETag='"1"')
    async with ingesting(redis, pages) as ingest:
        await ingest.add()
        found = await ingest.until_articles(2)
        await ingest.until_changed("polled")
        state = await ingest.last_state()
    assert [event["data"]["title"] for event in found] == ["Report number 1", "Report number 2"]
    assert found[0]["data"]["source"]["id"] == "harbour-courier.example"
    assert found[0]["data"]["feed"]["title"] == "Harbour Courier"
    assert (state["status"], state["title"], state["articles"]) == ("active", "Harbour Courier", 2)
    assert await ingest.changes() == ["added", "polled"]


async def test_what_did_not_change_is_asked_for_conditionally_and_published_never(
    redis: Redis, pages: FeedServer
) -> None:
    pages.pages["/feed"] = answer(rss(item(1)), ETag='"1"')
    async with ingesting(redis, pages) as ingest:
        await ingest.add()
        await ingest.until_articles(1)
        await ingest.polled_again()
        assert pages.asked[-1].headers["if-none-match"] == '"1"'
        pages.pages["/feed"] = answer(status="304 Not Modified")
        await ingest.polled_again()
        assert len(await ingest.articles()) == 1
        assert await ingest.changes() == ["added", "polled"]


async def test_a_changed_article_is_revised_and_a_new_one_published(redis: Redis, pages: FeedServer) -> None:
    pages.pages["/feed"] = answer(rss(item(1)))
    async with ingesting(redis, pages) as ingest:
        await ingest.add()
        await ingest.until_articles(1)
        pages.pages["/feed"] = answer(rss(item(2), item(1, "Report, corrected")))
        found = await ingest.until_articles(3)
        await ingest.polled_again()
        assert len(await ingest.articles()) == 3
    assert [(event["type"].split(".")[2], event["data"]["revision"]) for event in found] == [
        ("published", 1),
        ("revised", 2),
        ("published", 1),
    ]


async def test_a_failing_feed_is_told_and_recovers(redis: Redis, pages: FeedServer) -> None:
    pages.pages["/feed"] = answer(b"no", "500 Internal Server Error")
    async with ingesting(redis, pages) as ingest:
        await ingest.add()
        await ingest.until_changed("failed")
        await ingest.polled_again()
        state = await ingest.last_state()
        assert (state["status"], state["change"]) == ("failing", "failed")
        assert "500" in state["reason"]
        pages.pages["/feed"] = answer(rss(item(1)))
        await ingest.until_changed("recovered")
        changes = await ingest.changes()
        assert (changes[0], set(changes[1:-1]), changes[-1]) == ("added", {"failed"}, "recovered")
        assert "reason" not in await ingest.last_state()


async def test_a_page_that_is_no_feed_is_named(redis: Redis, pages: FeedServer) -> None:
    pages.pages["/feed"] = answer(b"<!doctype html><p>Hello")
    async with ingesting(redis, pages) as ingest:
        await ingest.add()
        await ingest.until_changed("failed")
        assert "an HTML page" in (await ingest.last_state())["reason"]


async def test_a_feed_that_moved_for_good_keeps_its_id_and_its_articles(redis: Redis, pages: FeedServer) -> None:
    entry = "<title>No link</title><guid isPermaLink='false'>1</guid>"
    pages.pages["/feed"] = answer(rss(entry))
    async with ingesting(redis, pages) as ingest:
        await ingest.add()
        await ingest.until_articles(1)
        pages.pages["/new"] = answer(rss(entry))
        pages.pages["/feed"] = answer(status="301 Moved Permanently", Location="/new")
        await ingest.until_changed("moved")
        asked = pages.count("/feed")
        await ingest.polled_again("/new")
        assert pages.count("/feed") == asked
        assert "polled" in await ingest.changes()
        state = await ingest.last_state()
        assert len(await ingest.articles()) == 1
    assert state["id"] == str(feed_id(f"{pages.url}/feed"))
    assert (state["url"], state["moved_from"]) == (f"{pages.url}/new", f"{pages.url}/feed")


async def test_a_failure_inside_one_poll_does_not_end_the_loop(redis: Redis, pages: FeedServer) -> None:
    async def parse(fetched: Fetched) -> ParsedFeed:
        if fetched.url.endswith("/bad"):
            raise RuntimeError("unforeseen")
        return await parse_here(fetched)

    pages.pages["/bad"] = pages.pages["/feed"] = answer(rss(item(1)))
    async with ingesting(redis, pages, parse=parse, pace=Pace(concurrency=2, lease_s=0.2)) as ingest:
        await ingest.add("/bad")
        await ingest.polled_again("/bad", times=1)
        await ingest.add()
        await ingest.until_articles(1)


async def test_a_command_during_a_poll_is_not_undone_by_it(redis: Redis, pages: FeedServer) -> None:
    parsing, go_on = asyncio.Event(), asyncio.Event()

    async def parse(fetched: Fetched) -> ParsedFeed:
        parsing.set()
        await go_on.wait()
        return await parse_here(fetched)

    pages.pages["/feed"] = answer(rss(item(1)))
    url = f"{pages.url}/feed"
    async with ingesting(redis, pages, parse=parse, bounds=Bounds(interval_s=900)) as ingest:
        await ingest.add()
        await parsing.wait()
        await ingest.feeds.add(AddFeedData(id=feed_id(url), url=url, tags=("local",)), command="1-0")
        go_on.set()
        await ingest.until_changed("polled")
        state = await ingest.last_state()
    assert (state["status"], state["tags"], state["articles"]) == ("active", ["local"], 1)


async def test_what_a_poll_published_counts_though_a_refresh_took_its_lease(redis: Redis, pages: FeedServer) -> None:
    first, second, first_settled = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def parse(fetched: Fetched) -> ParsedFeed:
        if not first.is_set():
            first.set()
            await second.wait()
        else:
            second.set()
            await first_settled.wait()
        return await parse_here(fetched)

    pages.pages["/feed"] = answer(rss(item(1)))
    async with ingesting(redis, pages, parse=parse, bounds=Bounds(interval_s=900)) as ingest:
        await ingest.add()
        await first.wait()
        await ingest.feeds.refresh(feed_id(f"{pages.url}/feed"))
        await ingest.until_changed("polled")
        assert (await ingest.last_state())["articles"] == 1
        first_settled.set()


async def test_a_poll_that_outlasts_its_lease_keeps_it(redis: Redis, pages: FeedServer) -> None:
    polls = 0

    async def parse(fetched: Fetched) -> ParsedFeed:
        nonlocal polls
        polls += 1
        await asyncio.sleep(0.7)  # longer than the lease, to see it prolonged
        return await parse_here(fetched)

    pages.pages["/feed"] = answer(rss(item(1)))
    pace = Pace(concurrency=2, lease_s=0.3)
    async with ingesting(redis, pages, parse=parse, pace=pace, bounds=Bounds(interval_s=900), replicas=2) as ingest:
        await ingest.add()
        await ingest.until_changed("polled")
    assert polls == 1


async def test_replicas_publish_each_article_once(redis: Redis, pages: FeedServer) -> None:
    for number in range(12):
        pages.pages[f"/{number}"] = answer(rss(item(number), item(100)))
    async with ingesting(redis, pages, replicas=3) as ingest:
        for number in range(12):
            await ingest.add(f"/{number}")
        await ingest.until_articles(13 + 11)
        await ingest.polled_again("/0")
        kinds = [event["type"].split(".")[2] for event in await ingest.articles()]
    assert (kinds.count("published"), kinds.count("listed"), len(kinds)) == (13, 11, 24)
