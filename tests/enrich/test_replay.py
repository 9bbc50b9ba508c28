"""Articles that an earlier version enriched, enriched again: once, resumable, and after what is new."""

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.contracts.enrichments import ArticleEnriched, Setup
from services.contracts.registry import read_event
from services.contracts.streams import PAYLOAD, StreamNames
from services.enrich.context import Context
from services.enrich.enricher import enriched
from services.enrich.outdated import Wanted
from services.enrich.pipeline import Pipeline
from services.enrich.replay import AnotherReplay, Progress, Replay
from services.enrich.setups import Setups
from services.enrich.thinker import Thinker
from services.wire.process import utc_now
from tests.conftest import Server
from tests.enrich.articles import NOON, article, published
from tests.waiting import until_stream_holds

pytestmark = pytest.mark.anyio

NAMES = StreamNames()
RULE = '[[tag]]\nslug = "{0}"\nwords = ["ferry"]\n'
NOTHING = "nothing to do: no article would come out otherwise\n"


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


def tags(event: ArticleEnriched) -> tuple[str, ...]:
    return tuple(tag.slug for tag in event.data.tags)


def setups(events: Iterable[ArticleEnriched]) -> list[Setup | None]:
    return [event.data.setup for event in events]


async def enrichments(redis: Redis) -> list[ArticleEnriched]:
    payloads = await until_stream_holds(redis, NAMES.enrichments, 0)
    return [event for event in map(read_event, payloads) if isinstance(event, ArticleEnriched)]


async def test_what_an_earlier_version_enriched_is_enriched_again_once(
    redis: Redis, thinker: Thinker, stored: list[str]
) -> None:
    assert (await run(replay(redis, thinker)))[-1] == Progress(3, 3)
    again = (await enrichments(redis))[3:]
    assert [event.data.title for event in again] == stored
    assert {(event.data.version, event.data.again) for event in again} == {(thinker.version, True)}
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
async def test_forced_it_does_all_again_and_what_came_last_counts(redis: Redis, thinker: Thinker) -> None:
    for count in (6, 9):
        await run(replay(redis, thinker), Wanted(force=True))
        assert len(await enrichments(redis)) == count
    found = await enrichments(redis)
    assert len({event.id for event in found}) == 9
    second, third = setups(found)[3], setups(found)[6]
    assert second is not None
    assert third is not None
    assert (second.digest, second.since < third.since) == (third.digest, True)
    assert (await run(replay(redis, thinker)))[-1].total == 0


async def test_what_waits_for_enrich_is_left_to_it(redis: Redis, thinker: Thinker, stored: list[str]) -> None:
    await redis.xgroup_create(NAMES.articles, "enrich", id="$")
    await redis.xadd(NAMES.articles, {PAYLOAD: published(article("Taken")).to_wire()})
    await redis.xreadgroup("enrich", "one", {NAMES.articles: ">"})
    await redis.xadd(NAMES.articles, {PAYLOAD: published(article("New")).to_wire()})
    await redis.xadd(NAMES.articles, {PAYLOAD: published(article(stored[0], revision=2)).to_wire()})
    for poison in (b"{", b"[]", b'{"data": 1}', b'{"data": {"id": "x", "revision": "x", "source": {}}}'):
        await redis.xadd(NAMES.articles, {PAYLOAD: poison})
        await redis.xadd(NAMES.enrichments, {PAYLOAD: b'{"type": "dateline.article.enriched.v1", "data": {}}'})
    assert (await run(replay(redis, thinker)))[-1] == Progress(2, 2)


async def test_two_that_are_set_up_differently_end_when_each_was_begun_with_once(
    redis: Redis, thinker: Thinker, stored: list[str]
) -> None:
    """Who began last counts; who goes on with what it had tells nothing new."""
    without = Thinker(off=["names"])
    try:
        one, other = Setups(redis, NAMES), Setups(redis, NAMES)
        first = [await one.begin(thinker.setup.digest), await other.begin(without.setup.digest)]
        assert first[0].since < first[1].since
        for setups_, mine in ((one, thinker), (other, without), (one, thinker)):
            [dated] = await setups_.dated(mine.enrich([article("Ferry one")], [Context()]))
            assert dated.setup in first
        for each in (thinker, without, thinker):
            assert (await run(replay(redis, each)))[-1] == Progress(3, 3)
            assert (await run(replay(redis, each)))[-1] == Progress(0, 0)
    finally:
        without.close()
    sinces = [setup.since for setup in setups((await enrichments(redis))[3:]) if setup]
    assert sinces == sorted(sinces)
    assert (len(sinces), len(set(sinces))) == (9, 3)
    assert len(stored) == 3


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
    assert rest[-1] == Progress(3, 3)


async def test_rules_that_changed_reach_new_articles_at_once_and_old_ones_by_the_command(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    rules = tmp_path / "tags.toml"
    rules.write_text(RULE.format("ferries"))
    told = {"DATELINE_REDIS_URL": server.url, "DATELINE_TAGS_FILE": str(rules), "DATELINE_ENRICH_SKIP": "stories"}
    environment = os.environ | told

    async def dateline(*arguments: str) -> tuple[int | None, str, str]:
        given = [sys.executable, "-m", "services.cli", "replay", "enrich", *arguments]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*given, env=environment, stdout=pipe, stderr=pipe)
        async with asyncio.timeout(60):
            stdout, stderr = await process.communicate()
        return process.returncode, stdout.decode(), stderr.decode()

    for number in range(3):
        await redis.xadd(NAMES.articles, {PAYLOAD: published(article(f"Ferry {number}")).to_wire()})
    service = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.enrich", env=environment)
    try:
        await until_stream_holds(redis, NAMES.enrichments, 3, within_s=30)
        rules.write_text(RULE.format("boats"))
        async with asyncio.timeout(30):
            while "boats" not in tags((await enrichments(redis))[-1]):
                count = len(await enrichments(redis))
                await redis.xadd(NAMES.articles, {PAYLOAD: published(article(f"Ferry {count}")).to_wire()})
                await until_stream_holds(redis, NAMES.enrichments, count + 1, within_s=30)
        before = await enrichments(redis)
        old = {event.data.id for event in before if "boats" not in tags(event)}
        code, said, aside = await dateline("--since", "2d", "--source", "harbour-courier.example")
        assert (code, said) == (0, f"{len(old)} articles enriched again\n"), aside
        assert f"rules: {rules}" in aside
        again = (await enrichments(redis))[len(before) :]
        assert {event.data.id for event in again} == old
        assert {tags(event) for event in again} == {("boats",)}
        assert (await dateline("--since", "2d"))[:2] == (0, NOTHING)
    finally:
        service.kill()
        await service.wait()
