"""kill -9 of one of two ingest processes: the other takes its feeds over within seconds."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.contracts.opml import Outline, write_opml
from tests.conftest import Server
from tests.ingest.feed_server import FeedServer, answer, feed_server
from tests.ingest.feeds import item, rss
from tests.waiting import until, until_stream_holds

pytestmark = pytest.mark.anyio

COMMAND = (sys.executable, "-m", "services.ingest")
FEEDS = [f"/{number}" for number in range(8)]
LEASE_S, SECONDS = 2.0, 6.0


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    """Never answers the replica named `one`."""
    async with feed_server() as server:

        async def serve(writer: asyncio.StreamWriter) -> None:
            asked = server.asked[-1]
            if asked.headers["user-agent"] == "one":
                await asyncio.Event().wait()
            await answer(rss(item(int(asked.path[1:]))))(writer)

        server.pages |= dict.fromkeys(FEEDS, serve)
        yield server


@asynccontextmanager
async def replica(name: str, server: Server, opml: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """An ingest process that is up."""
    ours = {
        "OPML": str(opml), "REDIS_URL": server.url, "ALLOW_HOSTS": "127.0.0.1", "LEASE_S": str(LEASE_S),
        "CONSUMER": name, "USER_AGENT": name,
    }  # fmt: skip
    environment = {**os.environ, **{f"DATELINE_{key}": value for key, value in ours.items()}}
    process = await asyncio.create_subprocess_exec(*COMMAND, env=environment, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(30):
            while await (await asyncio.create_subprocess_exec(*COMMAND, "--health", env=environment)).wait():
                pass
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_killed_replicas_feeds_are_read_by_the_other(
    server: Server, redis: Redis, pages: FeedServer, tmp_path: Path
) -> None:
    opml = tmp_path / "list.opml"
    opml.write_text(write_opml([Outline(pages.url + path) for path in FEEDS], title="test"))

    def asked_by(name: str) -> set[str]:
        return {request.path for request in pages.asked if request.headers["user-agent"] == name}

    async with replica("one", server, opml) as one:
        await until(lambda: asked_by("one") == set(FEEDS))
        async with replica("two", server, opml):
            assert asked_by("two") == set(), "leases that are kept were taken over"
            one.kill()
            killed = time.monotonic()
            await until(lambda: asked_by("two") == set(FEEDS))
            assert time.monotonic() - killed < SECONDS
            payloads = await until_stream_holds(redis, "dateline:articles", len(FEEDS))
    assert len(set(payloads)) == len(payloads) == len(FEEDS)
