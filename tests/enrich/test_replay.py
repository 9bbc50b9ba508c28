"""Articles that an earlier version enriched, enriched again: once, resumable, and after what is new."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from services.contracts.enrichments import ArticleEnriched
from services.contracts.registry import read_event
from services.contracts.streams import PAYLOAD, StreamNames
from services.enrich.context import Context
from services.enrich.enricher import enriched
from services.enrich.pipeline import Pipeline
from services.enrich.replay import AnotherReplay, Progress, Replay, Wanted
from services.enrich.thinker import Thinker
from services.wire.process import utc_now
from tests.conftest import Server
from tests.enrich.articles import NOON, article, published
from tests.waiting import until_stream_holds

pytestmark = pytest.mark.anyio

NAMES = StreamNames()


@pytest.fixture(scope="module")
def thinker() -> Iterator[Thinker]:
    thinker = Thinker()
    yield thinker
    thinker.close()


@pytest.fixture
async def stored(redis: Redis) -> list[str]:
    """Three articles, and their enrichments by version 1 of the pipeline."""
    titles = ["Ferry one", "Ferry two", "Ferry three"]
    for title in titles:
        event = published(article(title))
        await redis.xadd(NAMES.articles, {PAYLOAD: event.to_wire()})
        [old] = Pipeline(()).enrich([event.data], [Context()])
        await redis.xadd(NAMES.enrichments, {PAYLOAD: enriched(old, None, NOON).to_wire()})
    return titles


def replay(redis: Redis, thinker: Thinker) -> Replay:
    return Replay(redis, NAMES, thinker, (), utc_now, per_second=1_000)


async def run(replay: Replay, wanted: Wanted | None = None) -> list[Progress]:
    return [progress async for progress in replay.run(wanted or Wanted())]


async def enrichments(redis: Redis) -> list[ArticleEnriched]:
    payloads = await until_stream_holds(redis, NAMES.enrichments, 0)
    return [event for event in map(read_event, payloads) if isinstance(event, ArticleEnriched)]


async def test_what_an_earlier_version_enriched_is_enriched_again_once(
    redis: Redis, thinker: Thinker, stored: list[str]
) -> None:
    assert (await run(replay(redis, thinker)))[-1] == Progress(3, 3)
    again = (await enrichments(redis))[3:]
    assert [event.data.title for event in again] == stored
    assert {event.data.version for event in again} == {thinker.version}
    assert (await run(replay(redis, thinker)))[-1] == Progress(0, 0)
    assert len(await enrichments(redis)) == 6


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(source="elsewhere.example"), 0),
        (Wanted.of(datetime.now(UTC) + timedelta(hours=1), None, force=False), 0),
        (Wanted.of(datetime.now(UTC) - timedelta(hours=1), None, force=False), 3),
    ],
)
@pytest.mark.usefixtures("stored")
async def test_only_what_is_wanted(redis: Redis, thinker: Thinker, wanted: Wanted, count: int) -> None:
    assert (await run(replay(redis, thinker), wanted))[-1].total == count
    assert len(await enrichments(redis)) == 3 + count


@pytest.mark.usefixtures("stored")
async def test_forced_it_does_all_again_and_each_run_does_it_once(redis: Redis, thinker: Thinker) -> None:
    for count in (6, 9):
        await run(replay(redis, thinker), Wanted(force=True))
        assert len(await enrichments(redis)) == count


async def test_stopped_in_the_middle_it_goes_on_there(redis: Redis, thinker: Thinker) -> None:
    for number in range(120):
        await redis.xadd(NAMES.articles, {PAYLOAD: published(article(f"Ferry {number}")).to_wire()})
    halves = replay(redis, thinker).run(Wanted(force=True))
    async for progress in halves:
        if progress.done:
            break
    await halves.aclose()  # type: ignore[attr-defined]  # an async generator
    assert progress.done == 50
    assert (await run(replay(redis, thinker), Wanted(force=True)))[0].done == 50
    titles = [event.data.title for event in await enrichments(redis)]
    assert (len(titles), len(set(titles))) == (120, 120)


async def test_two_at_once_append_nothing_twice(redis: Redis, thinker: Thinker) -> None:
    for number in range(200):
        await redis.xadd(NAMES.articles, {PAYLOAD: published(article(f"Ferry {number}")).to_wire()})
    outcomes = await asyncio.gather(run(replay(redis, thinker)), run(replay(redis, thinker)), return_exceptions=True)
    gave_way = [outcome for outcome in outcomes if isinstance(outcome, AnotherReplay)]
    finished = [outcome for outcome in outcomes if isinstance(outcome, list)]
    assert len(finished) >= 1, outcomes
    assert len(finished) + len(gave_way) == 2, outcomes  # who comes when the other is done has nothing to give way to
    ids = [event.id for event in await enrichments(redis)]
    assert len(ids) == len(set(ids)) <= 200
    await run(replay(redis, thinker))
    assert len(await enrichments(redis)) == 200


@pytest.mark.usefixtures("stored")
async def test_new_articles_go_first(redis: Redis, thinker: Thinker) -> None:
    await redis.xgroup_create(NAMES.articles, "enrich", id="$")
    for number in range(150):
        await redis.xadd(NAMES.articles, {PAYLOAD: published(article(f"Rain {number}")).to_wire()})
    running = replay(redis, thinker).run(Wanted())
    assert not (await anext(running)).waiting
    assert (await anext(running)).waiting
    await redis.xgroup_setid(NAMES.articles, "enrich", "$")
    rest = [progress async for progress in running]
    assert rest[-1] == Progress(153, 153)


def test_the_command(server: Server) -> None:
    command = [sys.executable, "-m", "services.cli", "replay", "enrich"]

    def dateline(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = os.environ | {"DATELINE_REDIS_URL": server.url}
        given = [*command, *arguments]
        return subprocess.run(given, env=environment, capture_output=True, text=True, timeout=60, check=False)

    done = dateline()
    assert (done.returncode, done.stdout) == (0, "nothing to do: all were enriched by the present version\n"), done
    bad = dateline("--since", "yesterday")
    assert (bad.returncode, "Traceback" in bad.stderr, "neither a date" in bad.stderr) == (1, False, True), bad
