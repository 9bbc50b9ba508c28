"""Leases and states, on a real server."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from services.contracts.identity import feed_id
from services.ingest.feed_state import FeedState, changed_event
from services.ingest.registry import Registry
from tests.waiting import until_stream_holds

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def state(number: int = 0) -> FeedState:
    url = f"https://e.example/{number}"
    return FeedState(id=feed_id(url), origin=url, url=url, since=NOW)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
async def registry(redis: Redis) -> Registry:
    return Registry(redis, "dateline", "dateline:feeds")


async def add(registry: Registry, count: int) -> None:
    for number in range(count):
        assert await registry.save(None, state(number), due=NOW)


async def test_two_replicas_share_the_due_feeds(registry: Registry, redis: Redis) -> None:
    await add(registry, 5)
    other = Registry(redis, "dateline", "dateline:feeds")
    mine, others = await registry.take_due(NOW, 3, 15), await other.take_due(NOW, 3, 15)
    assert (len(mine), len(others)) == (3, 2)
    assert not {lease.feed for lease in mine} & {lease.feed for lease in others}


async def test_what_a_killed_replica_held_comes_due_again(registry: Registry) -> None:
    await add(registry, 2)
    held = await registry.take_due(NOW, 2, 15)
    assert await registry.take_due(after(14), 2, 15) == []
    assert {lease.feed for lease in await registry.take_due(after(15), 2, 15)} == {lease.feed for lease in held}


async def test_what_a_killed_replica_held_goes_before_all_that_waits(registry: Registry) -> None:
    await add(registry, 4)
    (settled, held) = await registry.take_due(NOW, 2, 15)
    assert settled.kept is not None
    assert await registry.save(settled.kept, settled.kept.state, due=after(10), lease=settled)
    await registry.renew([held], after(5), 15)
    assert [lease.feed for lease in await registry.take_due(after(20), 1, 15)] == [held.feed]
    rest = [lease.feed for lease in await registry.take_due(after(20), 9, 15)]
    assert (len(rest), rest[-1]) == (3, settled.feed)


async def test_a_renewed_lease_holds(registry: Registry) -> None:
    await add(registry, 1)
    (lease,) = await registry.take_due(NOW, 1, 15)
    assert await registry.renew([lease], after(10), 15) == [lease]
    assert await registry.take_due(after(20), 1, 15) == []
    (taken_over,) = await registry.take_due(after(25), 1, 15)
    assert taken_over.feed == lease.feed
    assert await registry.renew([lease], after(26), 15) == []


async def test_finishing_needs_the_lease(registry: Registry) -> None:
    await add(registry, 1)
    (lost,) = await registry.take_due(NOW, 1, 15)
    (held,) = await registry.take_due(after(15), 1, 15)
    kept = await registry.get(lost.feed)
    assert kept
    done = kept.state.model_copy(update={"status": "active"})
    assert not await registry.save(kept, done, due=after(900), lease=lost)
    assert await registry.save(kept, done, due=after(900), lease=held)
    assert await registry.next_due() == after(900).timestamp()


async def test_a_feed_that_is_put_off_comes_due_then_and_only_its_holder_may_do_that(registry: Registry) -> None:
    await add(registry, 1)
    (lost,) = await registry.take_due(NOW, 1, 15)
    (held,) = await registry.take_due(after(15), 1, 15)
    assert not await registry.defer(lost, after(1_000))
    assert await registry.defer(held, after(20))
    assert await registry.take_due(after(19), 1, 15) == []
    assert len(await registry.take_due(after(20), 1, 15)) == 1


async def test_a_state_that_someone_else_changed_is_not_overwritten(registry: Registry) -> None:
    await add(registry, 1)
    before = await registry.get(state().id)
    assert before
    edited, polled = (before.state.model_copy(update=change) for change in ({"tags": ("a",)}, {"failures": 1}))
    assert await registry.save(before, edited)
    assert not await registry.save(before, polled)
    assert not await registry.save(None, state())
    now = await registry.get(state().id)
    assert now
    assert now.state == edited


async def test_saving_twice_tells_once(registry: Registry, redis: Redis) -> None:
    event = changed_event(state(), "added", NOW)
    for _ in range(2):
        assert await registry.save(None, state(), event=event, due=NOW)
    (payload,) = await until_stream_holds(redis, "dateline:feeds", 1)
    assert json.loads(payload)["data"]["change"] == "added"


async def test_a_removed_feed_is_never_due(registry: Registry) -> None:
    await add(registry, 1)
    kept = await registry.get(state().id)
    assert kept
    assert await registry.save(kept, kept.state.model_copy(update={"status": "removed"}))
    await registry.make_due(state().id, NOW)
    assert await registry.next_due() is None


async def test_a_feed_can_be_made_due(registry: Registry) -> None:
    assert await registry.save(None, state(), due=after(900))
    await registry.make_due(state().id, NOW)
    assert len(await registry.take_due(NOW, 1, 15)) == 1
