"""Listings: by any facets, words and times, in any order, a page at a time."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from services.api.readmodel import searching
from services.api.readmodel.documents import Json
from services.api.readmodel.facets import EVERYTHING
from services.api.readmodel.filters import Cursor, Filter, Sort
from services.api.readmodel.newest_matches import newest_matches
from services.api.readmodel.repeated import with_also_in
from services.api.readmodel.searching import Condition, Facets, Plan, count_matches, plan, words_condition
from services.api.readmodel.snippets import with_snippets
from services.api.readmodel.stories_folding import one_per_story, with_others
from services.api.readmodel.stories_lookups import with_stories

_FAR_FUTURE = 2**62
_NOBODY = UUID(int=0)
_DEEPEST = 1_000
"""By relevance so many articles can be paged through: after these nothing is relevant any more."""


class NothingToRank(ValueError):
    """A listing by relevance needs words that all its articles have. Tell who asked."""


@dataclass(frozen=True, slots=True)
class Page:
    """Headlines (`Headline` as JSON, folded ones as `FoldedHeadline`), and where the next page begins, if it does."""

    headlines: tuple[Json, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class _Source:
    """Where rows are read from, and what the columns of the conditions are called there."""

    tables: str
    values: tuple[Any, ...]
    time: str
    row: str
    order: str


_LISTING = _Source("article_facets l JOIN articles a ON a.rowid = l.article", (), "l.time_ms", "l.article", "l.time_ms")
_ORDERS: dict[Sort, str] = {
    "published": "a.time_ms",
    "first_seen": "a.first_seen_ms",
    "revised": "a.seen_ms",
    "changed": "a.changed_ms",
}
_BEST = (
    "SELECT a.headline, 0, a.rowid FROM (SELECT rowid AS row, bm25(articles_fts, 10, 3, 1, 0, 0, 0) AS score "
    "FROM articles_fts WHERE articles_fts MATCH ? AND rowid <= ? ORDER BY rowid DESC LIMIT {rare}) d "
    "CROSS JOIN articles a ON a.rowid = d.row {where} ORDER BY d.score, d.row DESC LIMIT ? OFFSET ?"
)


def page(
    sql: sqlite3.Connection,
    wanted: Filter,
    limit: int,
    after: Cursor | None,
    sort: Sort = "published",
    highlight: bool = False,
) -> Page:
    """Raises `NothingToRank`. Of a cursor only the place counts: the caller sees to it that it is of this `sort`."""
    planned = plan(sql, wanted.parts())
    if planned.never():
        return Page((), after if sort == "changed" else None)
    if wanted.one_per_story:
        read = partial(_rows, sql, planned, sort)
        stands = f"{_ORDERS['first_seen']} ASC" if wanted.earliest else f"{_ORDERS.get(sort)} DESC"
        found, following = one_per_story(sql, planned, limit, after, stands, sort, read)
    else:
        found, following = _rows(sql, planned, sort, limit, after)
    rows = [row for _headline, _value, row in found]
    headlines = [Json(headline) for headline, _value, _row in found]
    if wanted.one_per_story:
        headlines = with_others(sql, list(zip(rows, _ids(sql, rows), headlines, strict=True)))
    elif wanted.fold:
        headlines = list(with_also_in(sql, list(zip(_ids(sql, rows), headlines, strict=True))))
    if highlight and wanted.query is not None:
        headlines = with_snippets(sql, wanted.query.words(), list(zip(rows, headlines, strict=True)))
    return Page(tuple(with_stories(sql, list(zip(rows, headlines, strict=True)))), following)


def _rows(
    sql: sqlite3.Connection, planned: Plan, sort: Sort, limit: int, after: Cursor | None
) -> tuple[list[tuple[str, int, int]], Cursor | None]:
    if sort == "relevance":
        return _best(sql, planned, limit, after)
    return _ordered(sql, planned, limit, after, sort)


def newest(sql: sqlite3.Connection, planned: Plan, limit: int) -> tuple[str, tuple[Any, ...]]:
    """A query for time (Unix milliseconds) and headline of the newest, and its values."""
    source, conditions = _source(sql, planned, "published")
    query = (
        f"SELECT {source.time}, a.headline FROM {source.tables} {_where(source, conditions)} "  # noqa: S608 - our own
        f"ORDER BY {source.order} DESC LIMIT {limit}"
    )
    return query, (*source.values, *(value for condition in conditions for value in condition.values))


def _ordered(
    sql: sqlite3.Connection, planned: Plan, limit: int, after: Cursor | None, sort: Sort
) -> tuple[list[tuple[str, int, int]], Cursor | None]:
    found = _newest(sql, planned, limit + 1, sort) if after is None else None
    if found is None:
        found = _walked(sql, planned, limit + 1, after, sort)
    shown = found[:limit]
    # By change there is no end: what changes next comes after.
    if not shown or (len(found) <= limit and sort != "changed"):
        return shown, after if sort == "changed" else None
    _headline, value, row = shown[-1]
    return shown, Cursor(value, _id(sql, row), sort)


def _newest(sql: sqlite3.Connection, planned: Plan, wanted: int, sort: Sort) -> list[tuple[str, int, int]] | None:
    """The first page of those with some words, if that is a short way from the end of the index."""
    if planned.match is None or sort not in ("published", "first_seen"):
        return None
    if any(one.articles < searching.RARE for one in planned.facets):
        return None
    conditions = [*planned.times, *planned.others, *(one.condition() for one in planned.facets)]
    fits = _all_of(_Source("", (), "a.time_ms", "a.rowid", ""), conditions)
    values = [value for condition in conditions for value in condition.values]
    return newest_matches(sql, planned.match, _ORDERS[sort], fits, values, wanted)


def _walked(
    sql: sqlite3.Connection, planned: Plan, wanted: int, after: Cursor | None, sort: Sort
) -> list[tuple[str, int, int]]:
    source, conditions = _source(sql, planned, sort)
    direction, beyond = ("ASC", ">") if sort == "changed" else ("DESC", "<")
    if after is not None:
        # An article that this read model has never seen: go on with all of the same instant, rather than lose one.
        unknown = -1 if sort == "changed" else _FAR_FUTURE
        place = (after.value, _row(sql, after.article, unknown))
        conditions.append(Condition(f"({source.order}, {source.row}) {beyond} (?, ?)", place))
    query = (
        f"SELECT a.headline, {source.order}, {source.row} FROM {source.tables} {_where(source, conditions)} "  # noqa: S608 - parts of our own
        f"ORDER BY {source.order} {direction}, {source.row} {direction} LIMIT ?"
    )
    values = [*source.values, *(value for condition in conditions for value in condition.values), wanted]
    return sql.execute(query, values).fetchall()


def _source(sql: sqlite3.Connection, planned: Plan, sort: Sort) -> tuple[_Source, list[Condition]]:
    """What to read from, and the conditions that are left: few matches are sorted, else an index is walked in order."""
    facets = sorted(planned.facets, key=lambda one: one.articles)
    conditions = [*planned.times, *planned.others]
    match = planned.match
    rare = match is not None and count_matches(sql, match) < searching.RARE
    if rare:
        return _sorted("SELECT rowid AS row FROM articles_fts WHERE articles_fts MATCH ?", (match,), sort), [
            *conditions,
            *(one.condition() for one in facets),
        ]
    if match is not None:
        conditions.append(words_condition(match, rare=False))
    if facets and facets[0].articles < searching.RARE and (sort != "published" or len(facets[0].ids) > 1):
        ids = ", ".join(str(facet) for facet in facets[0].ids)
        once = "DISTINCT " if len(facets[0].ids) > 1 else ""
        rows = f"SELECT {once}article AS row FROM article_facets WHERE facet IN ({ids})"  # noqa: S608 - numbers
        return _sorted(rows, (), sort), [*conditions, *(one.condition() for one in facets[1:])]
    if sort != "published":
        return _Source("articles a", (), "a.time_ms", "a.rowid", _ORDERS[sort]), [
            *conditions,
            *(one.condition() for one in facets),
        ]
    lead = next((one for one in facets if len(one.ids) == 1), None) or _everything(sql)
    others = [one.condition() for one in facets if one is not lead]
    return _LISTING, [Condition("l.facet = ?", lead.ids), *conditions, *others]


def _sorted(rows: str, values: tuple[Any, ...], sort: Sort) -> _Source:
    """All articles of these rows: CROSS JOIN makes SQLite begin with them."""
    tables = f"({rows}) d CROSS JOIN articles a ON a.rowid = d.row"
    return _Source(tables, values, "a.time_ms", "a.rowid", _ORDERS[sort])


def _everything(sql: sqlite3.Connection) -> Facets:
    found = sql.execute("SELECT id, articles FROM facets WHERE (kind, key) = (?, ?)", EVERYTHING[:2]).fetchone()
    return Facets(found[:1], found[1]) if found else Facets((-1,), 0)


def _best(
    sql: sqlite3.Connection, planned: Plan, limit: int, after: Cursor | None
) -> tuple[list[tuple[str, int, int]], Cursor | None]:
    """The best first. All pages are of the articles that there were at the first, so that none moves another."""
    if planned.match is None:
        raise NothingToRank("sort=relevance needs q= with a word that is not one of several alternatives")
    newest = sql.execute("SELECT coalesce(max(rowid), 0) FROM articles").fetchone()[0]
    newest = newest if after is None else _row(sql, after.article, newest)
    skipped = 0 if after is None else min(max(after.value, 0), _DEEPEST)
    conditions = [*planned.times, *planned.others, *(one.condition() for one in planned.facets)]
    where = _where(_Source("", (), "a.time_ms", "a.rowid", ""), conditions)
    values = [value for condition in conditions for value in condition.values]
    found = sql.execute(
        _BEST.format(rare=searching.RARE, where=where), (planned.match, newest, *values, limit + 1, skipped)
    ).fetchall()
    shown = found[:limit]
    if len(found) <= limit or skipped + limit >= _DEEPEST:
        return shown, None
    return shown, Cursor(skipped + limit, _id(sql, newest), "relevance")


def _where(source: _Source, conditions: Sequence[Condition]) -> str:
    return f"WHERE {_all_of(source, conditions)}" if conditions else ""


def _all_of(source: _Source, conditions: Sequence[Condition]) -> str:
    joined = " AND ".join(f"({condition.sql})" for condition in conditions)
    return joined.format(time=source.time, row=source.row)


def _row(sql: sqlite3.Connection, subject: UUID, unknown: int) -> int:
    found = sql.execute("SELECT rowid FROM facts WHERE id = ?", (str(subject),)).fetchone()
    return int(found[0]) if found else unknown


def _id(sql: sqlite3.Connection, row: int) -> UUID:
    found = sql.execute("SELECT id FROM facts WHERE rowid = ?", (row,)).fetchone()
    return UUID(found[0]) if found else _NOBODY


def _ids(sql: sqlite3.Connection, rows: Sequence[int]) -> list[str]:
    found = dict(
        sql.execute("SELECT rowid, id FROM facts WHERE rowid IN (SELECT value FROM json_each(?))", (json.dumps(rows),))
    )
    return [found[row] for row in rows]
