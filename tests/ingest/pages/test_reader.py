"""Full text end to end: teaser first, then the page's text as one more revision, whatever goes wrong between."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from redis.asyncio import Redis

from services.contracts.commands import AddFeedData
from services.contracts.identity import feed_id
from services.ingest.hosts import Manners
from services.ingest.memory import Memory
from services.wire.process import utc_now
from tests.ingest.feed_server import Answer, FeedServer, answer, feed_server, raw
from tests.ingest.pages.articles import BODY, page
from tests.ingest.pages.full_text import FullText, full_text

pytestmark = pytest.mark.anyio

HTML = "text/html; charset=utf-8"
DATED = '<meta property="article:published_time" content="2026-03-01T09:00:00Z">'


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        server.pages["/1"] = answer(page(), Content_Type=HTML)
        yield server


@pytest.fixture
async def wire(redis: Redis, pages: FeedServer) -> AsyncIterator[FullText]:
    async with full_text(redis, pages) as wire:
        yield wire


async def test_the_teaser_comes_at_once_and_the_text_as_one_more_revision(wire: FullText) -> None:
    wire.pages.pages["/1"] = answer(page(head=DATED), Content_Type=HTML)
    await wire.add()
    await wire.poll("/1")
    (first,) = await wire.articles()
    assert "text" not in first
    first, second = await wire.settled()
    assert (second["id"], second["revision"]) == (first["id"], 2)
    assert second["text"] == "\n\n".join(BODY)
    assert second["html"].count("<p>") == len(BODY)
    assert second["summary"] == first["summary"]
    assert second["page"]["gave_text"] is True
    assert second["page"]["published"] == "2026-03-01T09:00:00Z"
    assert await wire.queue.counts() == {"text": 1}
    asked = next(request for request in wire.pages.asked if request.path == "/1")
    assert asked.headers["accept"].startswith("text/html")
    assert asked.headers["user-agent"].startswith("Dateline/")


async def test_what_did_not_change_in_the_feed_is_not_published_again(wire: FullText) -> None:
    await wire.add()
    await wire.poll("/1")
    await wire.settled()
    await wire.poll("/1")
    assert len(await wire.settled()) == 2
    assert wire.pages.count("/1") == 1


async def test_a_changed_entry_is_published_and_its_page_read_again(wire: FullText) -> None:
    await wire.add()
    await wire.poll("/1")
    await wire.settled()
    await wire.poll("/1", description="The harbour master has read it twice.")
    found = await wire.settled()
    assert [(one["revision"], "text" in one) for one in found] == [(1, False), (2, True), (3, False), (4, True)]
    assert found[-1]["summary"] == "The harbour master has read it twice."


async def test_a_change_while_the_page_waits_makes_the_old_page_worthless(wire: FullText) -> None:
    await wire.add()
    await wire.poll("/1")
    await wire.poll("/1", description="The harbour master has read it twice.")
    found = await wire.settled()
    assert [(one["revision"], "text" in one) for one in found] == [(1, False), (2, False), (3, True)]
    assert wire.pages.count("/1") == 1
    assert await wire.queue.counts() == {"text": 1, "outdated": 1}


@pytest.mark.parametrize("full_text", [True, False])
async def test_only_feeds_that_want_it_and_have_teasers_have_their_pages_read(wire: FullText, full_text: bool) -> None:
    await wire.add(full_text=full_text)
    await wire.poll("/1", description="<![CDATA[<p>" + "</p><p>".join(BODY) + "</p>]]>" if full_text else "Short.")
    assert await wire.queue.waiting() == 0


async def test_a_feed_that_changed_its_mind_has_no_pages_read(wire: FullText) -> None:
    await wire.add()
    await wire.poll("/1")
    kept = await wire.registry.get((await wire.registry.take_due(utc_now(), 1, 1.0))[0].feed)
    assert kept
    assert await wire.registry.save(kept, kept.state.model_copy(update={"full_text": False}))
    assert len(await wire.settled()) == 1
    assert await wire.queue.counts() == {"unwanted": 1}


FINAL: list[tuple[Answer, str]] = [
    (answer(b"no", "404 Not Found"), "status"),
    (answer(b"no", "403 Forbidden"), "status"),
    (answer(b"no", "410 Gone"), "gone"),
    (answer(b"%PDF-1.4 " + b"x" * 2_000, Content_Type="application/pdf"), "protocol"),
    (answer(page()), "protocol"),
    (answer(b"<p>" + b"x" * 1_100_000, Content_Type=HTML), "too-large"),
    (answer(b"", Content_Type=HTML), "unreadable"),
    (answer(b"<html><body><p>Please enable JavaScript.</p></body></html>", Content_Type=HTML), "no-gain"),
    (answer(page("Cookies help us deliver our services to you. " * 9), Content_Type=HTML), "no-gain"),
    (answer(page(), Content_Type=HTML, X_Robots_Tag="noarchive"), "no-gain"),
    (answer(status="302 Found", Location="http://10.0.0.1/"), "address"),
    (answer(status="302 Found", Location="file:///etc/passwd"), "redirect"),
    (answer(status="302 Found", Location="/1"), "redirect"),
]


@pytest.mark.parametrize(("served", "kind"), FINAL)
async def test_a_page_that_will_not_do_leaves_the_teaser(wire: FullText, served: Answer, kind: str) -> None:
    wire.pages.pages["/1"] = served
    await wire.add()
    await wire.poll("/1", date="Sun, 01 Mar 2026 09:00:00 GMT")
    (only,) = await wire.settled()
    assert "page" not in only
    assert await wire.queue.counts() == {kind: 1}


PASSING: list[tuple[Answer, int]] = [
    (answer(b"no", "500 Internal Server Error"), 60),
    (answer(b"no", "503 Service Unavailable", Retry_After="30"), 60),
    (answer(b"no", "429 Too Many Requests", Retry_After="900"), 900),
    (raw(b""), 60),
    (raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", then_stall=True), 60),
]


@pytest.mark.parametrize(("served", "wait_s"), PASSING)
async def test_a_page_that_fails_for_now_is_tried_again_later(
    redis: Redis, pages: FeedServer, served: Answer, wait_s: int
) -> None:
    pages.pages["/1"] = served
    async with full_text(redis, pages, timeout_s=0.3) as wire:
        await wire.add()
        await wire.poll("/1")
        (lease,) = await wire.queue.take(utc_now(), 1, 5.0)
        await wire.page_reader.read(lease)
        assert not await wire.queue.take(utc_now() + timedelta(seconds=wait_s - 5), 1, 5.0)
        pages.pages["/1"] = answer(page(), Content_Type=HTML)
        (lease,) = await wire.queue.take(utc_now() + timedelta(seconds=wait_s), 1, 5.0)
        assert lease.page.failures == 1
        await wire.page_reader.read(lease)
        assert "text" in (await wire.articles())[-1]


async def test_a_page_that_robots_may_not_read_is_never_asked_for(wire: FullText) -> None:
    wire.pages.pages |= {"/robots.txt": answer(b"User-agent: *\nDisallow: /2")}
    wire.pages.pages["/2"] = wire.pages.pages["/1"]
    await wire.add()
    await wire.poll("/1", "/2")
    assert len(await wire.settled()) == 3
    assert wire.pages.count("/2") == 0
    assert await wire.queue.counts() == {"text": 1, "robots": 1}


async def test_a_date_that_only_the_page_has_is_published_without_its_text(wire: FullText) -> None:
    wire.pages.pages["/1"] = answer(page("Too short.", head=DATED), Content_Type=HTML)
    await wire.add()
    await wire.poll("/1")
    first, second = await wire.settled()
    assert (second["page"]["published"], second["page"]["gave_text"]) == ("2026-03-01T09:00:00Z", False)
    assert second["summary"] == first["summary"]
    assert "text" not in second


async def test_a_crash_after_queueing_loses_nothing(wire: FullText, monkeypatch: pytest.MonkeyPatch) -> None:
    async def killed(_memory: Memory, *_written: object) -> dict[Any, Any]:
        raise ConnectionError("killed")

    await wire.add()
    with monkeypatch.context() as patch:
        patch.setattr(Memory, "write", killed)
        with pytest.raises(ConnectionError):
            await wire.poll("/1")
    assert await wire.articles() == []
    async with wire.reading():
        await wire.poll("/1")
        found = await wire.until_settled()
    assert [(one["revision"], "text" in one) for one in found] == [(1, False), (2, True)]


async def test_a_crash_after_publishing_repeats_nothing(wire: FullText, monkeypatch: pytest.MonkeyPatch) -> None:
    async def killed(*_arguments: object) -> bool:
        raise ConnectionError("killed")

    await wire.add()
    await wire.poll("/1")
    (lease,) = await wire.queue.take(utc_now(), 1, 0.01)
    with monkeypatch.context() as patch:
        patch.setattr(wire.queue, "settle", killed)
        with pytest.raises(ConnectionError):
            await wire.page_reader.read(lease)
    assert len(await wire.articles()) == 2
    assert len(await wire.settled()) == 2
    assert await wire.queue.counts() == {"outdated": 1}


async def test_a_killed_replicas_pages_are_taken_over_and_two_publish_once(wire: FullText) -> None:
    await wire.add()
    await wire.poll("/1")
    (lost,) = await wire.queue.take(utc_now(), 1, 0.05)
    assert len(await wire.settled()) == 2
    await wire.page_reader.read(lost)
    assert len(await wire.articles()) == 2


async def test_another_feed_that_lists_the_article_does_not_keep_its_page_from_it(wire: FullText) -> None:
    await wire.add()
    await wire.poll("/1")
    url = f"{wire.pages.url}/other"
    wire.pages.pages["/other"] = wire.pages.pages["/feed"]
    await wire.feeds.add(AddFeedData(id=feed_id(url), url=url, full_text=True), command=None)
    kept = await wire.registry.get(feed_id(url))
    assert kept
    await wire.reader.read(kept.state)
    assert [one.get("revision") for one in await wire.settled()] == [1, None, 2]
    assert wire.pages.count("/1") == 1


async def test_pages_of_one_site_are_asked_one_at_a_time_and_apart(redis: Redis, pages: FeedServer) -> None:
    paths = [f"/{number}" for number in range(1, 5)]
    pages.pages |= dict.fromkeys(paths, answer(page(), Content_Type=HTML))
    manners = Manners(concurrency=2, spacing_s=0.1)
    async with full_text(redis, pages, manners=manners, spacing_s=0.2) as wire:
        await wire.add()
        await wire.poll(*paths)
        await wire.settled()
    times = [request.at for request in pages.asked if request.path in paths]
    assert len(times) == 4
    assert all(later - earlier >= 0.19 for earlier, later in pairwise(times))
