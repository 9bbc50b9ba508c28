"""Listings of stories: by momentum or the newest first, all or those of which an article is found."""

import base64
import binascii
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

from services.api.readmodel import searching
from services.api.readmodel.documents import Json
from services.api.readmodel.filters import BadCursor, Filter, to_ms
from services.api.readmodel.searching import Condition, Plan, count_matches, plan, words_condition
from services.api.readmodel.stories_momentum import LOOKED_AT_MS, WINDOW_MS, Arrival, momentum

StorySort = Literal["momentum", "newest"]
"""What is told more than usual first, and after that what was told last; or what opened last."""

_SORTS: tuple[StorySort, ...] = ("momentum", "newest")
_CURSOR_BYTES = 1 + 8 + 8 + 8 + 16
_PRECISION = 1_000_000
_MINUTE_MS = 60_000
"""`now` is given to the minute."""
_DOCUMENTS = (
    "SELECT w.key, s.shown, a.headline FROM json_each(?) w CROSS JOIN stories s ON s.rowid = w.value "
    "CROSS JOIN articles a ON a.rowid = s.lead ORDER BY w.key"
)


@dataclass(frozen=True, slots=True)
class StoryCursor:
    """The last story of a page: its `momentum` in millionths as of `now_ms`, and `at_ms` when it was told or opened."""

    sort: StorySort
    now_ms: int
    momentum: int
    at_ms: int
    story: UUID

    def __str__(self) -> str:
        numbers = b"".join(
            number.to_bytes(8, "big", signed=True) for number in (self.now_ms, self.momentum, self.at_ms)
        )
        packed = bytes([_SORTS.index(self.sort)]) + numbers + self.story.bytes
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "StoryCursor":
        """Read the form that `str` writes. Raises `BadCursor`."""
        try:
            packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            packed = b""
        if len(packed) != _CURSOR_BYTES or packed[0] >= len(_SORTS):
            raise BadCursor("not a cursor; take it from `next` of an earlier answer, or leave it out")
        numbers = [int.from_bytes(packed[at : at + 8], "big", signed=True) for at in (1, 9, 17)]
        return cls(_SORTS[packed[0]], numbers[0], numbers[1], numbers[2], UUID(bytes=packed[25:]))


@dataclass(frozen=True, slots=True)
class StoryPage:
    """Stories (`ListedStory` as JSON), and where the next page begins, if it does."""

    stories: tuple[Json, ...]
    next: StoryCursor | None


@dataclass(frozen=True, slots=True)
class _Of:
    """Which stories: tables that have them as `s`, conditions on them, and the values of both in this order."""

    tables: str
    table_values: tuple[Any, ...]
    condition: Condition


@dataclass(frozen=True, slots=True)
class _Ranked:
    row: int
    momentum: int
    at_ms: int


def stories(
    sql: sqlite3.Connection, wanted: Filter, limit: int, after: StoryCursor | None, sort: StorySort, now: datetime
) -> StoryPage:
    """A story is found where one of its articles meets all that is wanted. `now` is that of the first page for all
    others; the caller sees to it that the cursor is of this `sort`."""
    planned = plan(sql, wanted.parts())
    if planned.never():
        return StoryPage((), None)
    of, now_ms = _of(sql, planned), after.now_ms if after else to_ms(now)
    if sort == "newest":
        found = list(_told(sql, of, "s.opened_ms", limit + 1, _place(sql, after), frozenset()))
    else:
        ranked = _ranked(sql, of, now_ms)
        found = [one for one in ranked if after is None or _is_after(sql, one, after)][: limit + 1]
        place = _place(sql, after)
        if after is not None and after.momentum:  # the others begin: without those that came since the first page
            place = (now_ms + _MINUTE_MS, 0)
        known = frozenset(one.row for one in ranked)
        found += _told(sql, of, "s.last_ms", limit + 1 - len(found), place, known)
    shown = found[:limit]
    following = None
    if len(found) > limit:
        last = shown[-1]
        following = StoryCursor(sort, now_ms, last.momentum, last.at_ms, _id(sql, last.row))
    if sort == "newest":
        shown = _with_momentum(sql, shown, now_ms)
    return StoryPage(tuple(_documents(sql, shown)), following)


def _of(sql: sqlite3.Connection, planned: Plan) -> _Of:
    """Where few articles are found, their stories; else each story is asked whether it has such an article."""
    facets = sorted(planned.facets, key=lambda one: one.articles)
    conditions = [*planned.times, *planned.others]
    lead: Condition | None = None
    if planned.match is not None and count_matches(sql, planned.match) < searching.RARE:
        lead = Condition("SELECT rowid AS row FROM articles_fts WHERE articles_fts MATCH ?", (planned.match,))
    elif planned.match is not None:
        conditions.append(words_condition(planned.match, rare=False))
    if lead is None and facets and facets[0].articles < searching.RARE:
        ids = ", ".join(str(facet) for facet in facets[0].ids)
        lead = Condition(f"SELECT article AS row FROM article_facets WHERE facet IN ({ids})")  # noqa: S608 - numbers
        facets = facets[1:]
    conditions += [one.condition() for one in facets]
    fits = " AND ".join(f"({one.sql})" for one in conditions).format(time="m.time_ms", row="m.article")
    values = tuple(value for one in conditions for value in one.values)
    if lead is not None:
        where = f"WHERE {fits}" if fits else ""
        tables = (
            f"(SELECT DISTINCT m.story AS row FROM ({lead.sql}) d CROSS JOIN story_articles m ON m.article = d.row "  # noqa: S608 - our own
            f"{where}) f CROSS JOIN stories s ON s.rowid = f.row"
        )
        return _Of(tables, (*lead.values, *values), Condition("s.size > 0"))
    if not fits:
        return _Of("stories s", (), Condition("s.size > 0"))
    has = f"EXISTS (SELECT 1 FROM story_articles m WHERE m.story = s.rowid AND {fits})"  # noqa: S608 - our own
    return _Of("stories s", (), Condition(f"s.size > 0 AND {has}", values))


