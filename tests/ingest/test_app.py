"""The service as a process: it starts, publishes, is healthy, survives being killed, and stops."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.contracts.opml import Outline, write_opml
from tests.conftest import Server
from tests.ingest.feed_server import FeedServer, answer, feed_server
from tests.ingest.feeds import item, rss
from tests.waiting import until_stream_holds

pytestmark = pytest.mark.anyio

COMMAND = (sys.executable, "-m", "services.ingest")


def environment(server: Server, opml: Path) -> dict[str, str]:
    ours = {"OPML": str(opml), "REDIS_URL": server.url, "ALLOW_HOSTS": "127.0.0.1", "CONSUMER": "one", "LEASE_S": "1"}
    return {**os.environ, **{f"DATELINE_{name}": value for name, value in ours.items()}}


@asynccontextmanager
async def running(env: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(*COMMAND, env=env, stderr=asyncio.subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as served:
        yield served


async def test_publishes_each_article_once_though_it_is_killed(
    server: Server, redis: Redis, pages: FeedServer, tmp_path: Path
) -> None:
    names = [f"/{number}" for number in range(10)]
    for number, name in enumerate(names):
        pages.pages[name] = answer(rss(*(item(100 * number + each) for each in range(100))))
    opml = tmp_path / "list.opml"
    opml.write_text(write_opml([Outline(pages.url + name) for name in names], title="test"))
    env = environment(server, opml)
    async with running(env) as process:
        await until_stream_holds(redis, "dateline:articles", 200)
        process.kill()
    async with running(env) as process:
        payloads = await until_stream_holds(redis, "dateline:articles", 1_000)
        assert len(set(payloads)) == len(payloads) == 1_000
        health = await asyncio.create_subprocess_exec(*COMMAND, "--health", env=env)
        assert await health.wait() == 0
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_a_broken_list_stops_the_start(server: Server, tmp_path: Path) -> None:
    opml = tmp_path / "list.opml"
    opml.write_text("<opml>\n<body>")
    done = await asyncio.to_thread(
        subprocess.run, COMMAND, env=environment(server, opml), capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 2
    assert "list.opml, line 2" in done.stderr
    assert "Traceback" not in done.stderr
