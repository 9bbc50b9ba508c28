"""Listings with one article per story, and who else tells it.

Of the articles of a story that a listing finds one stands for all: the first in the listing's order (in feeds the one
that was seen first) that repeats no other article, or, where all do, the first. Which one that is follows from the
listing alone, not from the page, so pages go on without showing a story twice. Until an article's story is known it
stands for itself unless it is a repeat.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from uuid import UUID

from services.api.readmodel import searching
from services.api.readmodel.documents import AlsoIn, Json, OtherSource
from services.api.readmodel.filters import Cursor, Sort
from services.api.readmodel.repeated import also_in as also_repeated_in
from services.api.readmodel.searching import Condition, Plan, count_matches, words_condition

Row = tuple[str, int, int]
"""A headline, the value that it is sorted by, and its row."""
Read = Callable[[int, Cursor | None], tuple[list[Row], Cursor | None]]
"""A page of so many rows after a cursor, and where the next one begins."""

_DEEPEST = 1_000
_CHUNK = 500
_MOST_SOURCES = 20
_STANDS = (
    "SELECT m.story, m.article FROM story_articles m JOIN articles a ON a.rowid = m.article "
    "WHERE m.story IN (SELECT value FROM json_each(?)) {conditions} "
    "ORDER BY m.story, m.repeats, {order}, m.article {direction}"
)
_OTHERS = (
    "SELECT w.value, s.size, s.sources, m.source FROM json_each(?) w JOIN story_articles m ON m.article = w.value "
    "JOIN stories s ON s.rowid = m.story"
)
_SOURCES = (
    "SELECT w.value, o.source, min(o.first_seen_ms), o.article FROM json_each(?) w "
    "JOIN story_articles m ON m.article = w.value JOIN story_articles o ON o.story = m.story AND o.source <> m.source "
    "GROUP BY w.value, o.source ORDER BY w.value, min(o.first_seen_ms), o.article"
)


def one_per_story(
    sql: sqlite3.Connection, planned: Plan, limit: int, after: Cursor | None, order: str, sort: Sort, read: Read
) -> tuple[list[Row], Cursor | None]:
    """A page without the articles that another one stands for, the first by `order`, such as `a.time_ms DESC`.

    Raises `ValueError` for the order of changes, in which nothing can stand for something else.
    """
    if sort == "changed":
        raise ValueError("what changed cannot be folded")
    if sort == "relevance":
        return _best_per_story(sql, limit, after, read)
    shown: list[Row] = []
    more: Cursor | None = after
    while len(shown) <= limit:
        found, more = read(min(_CHUNK, 2 * limit + 1), more)
        standing = _standing(sql, planned, [row for _headline, _value, row in found], order)
        shown += [one for one in found if one[2] in standing]
        if more is None:
            break
    if len(shown) <= limit:
        return shown, None
    _headline, value, row = shown[limit - 1]
    return shown[:limit], Cursor(value, _id(sql, row), sort)


def with_others(sql: sqlite3.Connection, headlines: Sequence[tuple[int, str, Json]]) -> list[Json]:
    """The headlines, given with their rows and ids, as `FoldedHeadline`: who else tells their stories."""
    rows = [row for row, _id, _headline in headlines]
    told = _others(sql, rows)
    repeated = also_repeated_in(sql, [subject for row, subject, _ in headlines if row not in told])
    shown = []
    for row, subject, headline in headlines:
        others = told.get(row, repeated.get(subject))
        shown.append(Json(f'{headline[:-1]},"also_in":{others.model_dump_json() if others else "null"}}}'))
    return shown


def _best_per_story(
    sql: sqlite3.Connection, limit: int, after: Cursor | None, read: Read
) -> tuple[list[Row], Cursor | None]:
    """By relevance the best one stands for its story. All that can be paged through is looked at each time."""
    newest = sql.execute("SELECT coalesce(max(rowid), 0) FROM articles").fetchone()[0]
    article = after.article if after is not None else _id(sql, newest)
    found, _ = read(_DEEPEST, Cursor(0, article, "relevance"))
    stories = _stories(sql, [row for _headline, _value, row in found])
    repeats = _repeats(sql, [row for _headline, _value, row in found if row not in stories])
    best: dict[int, Row] = {}
    for one in found:
        if one[2] not in repeats:
            best.setdefault(stories.get(one[2], -one[2]), one)
    skipped = max(after.value, 0) if after is not None else 0
    shown = list(best.values())[skipped : skipped + limit]
    following = Cursor(skipped + limit, article, "relevance") if len(best) > skipped + limit else None
    return shown, following


def _standing(sql: sqlite3.Connection, planned: Plan, rows: Sequence[int], order: str) -> set[int]:
    """Those of the rows that stand for themselves or their stories."""
    stories = _stories(sql, rows)
    standing = set(rows) - stories.keys() - _repeats(sql, [row for row in rows if row not in stories])
    conditions = [*planned.times, *planned.others, *(one.condition() for one in planned.facets)]
    if planned.match is not None:
        conditions.append(words_condition(planned.match, rare=count_matches(sql, planned.match) < searching.RARE))
    values = [value for condition in conditions for value in condition.values]
    first: dict[int, int] = {}
    query = _STANDS.format(conditions=_and(conditions), order=order, direction=order.rpartition(" ")[2])
    for story, article in sql.execute(query, (json.dumps(sorted(set(stories.values()))), *values)):
        first.setdefault(story, article)
    return standing | (set(first.values()) & stories.keys())


def _and(conditions: Sequence[Condition]) -> str:
    return "".join(f"AND ({condition.sql}) " for condition in conditions).format(time="a.time_ms", row="m.article")


def _stories(sql: sqlite3.Connection, rows: Sequence[int]) -> dict[int, int]:
    return dict(
        sql.execute(
            "SELECT article, story FROM story_articles WHERE article IN (SELECT value FROM json_each(?))",
            (json.dumps(rows),),
        ).fetchall()
    )


def _repeats(sql: sqlite3.Connection, rows: Sequence[int]) -> set[int]:
    found = sql.execute(
        "SELECT rowid FROM articles WHERE rowid IN (SELECT value FROM json_each(?)) "
        "AND headline ->> '$.repeats.id' IS NOT NULL",
        (json.dumps(rows),),
    )
    return {row for (row,) in found}


def _others(sql: sqlite3.Connection, rows: Sequence[int]) -> dict[int, AlsoIn | None]:
    """Of the articles that have a story, who else tells it: each other source with its first article."""
    asked = json.dumps(rows)
    told: dict[int, AlsoIn | None] = {}
    first: dict[int, list[int]] = {}
    for row, _source, _ms, article in sql.execute(_SOURCES, (asked,)):
        first.setdefault(row, []).append(article)
    about = _about(sql, [article for articles in first.values() for article in articles[:_MOST_SOURCES]])
    for row, size, sources, _source in sql.execute(_OTHERS, (asked,)).fetchall():
        named = tuple(about[article] for article in first.get(row, [])[:_MOST_SOURCES])
        told[row] = AlsoIn(articles=size - 1, count=sources - 1, sources=named) if named else None
    return told


def _about(sql: sqlite3.Connection, rows: Sequence[int]) -> dict[int, OtherSource]:
    found = sql.execute(
        "SELECT rowid, headline ->> '$.source.id', headline ->> '$.source.name', headline ->> '$.id', "
        "headline ->> '$.title', headline ->> '$.url' FROM articles WHERE rowid IN (SELECT value FROM json_each(?))",
        (json.dumps(rows),),
    )
    return {
        row: OtherSource(id=source, name=name, article=article, title=title, url=url)
        for row, source, name, article, title, url in found
    }


def _id(sql: sqlite3.Connection, row: int) -> UUID:
    found = sql.execute("SELECT id FROM facts WHERE rowid = ?", (row,)).fetchone()
    return UUID(found[0]) if found else UUID(int=0)
