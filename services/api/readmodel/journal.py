"""The journal read again: what a reader who was away has missed."""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from services.api.readmodel.changes import Change
from services.api.readmodel.documents import Json
from services.api.readmodel.facets import standing
from services.api.readmodel.horizon import Horizon, beyond, first_kept, horizon
from services.api.readmodel.merge import from_json
from services.api.readmodel.position import EntryId, Position, Stream
from services.api.readmodel.stories_lookups import story_facets, with_stories
from services.api.readmodel.stories_writing import story_told


@dataclass(frozen=True, slots=True)
class Missed:
    """A part of what was missed. `read_to` is the number of the last change looked at; `more` says go on from there.

    `gone` is set where changes before this part can no longer be replayed: how far those reached.
    """

    changes: tuple[Change, ...]
    read_to: int
    more: bool
    gone: Horizon | None = None


def first_unknown(sql: sqlite3.Connection, position: Position, streams: Collection[Stream]) -> int:
    """The number of the first change that a reader of `streams` at `position` may not have.

    It is one that is not in the journal where such a change is gone from it. Within one stream positions in the
    journal only grow, so each stream has one such place.
    """
    if beyond(horizon(sql), position, streams):
        return first_kept(sql) - 1
    places = []
    for stream in Stream:
        found = sql.execute(
            "SELECT seq FROM journal WHERE stream = ? AND (at_ms, at_seq) >= (?, ?) AND "
            "(late OR (at_ms, at_seq) > (?, ?)) ORDER BY at_ms, at_seq, seq LIMIT 1",
            (stream, *position[stream], *position[stream]),
        ).fetchone()
        if found is not None:
            places.append(found[0])
    last = int(sql.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])
    return min(places, default=last + 1)


def missed(
    sql: sqlite3.Connection,
    start: Position,
    reached: Position,
    since: int,
    limit: int,
    facets: bool = True,
    text: bool = True,
) -> Missed:
    """The changes from number `since` on that a reader who was at `start` may not have. Documents are as they are now.

    Looks at no more than `limit`. By now the reader has `reached` a position; those of the changes go on from it.
    Without `facets` and `text` the changes have none, which is quicker.
    """
    kept = first_kept(sql)
    gone = horizon(sql) if since < kept else None
    since = max(since, kept)
    rows = sql.execute(
        "SELECT j.seq, j.kind, j.stream, j.at_ms, j.at_seq, j.late, j.article, coalesce(a.headline, f.state), "
        "CASE WHEN ? THEN k.known END, j.feed, CASE WHEN ? THEN b.text END, s.shown, j.told "
        "FROM journal j LEFT JOIN articles a ON a.rowid = j.article LEFT JOIN facts k ON k.rowid = j.article "
        "LEFT JOIN bodies b ON b.rowid = j.article LEFT JOIN feeds f ON f.id = j.feed "
        "LEFT JOIN stories s ON s.id = j.story WHERE j.seq >= ? ORDER BY j.seq LIMIT ?",
        (facets, text, since, limit),
    ).fetchall()
    articles = [(row[6], Json(row[7])) for row in rows if row[6] is not None]
    headlines = iter(with_stories(sql, articles))
    named = story_facets(sql, {row for row, _ in articles}) if facets else {}
    changes = []
    for seq, kind, stream, at_ms, at_seq, late, article, document, known, feed, body, story, told in rows:
        stood, at = Stream(stream), EntryId(at_ms, at_seq)
        after = reached.reach(stood, at)
        under = frozenset({("feed", feed)}) if feed else _facets(known) if known else frozenset[tuple[str, str]]()
        under |= named.get(article, frozenset())
        shown = Json(document) if article is None else next(headlines)
        judged, new = None, False
        if told is not None:
            judged, shown, new = shown, story_told(story, told), json.loads(told)["new"]
        change = Change(seq, kind, stood, at, bool(late), after, shown, under, body, judged, new)
        if change.unknown_to(start):
            changes.append(change)
            reached = after
    return Missed(tuple(changes), rows[-1][0] if rows else since - 1, len(rows) == limit, gone)


def _facets(known: str) -> frozenset[tuple[str, str]]:
    stands = standing(from_json(known))
    return frozenset(stands.facets) if stands else frozenset()
