"""The service as a process: it starts, enriches, says that it lives, and stops."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from redis.asyncio import Redis

from services.contracts.enrichments import ArticleEnriched, Enrichment
from services.contracts.registry import read_event
from services.contracts.streams import PAYLOAD
from services.wire.messages import Entries
from tests.conftest import Server, free_port
from tests.enrich.articles import NOON, article, published
from tests.waiting import until, until_stream_holds

pytestmark = pytest.mark.anyio

COMMAND = [sys.executable, "-m", "services.enrich"]


def environment(server_url: str, **settings: str) -> dict[str, str]:
    """Without stories, whose events would stand among the enrichments."""
    ours = {"DATELINE_REDIS_URL": server_url, "DATELINE_CONSUMER": "one", "DATELINE_ENRICH_SKIP": "stories"}
    return os.environ | ours | settings


@contextmanager
def running(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(COMMAND, env=environment(server.url), stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def finished(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    url = settings.pop("url", f"redis://127.0.0.1:{free_port()}/0")
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(url, **settings),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


async def living(redis: Redis) -> bool:
    async with asyncio.timeout(60):
        while not await redis.exists("dateline:alive:enrich:one"):
            await asyncio.sleep(0.01)
    return True


async def test_it_enriches_lives_and_stops_on_a_signal(server: Server, redis: Redis) -> None:
    await redis.xadd("dateline:articles", {PAYLOAD: published(article()).to_wire()})
    with running(server) as process:
        await until_stream_holds(redis, "dateline:enrichments", 1)
        assert await living(redis)
        assert finished("--health", url=server.url).returncode == 0
        assert finished("--health", url=server.url, DATELINE_CONSUMER="other").returncode == 1
        process.send_signal(signal.SIGTERM)
        await until(lambda: process.poll() is not None)
        assert process.returncode == 0
    assert (await redis.xpending("dateline:articles", "enrich"))["pending"] == 0


async def test_killed_in_the_middle_it_enriches_each_article_once(server: Server, redis: Redis) -> None:
    titles = {f"Ferry {n}" for n in range(2000)}
    for title in titles:
        await redis.xadd("dateline:articles", {PAYLOAD: published(article(title)).to_wire()})
    with running(server) as process:
        await until_stream_holds(redis, "dateline:enrichments", 1)
        process.kill()
        process.wait()
    with running(server):
        payloads = await until_stream_holds(redis, "dateline:enrichments", len(titles))
    ids = [read_event(payload).id for payload in payloads]
    assert len(ids) == len(set(ids)) == len(titles)


@pytest.mark.parametrize(
    ("settings", "status", "message"),
    [
        (
            {"DATELINE_ENRICH_SKIP": "times,tidings"},
            2,
            "DATELINE_ENRICH_SKIP='times,tidings': Value error, there is no",
        ),
        ({"DATELINE_TAGS_FILE": "/missing/tags.toml"}, 2, "/missing/tags.toml: cannot be read"),
        ({"DATELINE_REDIS_URL": "nonsense"}, 2, "DATELINE_REDIS_URL='nonsense'"),
    ],
)
def test_a_bad_setting_stops_the_start_and_names_itself(settings: dict[str, str], status: int, message: str) -> None:
    ended = finished(**settings)
    assert ended.returncode == status
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_broken_rules_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "tags.toml").write_text('[[tag]]\nslug = "a"\n')
    ended = finished(DATELINE_TAGS_FILE=str(tmp_path / "tags.toml"))
    assert (ended.returncode, "tag 'a' would never be given" in ended.stderr) == (2, True)


def test_an_unknown_argument_is_refused() -> None:
    ended = finished("--helth")
    assert (ended.returncode, ended.stderr.strip()) == (1, "usage: python -m services.enrich [--health]")


async def test_it_learns_by_how_much_a_feed_is_wrong(server: Server, redis: Redis) -> None:
    for poll in range(30):
        seen = NOON + timedelta(minutes=20 * poll)
        wrong = seen + timedelta(hours=2, minutes=-(poll % 9))
        one = article(f"Ferry {poll}", first_seen=seen, seen=seen, published=f"{wrong:%a, %d %b %Y %T} GMT")
        await redis.xadd("dateline:articles", {PAYLOAD: published(one).to_wire()})
    with running(server):
        await until_stream_holds(redis, "dateline:enrichments", 30)
    entries = cast(Entries, await redis.xrange("dateline:enrichments"))
    events = [read_event(fields[PAYLOAD.encode()]) for _id, fields in entries]
    first, last = (event.data.times for event in (events[0], events[-1]) if isinstance(event, ArticleEnriched))
    assert first.published is None
    assert last.published is not None
    assert last.published.at == last.first_seen.at - timedelta(minutes=29 % 9)
    assert last.published.adjusted == "the feed writes +02:00 time as UTC: 2 h taken off, learned from 29 polls"


async def test_a_repeat_is_found_by_a_service_that_was_started_again(server: Server, redis: Redis) -> None:
    title = "Night ferry runs aground in thick fog off the island"
    other = article(f"{title}!", source={"id": "other.example", "name": "Other"})
    for number, told in enumerate((article(title), other), start=1):
        await redis.xadd("dateline:articles", {PAYLOAD: published(told).to_wire()})
        with running(server):
            payloads = await until_stream_holds(redis, "dateline:enrichments", number)
    first, second = (read_event(payload).data for payload in payloads)
    assert isinstance(first, Enrichment)
    assert isinstance(second, Enrichment)
    assert first.repeats is None
    assert second.repeats is not None
    assert second.repeats.id == first.id
