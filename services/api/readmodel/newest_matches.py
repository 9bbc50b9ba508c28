"""The newest articles with some words, where many have them: the index is read from its end, no further than needed.

Rows of the index are in the order of arrival, listings in that of a time which is never after the first sight. So what
is first seen before the last article of a page cannot be on it.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

_FIRST = 4
"""So many times the wanted articles are looked at first, and each time after that as many again as by then."""
_FEW = 500
"""Where there are no more articles with the words than this, as far as can be told, all are looked at."""
_MOST = 2_000
"""Articles that are looked at. Another plan is the better one where these are not enough."""

_LOOK = (
    "SELECT a.rowid, {value}, {fits} FROM (SELECT rowid AS row FROM articles_fts WHERE articles_fts MATCH ? "
    "AND rowid < ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?) d CROSS JOIN articles a ON a.rowid = d.row"
)
_SEEN_SINCE = "SELECT coalesce(min(rowid), ?) FROM articles INDEXED BY articles_by_first_seen WHERE first_seen_ms >= ?"
_HEADLINES = "SELECT rowid, headline FROM articles WHERE rowid IN ({rows})"
_END = 2**62


def newest_matches(
    sql: sqlite3.Connection, match: str, value: str, fits: str, values: Sequence[Any], wanted: int
) -> list[tuple[str, int, int]] | None:
    """Headline, value and row of the first `wanted` articles that match and fit, the greatest value first.

    `value` is a column of `articles a` that is never after its `first_seen_ms`, `fits` a condition about it with its
    `values`. None where too many would have to be looked at.
    """
    look = _LOOK.format(value=value, fits=fits or "1")
    found: list[tuple[int, int]] = []
    top, low, looked, size = 0, _END, 0, _FIRST * wanted
    while looked < _MOST:
        rows = sql.execute(look, (*values, match, low, 0, size)).fetchall()
        found += [(at, row) for row, at, fit in rows if fit]
        if len(rows) < size:
            return _shown(sql, found, wanted)
        if not found:  # what is wanted is not among the newest
            return None
        top, low, looked = top or rows[0][0], rows[-1][0], looked + len(rows)
        if len(found) >= wanted and (looked >= _FEW or looked * top >= _FEW * (top - low)):
            found.sort(reverse=True)
            # Articles do not always arrive in the order of their first sight.
            since = sql.execute(_SEEN_SINCE, (low, found[wanted - 1][0])).fetchone()[0]
            rows = sql.execute(look, (*values, match, low, since, _MOST)).fetchall() if since < low else []
            return (
                _shown(sql, found + [(at, row) for row, at, fit in rows if fit], wanted) if len(rows) < _MOST else None
            )
        size = looked
    return None


def _shown(sql: sqlite3.Connection, found: list[tuple[int, int]], wanted: int) -> list[tuple[str, int, int]]:
    first = sorted(found, reverse=True)[:wanted]
    headlines = dict(sql.execute(_HEADLINES.format(rows=", ".join(str(row) for _at, row in first))).fetchall())
    return [(headlines[row], at, row) for at, row in first]
