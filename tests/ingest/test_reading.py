"""One feed from a real server to a real stream, poll after poll, with servers whose "not modified" is true or not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis

from services.contracts.identity import feed_id
from services.ingest.feed_state import FeedState
from services.ingest.fetch import Fetcher, Limits
from services.ingest.memory import Memory
from services.ingest.outcomes import Fetched
from services.ingest.parse import ParsedFeed, parse_feed
from services.ingest.poll import after_poll
from services.ingest.publish import Publisher
from services.ingest.reading import Reader
from services.ingest.rhythm import Bounds
from services.ingest.switch import Found
from services.wire.process import utc_now
from tests.ingest.feed_server import FeedServer, answer, feed_server
from tests.ingest.feeds import item, rss

pytestmark = pytest.mark.anyio


@dataclass
class Reading:
    """A feed at a server that a test changes between polls."""

    reader: Reader
    pages: FeedServer
    state: FeedState

    async def poll(self, times: int = 1) -> FeedState:
        for _ in range(times):
            outcome = await self.reader.read(self.state)
            assert not isinstance(outcome, Found)
            self.state = after_poll(self.state, outcome, utc_now(), Bounds(), 0.5).state
        return self.state

    def asked_whole(self) -> int:
        return sum("if-none-match" not in request.headers for request in self.pages.asked)


@pytest.fixture
async def reading(redis: Redis) -> AsyncIterator[Reading]:
    async def parse(fetched: Fetched) -> ParsedFeed:
        return parse_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)

    limits = Limits(timeout_s=5.0, body_bytes=1_000_000)
    allowed = frozenset({"127.0.0.1"})
    async with (
        feed_server() as pages,
        Fetcher(user_agent="test/1", allowed_hosts=allowed, limits=limits, clock=utc_now) as fetcher,
    ):
        publisher = Publisher(Memory(redis, "dateline", "dateline:articles"))
        url = f"{pages.url}/feed"
        state = FeedState(id=feed_id(url), origin=url, url=url, since=utc_now())
        yield Reading(Reader(fetcher=fetcher, parse=parse, publisher=publisher, clock=utc_now), pages, state)


async def test_a_validator_that_lies_is_found_out_and_not_believed_again(reading: Reading) -> None:
    entries = 1

    async def lie(writer: asyncio.StreamWriter) -> None:
        conditional = "if-none-match" in reading.pages.asked[-1].headers
        body = rss(*(item(number + 1) for number in range(entries)))
        await (answer(status="304 Not Modified") if conditional else answer(body, ETag='"for ever"'))(writer)

    reading.pages.pages["/feed"] = lie
    await reading.poll()
    entries = 2
    assert (await reading.poll(times=20)).articles == 1
    found_out = await reading.poll()
    assert (found_out.articles, found_out.validators_lie) == (2, True)
    entries = 3
    assert (await reading.poll()).articles == 3


async def test_an_honest_validator_is_checked_now_and_then_and_believed_again(reading: Reading) -> None:
    etag = '"1"'

    async def honest(writer: asyncio.StreamWriter) -> None:
        unchanged = reading.pages.asked[-1].headers.get("if-none-match") == etag
        body = rss(item(int(etag.strip('"'))))
        await (answer(status="304 Not Modified") if unchanged else answer(body, ETag=etag))(writer)

    reading.pages.pages["/feed"] = honest
    await reading.poll(times=1 + 20)
    assert reading.asked_whole() == 1
    etag = '"2"'  # it changes just before the check
    checked = await reading.poll()
    assert (reading.asked_whole(), checked.articles, checked.validators_lie, checked.repeats) == (2, 2, False, 0)
    await reading.poll(times=20)
    assert reading.asked_whole() == 2
    assert reading.state.repeats == 20


async def test_a_body_that_changes_without_other_articles_makes_no_liar(reading: Reading) -> None:
    async def counts(writer: asyncio.StreamWriter) -> None:
        conditional = "if-none-match" in reading.pages.asked[-1].headers
        built = f"<title>Courier</title><lastBuildDate>{len(reading.pages.asked)}</lastBuildDate>"
        whole = answer(rss(item(1), channel=built), ETag='W/"1"')
        await (answer(status="304 Not Modified") if conditional else whole)(writer)

    reading.pages.pages["/feed"] = counts
    await reading.poll(times=1 + 20 + 1)
    assert (reading.asked_whole(), reading.state.validators_lie) == (2, False)


@pytest.mark.parametrize(("own", "wait"), [(False, 3_600), (True, 900)])
async def test_wishes_count_unless_the_host_is_ones_own(reading: Reading, own: bool, wait: float) -> None:
    channel = "<title>Courier</title><ttl>60</ttl>"
    reading.pages.pages["/feed"] = answer(rss(item(1), channel=channel), Cache_Control="max-age=1800")
    outcome = await reading.reader.read(reading.state, own=own)
    assert not isinstance(outcome, Found)
    now = utc_now()
    state = after_poll(reading.state, outcome, now, Bounds(), 0.5).state
    assert state.next_poll_at
    assert (state.next_poll_at - now).total_seconds() == pytest.approx(wait)
