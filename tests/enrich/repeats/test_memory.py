"""The memory on a real server: what it answers does not depend on batches, replicas or repetitions."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from redis.asyncio import Redis

from services.contracts.articles import Article, Source
from services.contracts.enrichments import Repeat
from services.enrich.context import Arrival, Context, Place
from services.enrich.repeats.buckets import LocalBuckets, RedisBuckets
from services.enrich.repeats.memory import RepeatMemory
from tests.conftest import server_binaries
from tests.enrich.articles import NOON, article

pytestmark = pytest.mark.anyio

BODY = (
    "The night ferry ran aground in thick fog off the western point of the island, and its passengers were brought "
    "ashore in lifeboats before dawn, the coast guard said on Tuesday."
)
SHORTER = " ".join(BODY.split()[:24])


@pytest.fixture(params=server_binaries())
def broker_binary(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def told(by: str, title: str, body: str = BODY, hours: float = 0, revision: int = 1) -> Article:
    return article(
        title,
        id=UUID(int=hash_of_name(f"{by} {title}")),
        summary=body,
        source=Source(id=by, name=by),
        first_seen=NOON + timedelta(hours=hours),
        revision=revision,
    )


def hash_of_name(name: str) -> int:
    return int.from_bytes(name.encode()[-12:].rjust(16, b"\x01")) ^ int.from_bytes(name.encode()[:16].ljust(16))


def placed(*articles: Article) -> list[Arrival]:
    return [Arrival(each, Place(1000 + number, 0)) for number, each in enumerate(articles)]


async def asked(memory: RepeatMemory, arrivals: Sequence[Arrival], size: int = 100) -> list[Repeat | None]:
    repeats: list[Repeat | None] = []
    for start in range(0, len(arrivals), size):
        batch = arrivals[start : start + size]
        repeats += [context.repeats for context in await memory(batch, [Context()] * len(batch))]
    return repeats


FIVE = (
    told("north", "Ferry runs aground in fog"),
    told(
        "south", "Council votes on the harbour budget", "Nothing that anybody else has told in such words before today"
    ),
    told("east", "Ferry runs aground in fog", SHORTER, hours=1),
    told("west", "Passengers brought ashore after ferry runs aground in fog", hours=2),
    told("north", "Ferry runs aground in fog", hours=3, revision=2),
)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
async def test_the_first_to_tell_it_is_the_root_however_it_was_batched(redis: Redis, size: int) -> None:
    for buckets in (RedisBuckets(redis, "dateline"), LocalBuckets()):
        repeats = await asked(RepeatMemory(buckets), placed(*FIVE), size)
        assert [repeat.id if repeat else None for repeat in repeats] == [None, None, FIVE[0].id, FIVE[0].id, None]


async def test_delivered_again_they_get_the_same_answers(redis: Redis) -> None:
    memory = RepeatMemory(RedisBuckets(redis, "dateline"))
    first = await asked(memory, placed(*FIVE))
    keys = {key: await redis.get(key) for key in await redis.keys("dateline:*")}
    assert await asked(memory, placed(*FIVE)) == first
    assert await asked(memory, placed(*FIVE), 1) == first
    assert {key: await redis.get(key) for key in await redis.keys("dateline:*")} == keys


async def test_replicas_share_what_they_have_read(redis: Redis) -> None:
    one, other = (RepeatMemory(RedisBuckets(redis, "dateline")) for _ in range(2))
    arrivals = placed(*FIVE)
    await asked(one, arrivals[:2])
    assert [repeat.id if repeat else None for repeat in await asked(other, arrivals[2:])] == [FIVE[0].id] * 2 + [None]


async def test_deployments_of_other_prefixes_do_not(redis: Redis) -> None:
    await asked(RepeatMemory(RedisBuckets(redis, "one")), placed(FIVE[0]))
    assert await asked(RepeatMemory(RedisBuckets(redis, "two")), placed(FIVE[2])) == [None]


@pytest.mark.parametrize(("hours", "remembered"), [(0, True), (71.9, True), (72.1, False), (200, False)])
async def test_72_hours_are_remembered_by_when_articles_were_first_seen(
    redis: Redis, hours: float, remembered: bool
) -> None:
    later = told("east", "Ferry runs aground in fog", SHORTER, hours=hours)
    repeats = await asked(RepeatMemory(RedisBuckets(redis, "dateline")), placed(FIVE[0], later))
    assert [repeat is not None for repeat in repeats] == [False, remembered]


async def test_a_repeat_of_a_repeat_names_the_root_though_the_two_are_not_alike(redis: Redis) -> None:
    words = BODY.split()
    title = "Night ferry runs aground in thick fog"
    chain = [
        told("north", title, " ".join(words[:20])),
        told("east", title, " ".join(words[8:])),
        told("west", "Passengers saved after night ferry runs aground", " ".join(words[8:])),
    ]
    memory = RepeatMemory(RedisBuckets(redis, "dateline"))
    assert await asked(RepeatMemory(LocalBuckets()), placed(chain[0], chain[2])) == [None, None]
    for size in (1, 3):
        repeats = await asked(memory, placed(*chain), size)
        assert [repeat.id if repeat else None for repeat in repeats] == [None, chain[0].id, chain[0].id]


async def test_a_series_is_not_merged_through_what_another_source_copied(redis: Redis) -> None:
    bulletins = [
        told("north", "News bulletin of the day, 4 July, Morning"),
        told("south", "News bulletin of the day, 4 July, Morning"),
        told("north", "News bulletin of the day, 4 July, Evening"),
    ]
    repeats = await asked(RepeatMemory(RedisBuckets(redis, "dateline")), placed(*bulletins))
    assert [repeat.id if repeat else None for repeat in repeats] == [None, bulletins[0].id, None]


async def test_what_is_kept_expires_and_is_no_text(redis: Redis) -> None:
    await asked(RepeatMemory(RedisBuckets(redis, "dateline")), placed(*FIVE))
    keys = await redis.keys("*")
    assert keys
    for key in keys:
        assert 72 * 3600 < await redis.ttl(key) <= 8 * 86400
        held = await redis.get(key)
        assert isinstance(held, bytes)
        assert b"ferry" not in held
