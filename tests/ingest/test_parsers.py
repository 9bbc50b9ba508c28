"""Parsing in child processes."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine

import pytest
import uvloop

from services.ingest.outcomes import Fetched
from services.ingest.parse import NotAFeed, parse_feed
from services.ingest.parsers import Parsers
from tests.ingest.feeds import URL, item, rss
from tests.waiting import until

pytestmark = pytest.mark.anyio

NASTY = rss("<author>" + "a" * 300_000 + "</author>")
"""feedparser looks for a mail address in this for minutes."""


def fetched(body: bytes) -> Fetched:
    return Fetched(body, URL)


async def test_gives_what_parsing_here_gives() -> None:
    body = rss(item(1, "Naïve café 😀"), item(2), channel="<title>t</title><ttl>5</ttl>")
    async with Parsers(count=1) as parsers:
        assert await parsers.parse(fetched(body)) == parse_feed(body, url=URL)


async def test_what_is_no_feed_is_refused_with_the_same_reason() -> None:
    async with Parsers(count=1) as parsers:
        with pytest.raises(NotAFeed, match="an HTML page"):
            await parsers.parse(fetched(b"<html/>"))
        assert len((await parsers.parse(fetched(rss(item(1))))).entries) == 1


async def test_a_feed_that_takes_too_long_is_refused_and_the_next_is_read() -> None:
    async with Parsers(count=1, limit_s=1.0) as parsers:
        with pytest.raises(NotAFeed, match="cannot be read in 1 s of computing"):
            await parsers.parse(fetched(NASTY))
        assert len((await parsers.parse(fetched(rss(item(1))))).entries) == 1


async def test_what_counts_is_the_time_that_it_computes() -> None:
    async with Parsers(count=1, limit_s=1.0) as parsers:
        parse = asyncio.create_task(parsers.parse(fetched(rss(*map(item, range(100))))))
        await until(lambda: bool(parsers.children.running))
        (child,) = parsers.children.running
        os.kill(child.pid, signal.SIGSTOP)  # as a machine does that has no time for it
        done, _ = await asyncio.wait([parse], timeout=2.0)
        assert not done
        os.kill(child.pid, signal.SIGCONT)
        assert len((await parse).entries) == 100


async def test_a_feed_that_ends_two_children_is_refused_and_the_next_is_read() -> None:
    async with Parsers(count=1) as parsers:
        parse, killed = asyncio.create_task(parsers.parse(fetched(NASTY))), set[int]()
        while not parse.done():
            for child in parsers.children.running:
                if child.pid not in killed:
                    killed.add(child.pid)
                    os.kill(child.pid, signal.SIGKILL)
            await asyncio.sleep(0.01)
        with pytest.raises(NotAFeed, match="crash"):
            await parse
        assert len(killed) == 2
        assert len((await parsers.parse(fetched(rss(item(1))))).entries) == 1


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_no_feed_pays_for_a_child_that_somebody_killed(run: Callable[[Coroutine[None, None, None]], None]) -> None:
    async def read_after_a_kill() -> None:
        async with Parsers(count=1) as parsers:
            await parsers.parse(fetched(rss(item(1))))
            (child,) = parsers.children.running
            os.kill(child.pid, signal.SIGKILL)
            await child.wait()
            assert len((await parsers.parse(fetched(rss(item(1))))).entries) == 1

    run(read_after_a_kill())


async def test_a_feed_is_parsed_by_the_child_that_knows_its_entries() -> None:
    async with Parsers(count=3) as parsers:
        for _ in range(4):
            await parsers.parse(fetched(rss(item(1))))
        assert len(parsers.children.running) == 1


async def test_a_busy_child_keeps_no_feed_waiting_while_another_is_idle() -> None:
    async with Parsers(count=2) as parsers:
        slow = asyncio.create_task(parsers.parse(fetched(NASTY)))
        await until(lambda: bool(parsers.children.running))
        assert len((await parsers.parse(fetched(rss(item(1))))).entries) == 1
        assert not slow.done()
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        await asyncio.gather(*(parsers.parse(fetched(rss(item(1)))) for _ in range(3)))
        assert len(parsers.children.running) == 2


async def test_children_end_with_their_parent() -> None:
    async with Parsers(count=2) as parsers:
        await asyncio.gather(*(parsers.parse(fetched(rss(item(1)))) for _ in range(4)))
        children = list(parsers.children.running)
    await until(lambda: all(child.returncode is not None for child in children))
