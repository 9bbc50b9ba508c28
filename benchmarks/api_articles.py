"""Made-up articles with their enrichments, as a wire of some months has them, and read models that are full of them.

Words, tags, names and publishers are drawn by Zipf's law, so that there are common and rare ones. The same number makes
the same article.
"""

import asyncio
import random
from bisect import bisect
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from services.api.readmodel.changes import Incoming
from services.api.readmodel.horizon import Keep
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import EntryId, Stream
from services.contracts.articles import Article, ArticlePublished, FeedRef, Source
from services.contracts.enrichments import ArticleEnriched, Enrichment, Language, Tag, Times, Timestamp
from services.contracts.identity import feed_id

LAST = datetime(2026, 10, 1, tzinfo=UTC)
"""When the last article of a full read model was first seen."""
APART = timedelta(seconds=17)
_BATCH = 500
_VERSION = 1
_BEGINNINGS = "b br c ch d dr f fl g gr h j k l m n p pl qu r s sh st t th tr v w".split()
_MIDDLES = "a ai e ea i o oa ou u".split()
_ENDS = ["", "", "", "l", "m", "n", "r", "st", "t", "x"]
_TOPICS = (
    "politics economy sport society conflict crime disaster education environment health labour lifestyle religion"
    " science weather culture human-interest"
).split()
_LANGUAGES = ("en",) * 14 + ("de", "fr", "es", "it", "pt", "nl")


class Zipf:
    """Numbers from 0: the n-th comes about 1/n times as often as the first."""

    def __init__(self, size: int) -> None:
        self._sums = list(accumulate(1 / (rank + 1) for rank in range(size)))
        self._ranks = range(size)

    def some(self, chance: random.Random, count: int) -> list[int]:
        return chance.choices(self._ranks, cum_weights=self._sums, k=count)

    def share(self, rank: int, count: int) -> float:
        """How likely the number is among so many."""
        return 1 - (1 - 1 / (rank + 1) / self._sums[-1]) ** count


class Told(NamedTuple):
    """An article and what was found out about it."""

    published: ArticlePublished
    enriched: ArticleEnriched


def _vocabulary(size: int) -> list[str]:
    chance, words = random.Random(1), dict[str, None]()
    while len(words) < size:
        syllables = 1 if len(words) < 1_500 else 2 if len(words) < 40_000 else 3
        word = "".join(chance.choice(_BEGINNINGS) + chance.choice(_MIDDLES) for _ in range(syllables))
        words[word + chance.choice(_ENDS)] = None
    return list(words)


_WORDS, _WORD = _vocabulary(60_000), Zipf(60_000)
_NAME, _SUBJECT, _SOURCE, _CATEGORY = Zipf(20_000), Zipf(2_000), Zipf(24), Zipf(120)
_SOURCES = [
    Source(id=f"{word}.example", name=f"The {word.title()}", url=f"https://{word}.example/")
    for word in _WORDS[5_000:5_024]
]
_FEEDS = [
    FeedRef(id=feed_id(f"{source.url}{part}"), url=f"{source.url}{part}", title=f"{source.name}: {part}")
    for source in _SOURCES
    for part in ("news", "world")
]


def source(rank: int) -> str:
    return _SOURCES[rank].id


def subject(rank: int) -> str:
    """A tag's slug."""
    return f"{_WORDS[rank + 300]}-{_WORDS[rank + 900]}"


def word(share: float) -> str:
    """A word that about this share of all articles has."""
    rank = bisect(range(len(_WORDS)), -share, key=lambda rank: -_WORD.share(rank, 150))
    return _WORDS[min(rank, len(_WORDS) - 1)]


def article_id(number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"made-up-{number}")


