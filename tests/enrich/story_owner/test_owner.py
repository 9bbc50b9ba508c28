"""Owners of stories, as processes on a real server: every change is told once, in order, whoever dies."""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from tests.conftest import Server
from tests.enrich.story_owner.wire import (
    BEGINNING,
    HOUR,
    article_id,
    enriched,
    owner,
    publish,
    told,
    undisturbed,
    until_told,
    wire,
)
from tests.waiting import until, until_stream_holds

pytestmark = pytest.mark.anyio


async def test_stories_are_told_beside_the_articles(server: Server, redis: Redis) -> None:
    await publish(redis, wire(200), hours=0.9)
    async with owner(server) as one:
        await until_told(redis)
        await publish(redis, wire(100, first=200))
        changes = await until_told(redis)
        await until(lambda: one.languages == {"en", "de", "sw", "und"})
    assert changes == await undisturbed(redis)
    assert {change for _language, _sequence, change, *_ in changes} >= {"opened", "grown", "quiet"}


async def test_killed_again_and_again_owners_tell_all_and_nothing_twice(server: Server, redis: Redis) -> None:
    """Each is killed where it is in the middle of the wire; the next goes on when the lease is over."""
    await publish(redis, wire(400), hours=0.5)
    for length in (600, 1_000):
        async with owner(server) as one:
            while (now := int(await redis.xlen("dateline:enrichments"))) < length:
                await publish(redis, wire(5, first=now))
            one.process.kill()
    async with owner(server) as one:
        await publish(redis, wire(300, first=100_000))
        changes = await until_told(redis)
        assert changes == await undisturbed(redis)
        await until(lambda: bool(one.languages))
        assert {language["unlike"] for language in one.account["languages"].values()} == {0}


async def test_another_takes_over_from_a_killed_owner(server: Server, redis: Redis) -> None:
    await publish(redis, wire(100))
    async with owner(server) as one:
        await until_told(redis)
        async with owner(server) as two:
            await until(lambda: one.languages > set() and "pid" in two.account)
            assert two.languages == set()
            one.process.kill()
            await publish(redis, wire(100, first=100))
            changes = await until_told(redis)
    assert changes == await undisturbed(redis)


async def test_an_owner_that_slept_past_its_lease_tells_nothing_more(server: Server, redis: Redis) -> None:
    await publish(redis, wire(100))
    async with owner(server) as one:
        await until_told(redis)
        one.process.send_signal(signal.SIGSTOP)
        try:
            await publish(redis, wire(100, first=100))
            async with owner(server) as two:
                await until_told(redis)
                await publish(redis, wire(100, first=200))
                one.process.send_signal(signal.SIGCONT)
                await until_told(redis)
                await until(lambda: one.account["languages"] == {} and len(two.languages) > 1)
                await publish(redis, wire(100, first=300))
                changes = await until_told(redis)
        finally:
            one.process.send_signal(signal.SIGCONT)
    assert changes == await undisturbed(redis)


async def test_an_owner_that_leaves_in_order_is_replaced_at_once(server: Server, redis: Redis) -> None:
    await publish(redis, wire(50))
    async with owner(server):
        await until_told(redis)
    assert await redis.hlen("dateline:stories:owners") == 0
    assert await redis.exists("dateline:stories:snapshot:en")


async def test_an_owner_ends_with_whoever_began_it_although_redis_is_gone(server: Server, redis: Redis) -> None:
    await publish(redis, wire(10))
    async with owner(server) as one:
        await until_told(redis)
        server.kill()
        assert one.process.stdin is not None
        one.process.stdin.close()
        async with asyncio.timeout(60):
            await one.process.wait()


@pytest.mark.parametrize("how", ["silent", "gone"])
async def test_told_to_stop_an_owner_ends_although_redis_is_silent_or_gone(
    server: Server, redis: Redis, how: str
) -> None:
    await publish(redis, wire(10))
    async with owner(server) as one:
        await until_told(redis)
        server.kill() if how == "gone" else server.pause()
        one.process.terminate()
        async with asyncio.timeout(30):
            await one.process.wait()


async def test_an_owner_goes_with_its_service_and_comes_again_where_it_alone_was_told_to_stop(
    server: Server, redis: Redis
) -> None:
    command = (sys.executable, "-m", "services.enrich")
    environment = os.environ | {"DATELINE_REDIS_URL": server.url, "DATELINE_CONSUMER": "one"}
    service = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        first = await _owner_of(redis, "one", other_than=None)
        os.kill(first, signal.SIGTERM)
        second = await _owner_of(redis, "one", other_than=first)
        await until(lambda: not _lives(first), within_s=30)
        server.pause()
        service.kill()
        await until(lambda: not _lives(second), within_s=30)
    finally:
        if service.returncode is None:
            service.kill()
        await service.wait()


