"""From a page to its feed, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from services.ingest.discover import Discovery, discover
from services.ingest.fetch import Fetcher, Limits
from services.ingest.outcomes import Fetched
from services.ingest.parse import ParsedFeed, parse_feed
from tests.ingest.feed_server import FeedServer, answer, feed_server, raw
from tests.ingest.feeds import atom, item, rss

pytestmark = pytest.mark.anyio

TWO = rss(item(1), item(2))
COMMENTS = rss(item(1), channel="<title>Comments for Courier</title>")


@pytest.fixture
async def site() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


async def parse(fetched: Fetched) -> ParsedFeed:
    return parse_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)


async def discover_on(site: FeedServer, html: str, patience_s: float = 10.0) -> Discovery:
    site.pages["/"] = answer(b"<!doctype html>" + html.encode())
    limits = Limits(timeout_s=5, body_bytes=1_000_000)
    allowed = frozenset({"127.0.0.1"})
    async with Fetcher(
        user_agent="test/1", allowed_hosts=allowed, limits=limits, clock=lambda: datetime.now(UTC)
    ) as client:
        page = await client.fetch(f"{site.url}/")
        assert isinstance(page, Fetched)
        return await discover(page, client, parse, patience_s=patience_s)


def chosen(discovery: Discovery) -> str:
    assert discovery.chosen, discovery.reason
    return discovery.chosen.url


def declares(*hrefs: str) -> str:
    return "".join(f'<link rel="alternate" type="application/rss+xml" href="{href}">' for href in hrefs)


async def test_all_declared_feeds_are_read_and_the_main_one_is_chosen(site: FeedServer) -> None:
    site.pages |= {"/c": answer(COMMENTS), "/f": answer(TWO), "/a": answer(atom())}
    discovery = await discover_on(site, declares("/c", "/a", "/f", "/gone"))
    assert chosen(discovery) == f"{site.url}/f"
    assert [(one.title, one.entries, one.format) for one in discovery.candidates if not one.problem] == [
        ("Comments for Courier", 1, "RSS 2.0"),
        ("Harbour Courier", 0, "Atom 1.0"),
        ("Harbour Courier", 2, "RSS 2.0"),
    ]
    assert [one.problem for one in discovery.candidates if one.problem] == [
        "the server answered 404 Not Found; check the address of the feed"
    ]
    assert len(site.asked) == 5, "nothing is guessed where a declared feed is good"


async def test_links_are_read_where_nothing_good_is_declared(site: FeedServer) -> None:
    site.pages |= {"/c": answer(COMMENTS), "/news.rss": answer(TWO)}
    discovery = await discover_on(site, declares("/c") + '<a href="news.rss">RSS</a>')
    assert chosen(discovery) == f"{site.url}/news.rss"


async def test_well_known_paths_are_tried_last_and_only_up_to_the_first_feed(site: FeedServer) -> None:
    site.pages |= {"/feed": answer(b"<!doctype html>Not found"), "/feed.xml": answer(TWO), "/rss.xml": answer(TWO)}
    discovery = await discover_on(site, "<p>Hello")
    assert chosen(discovery) == f"{site.url}/feed.xml"
    assert [request.path for request in site.asked] == ["/", "/feed", "/rss", "/feed.xml"]


async def test_a_feed_that_moved_for_good_is_known_by_its_new_address_and_once(site: FeedServer) -> None:
    site.pages |= {"/old": answer(status="301 Moved", Location="/new"), "/new": answer(TWO)}
    discovery = await discover_on(site, declares("/old", "/new"))
    assert chosen(discovery) == f"{site.url}/new"
    assert len(discovery.candidates) == 1


async def test_where_there_is_none_the_reason_says_what_to_do(site: FeedServer) -> None:
    discovery = await discover_on(site, "<p>Hello")
    assert discovery.chosen is None
    assert "an HTML page, and no feed was found" in discovery.reason
    assert "give a feed's address" in discovery.reason


async def test_inner_addresses_are_refused_here_as_well(site: FeedServer) -> None:
    site.pages["/to-inside"] = answer(status="302 Found", Location="http://10.0.0.1/feed")
    discovery = await discover_on(site, declares("http://127.0.0.2:80/feed", "/to-inside", "http://[::1]/f"))
    problems = [one.problem for one in discovery.candidates if one.how == "declared"]
    assert len(problems) == 3
    assert all("DATELINE_ALLOW_HOSTS" in (problem or "") for problem in problems)


async def test_a_page_with_thousands_of_links_costs_few_requests(site: FeedServer) -> None:
    links = "".join(f'<a href="/feed/{number}">x</a>' for number in range(5_000))
    await discover_on(site, declares(*(f"/d{number}" for number in range(5_000))) + links)
    assert len(site.asked) <= 1 + 3 * 12


async def test_a_server_that_wants_peace_is_asked_for_no_more_guesses(site: FeedServer) -> None:
    site.pages["/feed"] = answer(status="429 Too Many Requests", Retry_After="60")
    await discover_on(site, "<p>Hello")
    assert [request.path for request in site.asked] == ["/", "/feed"]


async def test_a_candidate_that_stalls_ends_the_search_and_loses_nothing_that_was_found(site: FeedServer) -> None:
    site.pages |= {"/f": answer(TWO), "/slow": raw(b"HTTP/1.1 200 OK\r\n\r\n<rss", then_stall=True)}
    async with asyncio.timeout(4):
        discovery = await discover_on(site, declares("/f", "/slow"), patience_s=0.5)
    assert chosen(discovery) == f"{site.url}/f"