def told(number: int, seen: datetime) -> Told:
    """Article `number`, first seen and enriched at `seen`."""
    chance = random.Random(number)
    ranks = _WORD.some(chance, 150)
    words = [_WORDS[rank] for rank in ranks]
    at = chance.choice(range(len(_FEEDS))) if chance.random() < 0.2 else 2 * _SOURCE.some(chance, 1)[0]
    feed, publisher = _FEEDS[at], _SOURCES[at // 2]
    published = seen - timedelta(seconds=min(chance.lognormvariate(6.2, 1.6), 9e5))
    lines = [" ".join(words[first : first + 20]).capitalize() + "." for first in range(30, 150, 20)]
    subject_id, title = article_id(number), " ".join(words[:9]).capitalize()
    address = f"{publisher.url}{published:%Y/%m/%d}/{'-'.join(words[:5])}-{number}"
    article = Article(
        id=subject_id,
        revision=1,
        url=address,
        guid=f"made-up-{number}",
        title=title,
        summary=" ".join(words[9:30]).capitalize() + ".",
        text="\n\n".join(lines),
        html="".join(f"<p>{line}</p>" for line in lines),
        authors=(_name(_NAME.some(chance, 1)[0]),),
        image=f"{publisher.url}images/{number}.jpg",
        published=published.isoformat(),
        published_field="pubDate",
        source=publisher,
        feed=feed,
        first_seen=seen,
        seen=seen,
    )
    stamp: dict[str, Any] = {"precision": "second", "zone": "explicit"}
    times = Times(
        published=Timestamp(at=published, raw=published.isoformat(), method="feed:pubDate", **stamp),
        first_seen=Timestamp(at=seen, method="first_seen", **stamp),
    )
    enrichment = Enrichment(
        id=subject_id,
        revision=1,
        version=1,
        url=address,
        title=title,
        source=publisher,
        times=times,
        language=Language(code=chance.choice(_LANGUAGES), confidence=0.98, method="text"),
        words=len(words),
        reading_seconds=40,
        tags=tuple(_tags(chance)),
    )
    about: dict[str, Any] = {"subject": str(subject_id), "time": seen}
    return Told(
        ArticlePublished(id=f"{subject_id}/1", source="/made-up", data=article, **about),
        ArticleEnriched(id=f"{subject_id}/1/1", source="/made-up", data=enrichment, **about),
    )


def _tags(chance: random.Random) -> list[Tag]:
    topic = chance.choice(_TOPICS)
    tags = [Tag(slug=f"topic:{topic}", label=topic.title(), method="topic", confidence=0.8)]
    for rank in _CATEGORY.some(chance, 2):
        tags.append(Tag(slug=f"category:{_WORDS[rank + 600]}", label=_WORDS[rank + 600].title(), method="category"))
    for rank in _SUBJECT.some(chance, 3):
        tags.append(Tag(slug=subject(rank), label=subject(rank).replace("-", " ").title(), method="rule:made-up"))
    for kind, rank in zip(("person", "place"), _NAME.some(chance, 2), strict=True):
        slug = _name(rank).lower().replace(" ", "-")
        tags.append(Tag(slug=f"{kind}:{slug}", label=_name(rank), method="names", confidence=0.9))
    return list({tag.slug: tag for tag in tags}.values())


def _name(rank: int) -> str:
    return f"{_WORDS[rank + 1_000]} {_WORDS[rank * 7 % 50_000 + 2_000]}".title()


def full(folder: Path, articles: int) -> Path:
    """A read model with so many articles, made where the folder has none yet, by the code that applies events.

    A million take the better part of an hour; what was interrupted goes on where it was.
    """
    made = folder / f"made-up-{articles}-v{_VERSION}.db"
    if not made.exists():
        part = made.with_suffix(".part")
        asyncio.run(_fill(part, articles))
        part.rename(made)
    return made


async def _fill(path: Path, articles: int) -> None:
    async with ReadModel(path) as model:
        done = (await model.counts()).articles // _BATCH * _BATCH
        for first in range(max(0, done - _BATCH), articles, _BATCH):
            numbers = range(first, min(first + _BATCH, articles))
            batch = [told(number, LAST - APART * (articles - 1 - number)) for number in numbers]
            await model.apply(Stream.ARTICLES, _incoming([one.published for one in batch]))
            await model.apply(Stream.ENRICHMENTS, _incoming([one.enriched for one in batch]))
            if first % 10_000 == 0:
                print(f"\r{path.name}: {first:,} of {articles:,}", end="", flush=True)
        while await model.prune(Keep(timedelta(days=7), 1_000_000), datetime.now(UTC)):
            pass
    print(f"\r{path.name}: {articles:,} articles")


def _incoming(events: Sequence[ArticlePublished] | Sequence[ArticleEnriched]) -> list[Incoming]:
    return [Incoming(EntryId(int(event.time.timestamp() * 1_000)), event) for event in events]
