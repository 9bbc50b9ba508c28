"""A broker that goes back to an earlier moment in the middle of a poll, as a replica that takes over does."""

from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from services.ingest.fence import LostPast
from services.ingest.memory import Memory
from services.ingest.publish import Publisher
from services.ingest.registry import Lease, Registry
from tests.ingest.test_memory import NOW, STREAM, articles, counts, events, origin
from tests.ingest.test_registry import state

pytestmark = pytest.mark.anyio

READ = {"etag": '"of what was lost"'}


@pytest.fixture
def publisher(redis: Redis) -> Publisher:
    return Publisher(Memory(redis, "dateline", STREAM))


@pytest.fixture
async def registry(redis: Redis) -> Registry:
    registry = Registry(redis, "dateline", "dateline:feeds")
    assert await registry.save(None, state(), due=NOW)
    return registry


async def lease(registry: Registry, after_s: float = 0) -> Lease:
    (taken,) = await registry.take_due(NOW + timedelta(seconds=after_s), 1, 15)
    return taken


async def everything(redis: Redis) -> dict[Any, Any]:
    return {key: await redis.dump(key) for key in await redis.keys()}


async def go_back(redis: Redis, moment: dict[Any, Any]) -> None:
    await redis.flushall()
    for key, value in moment.items():
        await redis.restore(key, 0, value)


async def test_validators_of_what_was_lost_are_not_kept_and_it_is_published_again(
    redis: Redis, registry: Registry, publisher: Publisher
) -> None:
    poll = await lease(registry)
    assert poll.kept
    moment, fence = await everything(redis), registry.fence(poll)
    await publisher.publish(articles("one"), origin(), NOW, fence)
    await go_back(redis, moment)
    read = poll.kept.state.model_copy(update=READ)
    for held in (poll, None):  # also where the lease was lost, and what was published is to count
        with pytest.raises(LostPast):
            await registry.save(poll.kept, read, due=NOW, lease=held, fence=fence)
    with pytest.raises(LostPast):
        await publisher.publish(articles("two"), origin(), NOW, fence)
    again = await lease(registry, after_s=15)
    assert again.kept == poll.kept
    fence = registry.fence(again)
    assert counts(await publisher.publish(articles("one"), origin(), NOW, fence)) == (1, 0, 0)
    assert await registry.save(again.kept, read, due=NOW, lease=again, fence=fence)
    assert len(await events(redis)) == 1


async def test_what_an_earlier_poll_published_must_be_there_as_well(
    redis: Redis, registry: Registry, publisher: Publisher
) -> None:
    moment = await everything(redis)
    first = await lease(registry)
    await publisher.publish(articles("one"), origin(), NOW, registry.fence(first))
    second = await lease(registry, after_s=15)
    assert second.kept
    fence = registry.fence(second)
    assert counts(await publisher.publish(articles("one"), origin(), NOW, fence)) == (0, 0, 0)
    await go_back(redis, moment)
    with pytest.raises(LostPast):
        await registry.save(second.kept, second.kept.state.model_copy(update=READ), due=NOW, fence=fence)


async def test_many_steps_of_one_poll_and_those_of_an_overtaken_one_are_no_loss(
    redis: Redis, registry: Registry, publisher: Publisher
) -> None:
    slow, quick = await lease(registry), await lease(registry, after_s=15)
    assert quick.kept
    fence = registry.fence(quick)
    await publisher.publish(articles("one"), origin(), NOW, registry.fence(slow))
    for title in ("two", "three"):
        assert counts(await publisher.publish(articles(title), origin(), NOW, fence)) == (1, 0, 0)
    assert await registry.save(quick.kept, quick.kept.state.model_copy(update=READ), due=NOW, fence=fence)
    assert len(await events(redis)) == 3