async def _owner_of(redis: Redis, consumer: str, other_than: int | None) -> int:
    """The process that finds stories for the replica, as its sign of life tells."""
    async with asyncio.timeout(40):
        while True:
            sign = json.loads(await redis.get(f"dateline:alive:enrich:{consumer}") or "{}")
            pid = sign.get("told", {}).get("stories", {}).get("pid")
            if pid not in (None, other_than):
                return int(pid)
            await asyncio.sleep(0.1)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_a_redis_that_lost_everything_is_begun_with_anew(server: Server, redis: Redis) -> None:
    await publish(redis, wire(100))
    async with owner(server):
        await until_told(redis)
        await redis.flushall()
        await publish(redis, wire(100, first=50))
        changes = await until_told(redis)
        assert changes == await undisturbed(redis)
        await publish(redis, wire(100, first=150))
        assert await until_told(redis) == await undisturbed(redis)


async def test_a_redis_that_stops_and_comes_back_is_waited_for(server: Server, redis: Redis) -> None:
    await publish(redis, wire(100))
    async with owner(server):
        await until_told(redis)
        server.kill()
        server.start()
        await redis.connection_pool.disconnect()
        await publish(redis, wire(100, first=100))
        assert await until_told(redis) == await undisturbed(redis)


@pytest.mark.parametrize("lost", [("snapshot:en",), ("saved", "snapshot:en", "snapshot:de")])
async def test_a_lost_snapshot_is_made_up_for_from_the_stream(server: Server, redis: Redis, lost: tuple[str]) -> None:
    await publish(redis, wire(200), hours=0.9)
    async with owner(server):
        await until_told(redis)
    await redis.delete(*(f"dateline:stories:{name}" for name in lost))
    async with owner(server) as one:
        await publish(redis, wire(100, first=300))
        assert await until_told(redis) == await undisturbed(redis)
        await until(lambda: "en" in one.languages)
        assert one.account["languages"]["en"]["unlike"] == 0


async def test_a_revision_or_a_better_enrichment_moves_no_article(server: Server, redis: Redis) -> None:
    await publish(redis, wire(40))
    async with owner(server):
        before = await until_told(redis)
        await publish(redis, [enriched(3, revision=2, title="Something else entirely"), enriched(4, version=2)])
        await publish(redis, [enriched(999)])
        changes = await until_told(redis)
    assert next(change for change in changes if change not in before)[4] == (str(article_id(999)),)
    assert len(changes) == len(before) + 1


async def test_no_revision_in_another_language_and_no_late_enrichment_moves_an_article(
    server: Server, redis: Redis
) -> None:
    later = datetime.fromtimestamp(BEGINNING / 1000, UTC) + timedelta(hours=1)
    times = {"first_seen": {"at": later, "method": "first_seen", "precision": "second", "zone": "explicit"}}
    first = [enriched(1, language=None, times=times), enriched(2, times=times)]
    await publish(redis, [*first, enriched(1, language="en", revision=2, times=times)], hours=1)
    async with owner(server):
        await until_stream_holds(redis, "dateline:enrichments", 5)
        await publish(redis, [enriched(2, version=2, times=times), enriched(3)])
        await until_stream_holds(redis, "dateline:enrichments", 8)
    assert [(language, joined) for language, *_, joined in await told(redis)] == [
        ("en", (str(article_id(2)),)),
        ("en", (str(article_id(3)),)),
        ("und", (str(article_id(1)),)),
    ]


async def test_what_is_enriched_again_keeps_its_story_however_old_it_is_and_whatever_language_it_is_found_to_be_in(
    server: Server, redis: Redis
) -> None:
    """Articles from the first minutes of the wire, whose stories are forgotten by then, or are of another language."""
    first = [enriched(1), enriched(2), enriched(3, language="de"), enriched(4)]
    await publish(redis, first[:3], hours=0.01)
    await redis.xadd("dateline:enrichments", {"__data__": first[3].to_wire()}, id=f"{BEGINNING + 15 * 24 * HOUR}-0")
    async with owner(server):
        before = await until_told(redis)
        assert len(before) == 4
        again: dict[str, Any] = {"version": 2, "again": True}
        await publish(redis, [enriched(1, **again), enriched(2, language="sw", **again), enriched(4, **again)])
        await publish(redis, [enriched(4, language="de", **again), enriched(5, language="sw"), enriched(6)])
        await until_stream_holds(redis, "dateline:enrichments", 4 + 4 + 6 + 2, within_s=30)
    joined = sorted(one for *_, articles in await told(redis) for one in articles)
    assert joined == sorted(str(article_id(number)) for number in range(1, 7))


async def test_what_an_owner_may_have_to_read_again_stays_on_the_streams(server: Server, redis: Redis) -> None:
    """A group that nothing is delivered to stands where an owner would have to begin."""

    async def position() -> str:
        groups = await redis.xinfo_groups("dateline:enrichments")
        return next((str(group["last-delivered-id"].decode()) for group in groups), "")

    await publish(redis, wire(40))
    async with owner(server) as one:
        await until_told(redis)
        await until(lambda: len(one.languages) > 1)
        assert await position() == "0-0", "nothing is saved yet"
    async with owner(server), asyncio.timeout(60):
        last = (await redis.xinfo_stream("dateline:enrichments"))["last-generated-id"].decode()
        while await position() != last:
            await asyncio.sleep(0.1)
