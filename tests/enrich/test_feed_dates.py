"""What replicas remember of the dates that feeds wrote, on a real server and in this process."""

import random
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from redis.asyncio import Redis

from services.contracts.articles import Article
from services.enrich.context import Arrival, Context, Place, gather, gather_here
from services.enrich.dates.learned import FeedDates, learned_offset
from services.enrich.feed_dates import FeedDatesMemory, LocalStore, RedisStore, noted
from tests.conftest import server_binaries
from tests.enrich.articles import FEED, NOON, article

pytestmark = pytest.mark.anyio


@pytest.fixture(params=server_binaries())
def broker_binary(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def arrivals_of(number: int, *, off_min: int = 120, each: int = 1) -> list[Arrival]:
    """Articles of one feed that is polled every 20 minutes, dated so far ahead."""
    chance = random.Random(7)
    found: list[Arrival] = []
    for poll in range(number):
        seen = NOON + timedelta(minutes=20 * poll)
        for _ in range(each):
            at = seen - timedelta(minutes=chance.randrange(1, 19)) + timedelta(minutes=off_min)
            one = article(f"{poll} {chance.random()}", first_seen=seen, seen=seen, published=f"{at:%FT%TZ}")
            found.append(Arrival(one, Place(0, len(found))))
    return found


def batched(arrivals: Sequence[Arrival], size: int) -> list[Sequence[Arrival]]:
    return [arrivals[start : start + size] for start in range(0, len(arrivals), size)]


def dates_of(contexts: Sequence[Context]) -> list[FeedDates]:
    return [context.dates for context in contexts]


async def test_an_article_is_judged_by_the_polls_before_its_own(redis: Redis) -> None:
    memory = FeedDatesMemory(RedisStore(redis, "dateline"))
    arrivals = arrivals_of(30, each=2)
    dates = dates_of(await gather(arrivals, [memory]))
    assert [found.timed for found in dates] == [poll for poll in range(30) for _ in range(2)]
    learned = [learned_offset(found.delays) for found in dates]
    assert learned[0] is None
    assert learned[-1] is not None
    assert learned[-1].ahead == timedelta(hours=2)


async def test_the_outcome_does_not_depend_on_batches_replicas_or_repetition(redis: Redis) -> None:
    arrivals = arrivals_of(60, each=3)
    whole = dates_of(gather_here(arrivals, [FeedDatesMemory(LocalStore())]))
    one, other = FeedDatesMemory(RedisStore(redis, "dateline")), FeedDatesMemory(RedisStore(redis, "dateline"))
    found: list[FeedDates] = []
    for number, batch in enumerate(batched(arrivals, 7)):
        found += dates_of(await gather(batch, [(one, other)[number % 2]]))
        again = dates_of(await gather(batch, [one]))
        assert again == found[-len(batch) :]
    assert found == whole


async def test_one_feed_says_nothing_about_another(redis: Redis) -> None:
    memory = FeedDatesMemory(RedisStore(redis, "dateline"))
    await gather(arrivals_of(30), [memory])
    elsewhere = FEED.model_copy(update={"id": UUID(int=1), "url": "https://other.example/feed"})
    stranger = article("x", feed=elsewhere, first_seen=NOON + timedelta(days=1), published="2026-03-02T11:00:00Z")
    assert dates_of(await gather([Arrival(stranger, Place(1, 0))], [memory])) == [FeedDates()]


async def test_a_feed_takes_little_room_and_is_forgotten_when_it_is_silent(redis: Redis) -> None:
    memory = FeedDatesMemory(RedisStore(redis, "dateline"))
    for batch in batched(arrivals_of(500), 10):
        dates = dates_of(await gather(batch, [memory]))
    (key,) = await redis.keys("dateline:enrich:dates:*")
    assert await redis.zcard(key) <= 106
    assert (await redis.memory_usage(key) or 0) < 3_000
    assert 29 * 86400 < await redis.ttl(key) <= 30 * 86400
    assert len(dates[-1].delays) == 48


async def test_what_is_older_than_three_weeks_is_not_asked(redis: Redis) -> None:
    memory = FeedDatesMemory(RedisStore(redis, "dateline"))
    await gather(arrivals_of(30), [memory])
    later = NOON + timedelta(days=22)
    assert dates_of(await gather([Arrival(article("x", first_seen=later), Place(1, 0))], [memory])) == [FeedDates()]


async def test_articles_that_no_feed_brought_ask_nothing(redis: Redis) -> None:
    submitted = FEED.model_copy(update={"url": "submitted://harbour-courier.example"})
    found = await gather(
        [Arrival(article("x", feed=submitted), Place(1, 0))], [FeedDatesMemory(RedisStore(redis, "d"))]
    )
    assert found == [Context()]
    assert await redis.keys("*") == []


def noted_of(**fields: object) -> dict[str, int]:
    found: Article = article(**fields)
    return {member.partition(":")[2]: number for member, number in noted(found)}


@pytest.mark.parametrize(
    ("fields", "notes"),
    [
        ({"published": "2026-03-01T11:50:00Z"}, {"": 10}),
        ({"published": "2026-03-01T14:00:00Z"}, {"": -120}),
        ({"updated": "2026-03-01T11:50:00Z"}, {"": 10}),
        ({"published": "2026-03-01T00:00:00Z"}, {"midnight": 0}),
        ({"published": "28/02/2026 00:00"}, {"day": 0, "midnight": 0}),
        ({"published": "2/28/2026"}, {"month": 0}),
        ({"published": "2026-03-01"}, {}),
        ({"published": "2026-02-20T11:50:00Z"}, {}),  # from before the feed was polled
        ({"published": "soon"}, {}),
        ({}, {}),
        ({"published": "2026-03-01T11:50:00Z", "revision": 2}, {}),
    ],
)
def test_what_a_date_shows(fields: dict[str, object], notes: dict[str, int]) -> None:
    assert noted_of(**fields) == notes
