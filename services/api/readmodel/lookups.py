"""Reading all but listings: one article, tags and sources, feeds, how far the read model has come."""

import json
import sqlite3
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter

from services.api.readmodel.changes import Counts, Size
from services.api.readmodel.documents import Json
from services.api.readmodel.merge import from_json
from services.api.readmodel.position import EntryId, Position, Stream
from services.api.readmodel.repeated import with_also_in
from services.api.readmodel.stories_lookups import with_stories
from services.contracts.articles import Enclosure

_enclosures = TypeAdapter(tuple[Enclosure, ...])


def article(sql: sqlite3.Connection, subject: UUID) -> Json | None:
    """The `FullArticle`, or None where there is none."""
    found = sql.execute(
        "SELECT a.rowid, a.headline, f.known, b.revision, b.title, b.summary, b.seen, b.text, b.html "
        "FROM facts f JOIN articles a ON a.rowid = f.rowid JOIN bodies b ON b.rowid = f.rowid WHERE f.id = ?",
        (str(subject),),
    ).fetchone()
    if found is None:
        return None
    row, shown, facts, *current, text, html = found
    known = from_json(facts)
    if known.article is None:
        return None
    earlier = sql.execute(
        "SELECT revision, title, summary, seen FROM revisions WHERE article = ? ORDER BY revision DESC", (row,)
    ).fetchall()
    names = ("revision", "title", "summary", "seen")
    further = {
        "text": text,
        "html": html,
        "categories": known.article.categories,
        "enclosures": _enclosures.dump_python(known.article.enclosures, mode="json"),
        "guid": known.article.guid,
        "enrichment": known.enrichment.model_dump(mode="json") if known.enrichment else None,
        "revisions": [dict(zip(names, values, strict=True)) for values in (current, *earlier)],
    }
    (folded,) = with_stories(sql, [(row, with_also_in(sql, [(str(subject), Json(shown))])[0])])
    return Json(folded[:-1] + "," + json.dumps(further, ensure_ascii=False, separators=(",", ":"))[1:])


def sizes(sql: sqlite3.Connection, kind: Literal["tag", "source", "language"], limit: int) -> list[Size]:
    """The largest first."""
    found = sql.execute(
        "SELECT key, label, url, articles FROM facets WHERE kind = ? AND articles > 0 "
        "ORDER BY articles DESC, key LIMIT ?",
        (kind, limit),
    )
    return [Size(*row) for row in found]


def size(sql: sqlite3.Connection, kind: Literal["tag", "source"], key: str) -> Size | None:
    """One of them; None where no article has it, or ever had."""
    found = sql.execute("SELECT key, label, url, articles FROM facets WHERE (kind, key) = (?, ?)", (kind, key))
    return next((Size(*row) for row in found), None)


def feeds(sql: sqlite3.Connection) -> list[Json]:
    """The `FeedState` of every feed that has not been removed, by title."""
    found = sql.execute(
        "SELECT state FROM feeds WHERE status <> 'removed' "
        "ORDER BY lower(coalesce(state ->> 'title', state ->> 'url')), id"
    )
    return [Json(state) for (state,) in found]


def feed(sql: sqlite3.Connection, subject: UUID) -> Json | None:
    """The `FeedState`, or None where the feed is unknown or was removed."""
    found = sql.execute("SELECT state FROM feeds WHERE id = ? AND status <> 'removed'", (str(subject),)).fetchone()
    return Json(found[0]) if found else None


def position(sql: sqlite3.Connection) -> Position:
    """How far the read model has come in each stream."""
    reached = {Stream(stream): EntryId(ms, seq) for stream, ms, seq in sql.execute("SELECT * FROM positions")}
    return Position(*(reached.get(stream, EntryId()) for stream in Stream))


def last_change(sql: sqlite3.Connection) -> int:
    """The number of the latest change; 0 where nothing has ever changed."""
    return int(sql.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])


def counts(sql: sqlite3.Connection) -> Counts:
    articles = sql.execute("SELECT coalesce(sum(articles), 0) FROM facets WHERE kind = 'all'").fetchone()[0]
    known_feeds = sql.execute("SELECT count(*) FROM feeds WHERE status <> 'removed'").fetchone()[0]
    return Counts(articles, known_feeds, last_change(sql))
