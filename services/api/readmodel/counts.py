"""What the articles that were found are about: how many have each tag, source and language, and are of each hour."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from services.api.readmodel.filters import Filter
from services.api.readmodel.listings import newest
from services.api.readmodel.searching import plan

By = Literal["tag", "source", "language", "hour"]
KINDS: tuple[By, ...] = get_args(By)
MOST = 5_000
"""Articles that are looked at."""

_FOUND = "WITH found (time_ms, headline) AS MATERIALIZED ({rows}) SELECT 'all', '', '', count(*) FROM found"
_COUNT = " UNION ALL SELECT * FROM (SELECT '{kind}', {key} AS facet, max({label}), count(*) AS size FROM {of} {order})"
# Not `key`: json_each has a column of that name, the place in the array.
_LARGEST = "GROUP BY facet HAVING facet IS NOT NULL ORDER BY size DESC, facet LIMIT {limit}"
_LATEST = "GROUP BY facet ORDER BY facet DESC LIMIT {limit}"
_COUNTS: dict[By, dict[str, str]] = {
    "tag": {
        "key": "t.value ->> '$.slug'",
        "label": "t.value ->> '$.label'",
        "of": "found, json_each(headline, '$.tags') t",
    },
    "source": {"key": "headline ->> '$.source.id'", "label": "headline ->> '$.source.name'", "of": "found"},
    "language": {"key": "headline ->> '$.language'", "label": "headline ->> '$.language'", "of": "found"},
    "hour": {"key": "time_ms / 3600000", "label": "''", "of": "found"},
}


@dataclass(frozen=True, slots=True)
class Count:
    """`key` is a slug, id or code, or the beginning of an hour (ISO 8601, UTC)."""

    key: str
    label: str
    articles: int


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """`counted` articles were looked at, the newest; `complete` if these were all."""

    counted: int
    complete: bool
    counts: dict[By, list[Count]]


def facet_counts(sql: sqlite3.Connection, wanted: Filter, by: Collection[By], limit: int) -> FacetCounts:
    """The largest first, of hours the latest."""
    planned = plan(sql, wanted.parts())
    if planned.never():
        return FacetCounts(0, True, {kind: [] for kind in by})
    rows, values = newest(sql, planned, MOST)
    query = _FOUND.format(rows=rows)
    for kind in by:
        order = (_LATEST if kind == "hour" else _LARGEST).format(limit=limit)
        query += _COUNT.format(kind=kind, order=order, **_COUNTS[kind])
    counted, counts = 0, {kind: list[Count]() for kind in by}
    for kind, key, label, size in sql.execute(query, values):
        if kind == "all":
            counted = size
        else:
            counts[kind].append(Count(_hour(key) if kind == "hour" else key, label, size))
    return FacetCounts(counted, counted < MOST, counts)


def _hour(number: int) -> str:
    return datetime.fromtimestamp(number * 3600, UTC).isoformat().replace("+00:00", "Z")
