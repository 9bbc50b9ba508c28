"""Ingest slows and stops where there is no room for what it would publish, says so, and loses nothing by it."""

import asyncio
import json
import logging
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError

from services.contracts.opml import Outline, write_opml
from services.contracts.streams import PAYLOAD, StreamNames
from services.ingest.slowing import NoRoom, Slowing
from services.wire.heartbeat import signs
from services.wire.tasks import end
from tests.api.serving import served, settings_for
from tests.conftest import Server
from tests.ingest.feed_server import FeedServer, answer, feed_server
from tests.ingest.feeds import item, rss
from tests.ingest.polling import ingesting
from tests.waiting import eventually, until

pytestmark = pytest.mark.anyio

NAMES = StreamNames()
FEEDS, EACH, LONG = 110, 2, "The ferry was late again, as it is in March. " * 450
TOTAL = FEEDS * EACH


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    """110 feeds of two articles of 20 kB each: 4.5 MB, and somewhat more on the stream."""
    async with feed_server() as served:
        for feed in range(FEEDS):
            entries = (item(feed * EACH + number, description=LONG) for number in range(EACH))
            served.pages[f"/{feed}"] = answer(rss(*entries))
        yield served


async def published(redis: Redis) -> list[str]:
    entries: Any = await redis.xrange(NAMES.articles)
    return [json.loads(fields[PAYLOAD.encode()])["id"] for _, fields in entries]


async def test_a_broker_without_room_stops_ingest_before_it_refuses_anything(
    server: Server, redis: Redis, pages: FeedServer, tmp_path: Path
) -> None:
    """A process of ingest, and an API that tells its readers, and those who would send more."""
    opml = tmp_path / "list.opml"
    opml.write_text(write_opml([Outline(f"{pages.url}/{feed}") for feed in range(FEEDS)], title="test"))
    ours = {
        "OPML": opml, "REDIS_URL": server.url, "ALLOW_HOSTS": "127.0.0.1", "CONSUMER": "one", "CONCURRENCY": "1",
        "RETRY_AFTER_S": "0.5", "POLL_INTERVAL_S": "3600",
    }  # fmt: skip
    env = {**os.environ, **{f"DATELINE_{name}": str(value) for name, value in ours.items()}}
    await redis.config_set("maxmemory", "6mb")

    async def level() -> str:
        return "".join(sign.told["pressure"]["level"] for sign in await signs(redis, NAMES.prefix))

    async def is_told(expected: str) -> bool:
        return await level() == expected

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.ingest", env=env, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await eventually(lambda: is_told("stop"), within_s=60)
        assert EACH < await redis.xlen(NAMES.articles) < TOTAL
        assert "errorstat_OOM" not in await redis.info("errorstats")

        async with served(settings_for(server, tmp_path, api_batch=5)) as client:
            article = {"title": "A boat came in", "url": "https://harbour.example/a-boat"}
            for refused in (
                await client.post("/v1/articles", json=article),
                await client.post("/v1/feeds", json={"url": "https://harbour.example/feed"}),
                await client.post("/v1/feeds.opml", content=opml.read_bytes(), headers={"Content-Type": "text/x-opml"}),
            ):
                assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
                assert refused.headers["Content-Type"] == "application/problem+json"
                assert "ingest publishes nothing now: Redis uses" in refused.json()["detail"]
            health = (await client.get("/v1/health")).json()
            assert health["status"] == "degraded"
            assert "ingest on one publishes nothing now: Redis uses" in health["checks"]["pressure"]
            assert health["broker"]["most"] == 6 * 2**20
            assert (await client.get("/readyz")).status_code == 200
            assert "Nothing is published now: Redis uses" in (await client.get("/feeds")).text

            await redis.config_set("maxmemory", "0")
            await eventually(lambda: is_told("calm"), within_s=30)
            await eventually(lambda: _accepted(client, article), within_s=30)
            await until_published(redis, TOTAL + 1)
            await eventually(lambda: _all_active(client), within_s=30)
        ids = await published(redis)
        assert len(set(ids)) == len(ids) == TOTAL + 1
        assert await redis.xlen(NAMES.quarantine) == 0
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _accepted(client: httpx.AsyncClient, article: dict[str, str]) -> bool:
    return (await client.post("/v1/articles", json=article)).status_code == 202


async def _all_active(client: httpx.AsyncClient) -> bool:
    statuses = Counter(feed["status"] for feed in (await client.get("/v1/feeds")).json()["feeds"])
    assert not set(statuses) - {"active", "new"}
    return statuses["active"] == FEEDS


async def until_published(redis: Redis, count: int) -> None:
    async def are() -> bool:
        return int(await redis.xlen(NAMES.articles)) >= count

    await eventually(are, within_s=60)


async def test_a_reader_that_lags_slows_it_and_when_it_has_caught_up_all_is_as_before(
    redis: Redis, pages: FeedServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "services.ingest.slowing")
    await redis.xgroup_create(NAMES.articles, "enrich", id="0", mkstream=True)
    slowing = Slowing(redis, NAMES, most_bytes=1_500_000, patience_s=0.5)
    watching = asyncio.create_task(slowing.watch())
    async with ingesting(redis, pages, slowing=slowing) as ingest:
        for feed in range(FEEDS):
            await ingest.add(f"/{feed}")
        await until(lambda: slowing.now.level == "stop", within_s=60)
        assert await redis.xlen(NAMES.articles) < TOTAL
        assert "events behind on dateline:articles" in slowing.now.why

        with pytest.raises(NoRoom):  # what is submitted waits as well
            await slowing.room()

        async def caught_up() -> bool:
            found: Any = await redis.xreadgroup("enrich", "one", {NAMES.articles: ">"}, count=100)
            for _, entries in found:
                await redis.xack(NAMES.articles, "enrich", *[entry for entry, _ in entries])
            return int(await redis.xlen(NAMES.articles)) >= TOTAL

        await eventually(caught_up, within_s=60)
        await until(lambda: slowing.now.level == "calm", within_s=30)
        await slowing.room()
        assert "failed" not in await ingest.changes()
        assert len(set(await published(redis))) == len(await published(redis)) == TOTAL
    await end(watching)
    said = [record.getMessage() for record in caplog.records]
    assert any(one.startswith("ingest publishes nothing now:") for one in said)
    assert said[-1] == "there is room again: ingest goes on as usual"


async def test_a_refused_write_stops_it_until_a_look_finds_room(redis: Redis) -> None:
    slowing = Slowing(redis, NAMES)
    slowing.refused(ConnectionError("gone"))
    assert slowing.now.level == "calm"
    slowing.refused(OutOfMemoryError("command not allowed when used memory > 'maxmemory'."))
    assert (slowing.places(32), slowing.told()["pressure"]) == (
        0, {"level": "stop", "factor": 0.0, "why": "the memory of Redis is full: it refuses what is written"},
    )  # fmt: skip
    watching = asyncio.create_task(slowing.watch())
    await slowing.room()
    assert slowing.places(32) == 32
    await end(watching)