def _ranked(sql: sqlite3.Connection, of: _Of, now_ms: int) -> list[_Ranked]:
    """Those that are told more than usual, the highest first. A story of one article never is."""
    rows = sql.execute(
        f"SELECT s.rowid, s.last_ms, s.opened_ms FROM {of.tables} "  # noqa: S608 - our own
        f"WHERE s.size > 1 AND s.last_ms > ? AND {of.condition.sql}",
        (*of.table_values, now_ms - WINDOW_MS, *of.condition.values),
    ).fetchall()
    about = {row: (last_ms, opened_ms) for row, last_ms, opened_ms in rows}
    found = []
    for row, arrivals in _arrivals(sql, list(about), now_ms):
        last_ms, opened_ms = about[row]
        height = round(momentum(arrivals, opened_ms, now_ms) * _PRECISION)
        if height:
            found.append(_Ranked(row, height, last_ms))
    return sorted(found, key=lambda one: (-one.momentum, -one.at_ms, -one.row))


def _arrivals(sql: sqlite3.Connection, rows: Sequence[int], now_ms: int) -> Iterator[tuple[int, list[Arrival]]]:
    found = sql.execute(
        "SELECT m.story, m.first_seen_ms, m.source FROM json_each(?) w CROSS JOIN story_articles m "
        "ON m.story = w.value AND m.first_seen_ms > ? AND m.first_seen_ms <= ? ORDER BY m.story",
        (json.dumps(sorted(rows)), now_ms - LOOKED_AT_MS, now_ms),
    )
    for row, arrivals in groupby(found, lambda one: int(one[0])):
        yield row, [Arrival(at_ms, source) for _row, at_ms, source in arrivals]


def _told(
    sql: sqlite3.Connection, of: _Of, order: str, limit: int, after: tuple[int, int] | None, known: frozenset[int]
) -> Iterator[_Ranked]:
    """The latest by `order` after a place, without the `known`."""
    if limit <= 0:
        return
    beyond = f"AND ({order}, s.rowid) < (?, ?)" if after else ""
    rows = sql.execute(
        f"SELECT s.rowid, {order} FROM {of.tables} WHERE {of.condition.sql} {beyond} "  # noqa: S608 - our own
        "AND s.rowid NOT IN (SELECT value FROM json_each(?)) "
        f"ORDER BY {order} DESC, s.rowid DESC LIMIT ?",
        (*of.table_values, *of.condition.values, *(after or ()), json.dumps(sorted(known)), limit),
    )
    for row, at_ms in rows:
        yield _Ranked(row, 0, at_ms)


def _with_momentum(sql: sqlite3.Connection, shown: Sequence[_Ranked], now_ms: int) -> list[_Ranked]:
    """Newest-first stories with what their momentum is."""
    opened = {one.row: one.at_ms for one in shown}
    heights = {
        row: round(momentum(arrivals, opened[row], now_ms) * _PRECISION)
        for row, arrivals in _arrivals(sql, list(opened), now_ms)
    }
    return [_Ranked(one.row, heights.get(one.row, 0), one.at_ms) for one in shown]


def _is_after(sql: sqlite3.Connection, one: _Ranked, after: StoryCursor) -> bool:
    row = _row(sql, after.story)
    return (one.momentum, one.at_ms, one.row) < (after.momentum, after.at_ms, row)


def _place(sql: sqlite3.Connection, after: StoryCursor | None) -> tuple[int, int] | None:
    return (after.at_ms, _row(sql, after.story)) if after else None


def _documents(sql: sqlite3.Connection, shown: Sequence[_Ranked]) -> Iterator[Json]:
    rows = sql.execute(_DOCUMENTS, (json.dumps([one.row for one in shown]),))
    for place, story, article in rows:
        height = shown[place].momentum / _PRECISION
        yield Json(f'{story[:-1]},"momentum":{round(height, 2)},"article":{article}}}')


def _row(sql: sqlite3.Connection, story: UUID) -> int:
    found = sql.execute("SELECT rowid FROM stories WHERE id = ?", (str(story),)).fetchone()
    return int(found[0]) if found else 2**62


def _id(sql: sqlite3.Connection, row: int) -> UUID:
    return UUID(sql.execute("SELECT id FROM stories WHERE rowid = ?", (row,)).fetchone()[0])
