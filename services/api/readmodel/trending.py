"""Tags that more is said about than usual.

A tag's articles of the last hours, `now`, are set against how many of all articles would be expected to have it:

    expected = articles now * (tag's usual + 1) / (usual articles + articles now)

where "usual" counts the same hours of the clock on each of the seven days before. The tag's `score` is the signed root
of the Poisson deviance, sqrt(2 * (now * ln(now / expected) - (now - expected))): about the number of standard
deviations by which it is above what was expected. Comparing shares makes up for a wire that has grown; the + 1 is what
keeps a tag that was never seen from being infinitely surprising.
"""

import math
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.api.readmodel.filters import to_ms

DAYS = 7
FEWEST = 3
"""Articles below which nothing is a trend."""

_IN = "(SELECT count(*) FROM article_facets l WHERE l.facet = f.id AND l.time_ms >= ? AND l.time_ms < ?)"
_TAGS = (
    f"SELECT * FROM (SELECT f.id, f.key, f.label, {_IN} AS size FROM facets f WHERE f.kind = 'tag' "  # noqa: S608
    "AND f.articles >= ?) WHERE size >= ?"
)
_TAG = f"SELECT {_IN} FROM facets f WHERE f.id = ?"  # noqa: S608 - a constant
_ALL = f"SELECT {_IN} FROM facets f WHERE f.kind = 'all'"  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Trend:
    """`articles` of the last hours have the tag, `expected` would have been usual."""

    slug: str
    label: str
    articles: int
    expected: float
    score: float


def trending(sql: sqlite3.Connection, now: datetime, hours: int, limit: int) -> list[Trend]:
    """The most unusual first; only tags that more is said about than was expected."""
    length, end = timedelta(hours=hours), now + timedelta(milliseconds=1)
    window = (to_ms(end - length), to_ms(end))
    days = [(to_ms(end - length - timedelta(days=day)), to_ms(end - timedelta(days=day))) for day in range(1, DAYS + 1)]
    total = _count(sql, _ALL, window)
    usual_total = sum(_count(sql, _ALL, day) for day in days)
    trends = []
    for facet, slug, label, size in sql.execute(_TAGS, (*window, FEWEST, FEWEST)).fetchall():
        usual = sum(_count(sql, _TAG, day, facet) for day in days)
        expected = total * (usual + 1) / (usual_total + total)
        if size > expected:
            trends.append(Trend(slug, label, size, expected, score(size, expected)))
    return sorted(trends, key=lambda trend: (-trend.score, trend.slug))[:limit]


def score(articles: float, expected: float) -> float:
    """How surprising so many articles are where `expected`, which is above 0, were to be expected."""
    deviance = 2 * (articles * math.log(articles / expected) - (articles - expected)) if articles else 2 * expected
    return math.copysign(math.sqrt(max(deviance, 0.0)), articles - expected)


def _count(sql: sqlite3.Connection, query: str, window: tuple[int, int], *further: int) -> int:
    found = sql.execute(query, (*window, *further)).fetchone()
    return int(found[0]) if found else 0
