"""Listings: newest first, by any facets, by words, a page at a time."""

import sqlite3
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.api.readmodel.documents import Json
from services.api.readmodel.facets import EVERYTHING
from services.api.readmodel.filters import Cursor, Filter, to_ms
from services.api.readmodel.words import match_expression

_FAR_FUTURE_MS = 2**62
_RARE = 10_000
"""Up to so many matches of the words it is quicker to sort them all than to walk the listing for them."""


@dataclass(frozen=True, slots=True)
class Page:
    """Headlines (`Headline` as JSON), and where the next page begins; None on the last one."""

    headlines: tuple[Json, ...]
    next: Cursor | None


EMPTY = Page((), None)
_PAGE = (
    "SELECT a.headline, l.time_ms, l.article FROM article_facets l JOIN articles a ON a.rowid = l.article "
    "WHERE CONDITIONS ORDER BY l.time_ms DESC, l.article DESC LIMIT ?"
)
_HAS_FACET = "EXISTS (SELECT 1 FROM article_facets o WHERE (o.facet, o.time_ms, o.article) = (?, l.time_ms, l.article))"
_HAS_WORDS_RARE = "l.article IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)"
_HAS_WORDS = "EXISTS (SELECT 1 FROM articles_fts w WHERE w.articles_fts MATCH ? AND w.rowid = l.article)"


def page(sql: sqlite3.Connection, wanted: Filter, limit: int, after: Cursor | None) -> Page:
    facets = _smallest_first(sql, wanted)
    if facets is None:
        return EMPTY
    first, *others = facets
    conditions: list[str] = ["l.facet = ?"]
    values: list[Any] = [first]
    _after(sql, after, conditions, values)
    if wanted.since is not None:
        conditions.append("l.time_ms >= ?")
        values.append(to_ms(wanted.since))
    if wanted.until is not None:
        conditions.append("l.time_ms < ?")
        values.append(to_ms(wanted.until))
    for other in others:
        conditions.append(_HAS_FACET)
        values.append(other)
    if wanted.words is not None:
        match = match_expression(wanted.words)
        if match is None:
            return EMPTY
        conditions.append(_words_condition(sql, match))
        values.append(match)
    found = sql.execute(_PAGE.replace("CONDITIONS", " AND ".join(conditions)), (*values, limit + 1)).fetchall()
    shown = found[:limit]
    return Page(
        tuple(Json(headline) for headline, _time, _row in shown),
        _cursor(sql, *shown[-1][1:]) if len(found) > limit else None,
    )


def _smallest_first(sql: sqlite3.Connection, wanted: Filter) -> list[int] | None:
    """The ids of the facets, that with the fewest articles first; None where nothing has one of them."""
    sizes = []
    for kind, key in wanted.facets() or [(EVERYTHING.kind, EVERYTHING.key)]:
        found = sql.execute("SELECT articles, id FROM facets WHERE (kind, key) = (?, ?)", (kind, key)).fetchone()
        if found is None:
            return None
        sizes.append(found)
    return [facet for _articles, facet in sorted(sizes)]


def _after(sql: sqlite3.Connection, after: Cursor | None, conditions: list[str], values: list[Any]) -> None:
    if after is None:
        return
    row = sql.execute("SELECT rowid FROM facts WHERE id = ?", (str(after.article),)).fetchone()
    # An article that this read model has never seen: go on with all of the same instant, rather than lose one.
    conditions.append("(l.time_ms, l.article) < (?, ?)")
    values += [after.time_ms, row[0] if row else _FAR_FUTURE_MS]


def _cursor(sql: sqlite3.Connection, time_ms: int, row: int) -> Cursor:
    subject = sql.execute("SELECT id FROM facts WHERE rowid = ?", (row,)).fetchone()[0]
    return Cursor(time_ms, UUID(subject))


def _words_condition(sql: sqlite3.Connection, match: str) -> str:
    matches = sql.execute(
        "SELECT count(*) FROM (SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? LIMIT ?)", (match, _RARE)
    ).fetchone()[0]
    return _HAS_WORDS_RARE if matches < _RARE else _HAS_WORDS
