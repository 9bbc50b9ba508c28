"""What replicas remember together of the dates that each feed wrote, poll by poll.

An article is judged by the polls before the one that brought it. What a poll said is the least of something or the
fact that it was so, so it may be noted again or in any order, and the outcome does not depend on how articles were
batched.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from redis.asyncio import Redis

from services.contracts.articles import Article
from services.enrich.context import Arrival, Context
from services.enrich.dates.learned import MOST_POLLS, FeedDates
from services.enrich.dates.numeric_order import written_order
from services.enrich.dates.parse import parse_date

_WINDOW_MIN = 21 * 24 * 60
_DELAYS = range(-14 * 60 - 30, 20 * 60)
"""Minutes. Dates that are off by more are no matter of zones, or of articles from before the feed was first polled."""

_MOST_NOTES = 96
_KEPT_NOTES = 64
_KEPT = timedelta(days=30)

Notes = Mapping[str, int]
"""What was noted of a feed: `29538720` (a minute of Unix time, which stands for the poll) and the delay of its freshest
article in minutes; `29538720:midnight`, `:day`, `:month` and 0 for what else was met in it."""


class Store(Protocol):
    async def note(self, notes: Mapping[UUID, Notes]) -> Mapping[UUID, Notes]:
        """Note it for each feed, the lesser number where one was noted, and return all that is noted of them."""


class RedisStore:
    """A sorted set for each feed, of some 100 members at most; up to 128 Redis keeps it in one piece, of some 1 KB."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis, self._prefix = redis, prefix

    async def note(self, notes: Mapping[UUID, Notes]) -> Mapping[UUID, Notes]:
        found: dict[UUID, Notes] = {}
        async with self._redis.pipeline(transaction=False) as pipe:
            for feed, new in notes.items():
                if new:
                    pipe.zadd(self._key(feed), dict(new), lt=True)
                    pipe.expire(self._key(feed), _KEPT)
                pipe.zrange(self._key(feed), 0, -1, withscores=True)
            answers = [answer for answer in await pipe.execute() if isinstance(answer, list)]
        for feed, rows in zip(notes, answers, strict=True):
            found[feed] = {member.decode(): int(score) for member, score in rows}
        await self._trim(found)
        return found

    async def _trim(self, found: Mapping[UUID, Notes]) -> None:
        full = {feed: sorted(rows) for feed, rows in found.items() if len(rows) > _MOST_NOTES}
        if not full:
            return
        async with self._redis.pipeline(transaction=False) as pipe:
            for feed, members in full.items():
                pipe.zrem(self._key(feed), *members[:-_KEPT_NOTES])
            await pipe.execute()

    def _key(self, feed: UUID) -> str:
        return f"{self._prefix}:enrich:dates:{feed}"


class LocalStore:
    """For a run over a file: the same in this process."""

    def __init__(self) -> None:
        self._held: dict[UUID, dict[str, int]] = {}

    async def note(self, notes: Mapping[UUID, Notes]) -> Mapping[UUID, Notes]:
        for feed, new in notes.items():
            held = self._held.setdefault(feed, {})
            for member, number in new.items():
                held[member] = min(number, held.get(member, number))
            for member in sorted(held)[: -_KEPT_NOTES if len(held) > _MOST_NOTES else 0]:
                del held[member]
        return {feed: dict(self._held[feed]) for feed in notes}


class FeedDatesMemory:
    """A `Memory` that says of each arrival what its feed's earlier polls showed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, arrivals: Sequence[Arrival], contexts: Sequence[Context]) -> Sequence[Context]:
        notes: dict[UUID, dict[str, int]] = {}
        for article, _place in arrivals:
            if is_polled(article):
                of_feed = notes.setdefault(article.feed.id, {})
                for member, number in noted(article):
                    of_feed[member] = min(number, of_feed.get(member, number))
        if not notes:
            return contexts
        past = {feed: _rows(known) for feed, known in (await self._store.note(notes)).items()}
        asked: dict[tuple[UUID, int], FeedDates] = {}
        for article, _place in arrivals:
            at = (article.feed.id, poll_of(article))
            if article.feed.id in past and at not in asked:
                asked[at] = before(past[article.feed.id], at[1])
        return [
            replace(context, dates=dates) if (dates := asked.get((one.feed.id, poll_of(one)))) else context
            for (one, _place), context in zip(arrivals, contexts, strict=True)
        ]


class _Row(NamedTuple):
    poll: int
    what: str
    delay: int


def is_polled(article: Article) -> bool:
    """Whether a feed that is read again and again brought it, rather than a file or its publisher."""
    return article.feed.url.startswith(("http://", "https://"))


def poll_of(article: Article) -> int:
    """The minute of Unix time in which the article was first seen."""
    return int(article.first_seen.timestamp()) // 60


def noted(article: Article) -> Iterator[tuple[str, int]]:
    """What an article's date shows. Nothing where it was revised, has no date, or is no news."""
    raw = article.published or article.updated
    if article.revision > 1 or not raw:
        return
    poll = poll_of(article)
    if "/" in raw and (order := written_order(raw)):
        yield f"{poll}:{order}", 0
    parsed = parse_date(raw)
    if parsed is None or parsed.precision == "day":
        return
    if parsed.midnight:
        yield f"{poll}:midnight", 0
        return
    delay = int((article.first_seen - parsed.at).total_seconds() // 60)
    if delay in _DELAYS:
        yield str(poll), delay


def _rows(notes: Notes) -> list[_Row]:
    return sorted(_Row(int(poll), what, number) for member, number in notes.items()
                  for poll, _, what in [member.partition(":")])  # fmt: skip


def before(rows: Iterable[_Row], poll: int) -> FeedDates:
    """What the polls before this one showed, oldest first, as far back as is remembered."""
    past = [row for row in rows if poll - _WINDOW_MIN <= row.poll < poll]
    delays = [row.delay for row in past if not row.what]
    met = [row.what for row in past]
    return FeedDates(
        tuple(delays[-MOST_POLLS:]), len(delays), met.count("midnight"), met.count("day"), met.count("month")
    )
