"""How far back the journal reaches, and letting go of what is older.

The first entry of the journal is never far from its last: the numbers of changes must go on growing, so the last row
always stays.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.api.readmodel.filters import to_ms
from services.api.readmodel.position import EntryId, Position, Stream

_BITE = 5_000
"""Rows let go of in one transaction: some milliseconds, in which nothing else is written."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How much of the journal stays: what is younger than `age`, and no more than the last `rows` changes."""

    age: timedelta
    rows: int


@dataclass(frozen=True, slots=True)
class Edge:
    """The last entry of one stream whose changes cannot be replayed. `late`: nor can one that came after it."""

    entry: EntryId
    late: bool = False

    def hides_from(self, position: Position, stream: Stream) -> bool:
        """Whether a reader at `position` may lack a change that is gone."""
        return self.entry > position[stream] or (self.late and self.entry == position[stream])


Horizon = dict[Stream, Edge]
"""The edge of each stream that something is gone of."""


def horizon(sql: sqlite3.Connection) -> Horizon:
    rows = sql.execute("SELECT stream, ms, seq, late FROM horizon")
    return {Stream(stream): Edge(EntryId(ms, seq), bool(late)) for stream, ms, seq, late in rows}


def first_kept(sql: sqlite3.Connection) -> int:
    """The number of the first change in the journal; of the first that there will be where there is none yet."""
    return int(sql.execute("SELECT coalesce(min(seq), 1) FROM journal").fetchone()[0])


def beyond(edges: Horizon, position: Position, streams: Collection[Stream]) -> list[Stream]:
    """Those of the streams of which a reader at `position` may lack a change that is gone."""
    return [stream for stream in streams if stream in edges and edges[stream].hides_from(position, stream)]


def prune(sql: sqlite3.Connection, keep: Keep, now: datetime) -> int:
    """Let go of one bite of what need not stay, in one transaction. How many rows; 0 when all is done."""
    sql.execute("BEGIN IMMEDIATE")
    try:
        first, last = first_kept(sql), sql.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
        young = _first_since(sql, to_ms(now - keep.age), last)
        until = min(max(last - keep.rows, young - 1), last - 1, first + _BITE - 1)
        rows = sql.execute("SELECT stream, at_ms, at_seq, late FROM journal WHERE seq <= ?", (until,)).fetchall()
        edges = horizon(sql)
        for stream, ms, seq, late in rows:
            _move(edges, Stream(stream), Edge(EntryId(ms, seq), bool(late)))
        write_horizon(sql, edges)
        sql.execute("DELETE FROM journal WHERE seq <= ?", (until,))
    except BaseException:
        sql.execute("ROLLBACK")
        raise
    sql.execute("COMMIT")
    return len(rows)


def begin_after(sql: sqlite3.Connection, stream: Stream, entry: EntryId, *, restored: bool = False) -> None:
    """Nothing up to this entry of the stream will ever be told. Changes nothing where something of it is known; of a
    model that was restored, nothing where it had come that far."""
    known = sql.execute("SELECT ms, seq FROM positions WHERE stream = ?", (stream,)).fetchone()
    if known is None or (restored and EntryId(*known) < entry):
        edges = horizon(sql)
        _move(edges, stream, Edge(entry))
        write_horizon(sql, edges)


def write_horizon(sql: sqlite3.Connection, edges: Horizon) -> None:
    sql.executemany(
        "INSERT OR REPLACE INTO horizon (stream, ms, seq, late) VALUES (?, ?, ?, ?)",
        [(stream, *edge.entry, edge.late) for stream, edge in edges.items()],
    )


def _move(edges: Horizon, stream: Stream, gone: Edge) -> None:
    held = edges.get(stream)
    if held is None or (gone.entry, gone.late) > (held.entry, held.late):
        edges[stream] = gone


def _first_since(sql: sqlite3.Connection, moment_ms: int, last: int) -> int:
    """The number of the first change from this moment on: within one stream moments only grow."""
    found = [
        sql.execute(
            "SELECT seq FROM journal WHERE stream = ? AND at_ms >= ? ORDER BY at_ms, at_seq, seq LIMIT 1",
            (stream, moment_ms),
        ).fetchone()
        for stream in Stream
    ]
    return min((row[0] for row in found if row), default=last + 1)
