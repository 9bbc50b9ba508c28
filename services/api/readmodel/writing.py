"""The SQL that writes. Everything here runs inside the transaction of `apply.py`, on its thread."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.api.readmodel.changes import Facets
from services.api.readmodel.documents import FeedState, Json
from services.api.readmodel.facets import Facet, Standing
from services.api.readmodel.lookups import last_change, position
from services.api.readmodel.merge import Known, from_json, headline, to_json
from services.api.readmodel.position import EntryId, Position, Stream
from services.contracts.articles import Article


@dataclass(frozen=True, slots=True)
class ArticleWrite:
    """An article as it is to be kept. `current` is its new present revision, if this batch brought one."""

    id: str
    known: Known
    current: Article | None
    history: Sequence[Article]
    before: Standing | None
    now: Standing | None


@dataclass(frozen=True, slots=True)
class FeedWrite:
    """A feed's state, and the entry that told it."""

    entry: EntryId
    state: FeedState


class Written(NamedTuple):
    """What readers can get now. `row` is an article's, None for a feed."""

    document: Json
    facets: Facets
    row: int | None


class JournalRow(NamedTuple):
    """A row of the journal, in the order of its columns."""

    seq: int
    stream: Stream
    at: EntryId
    late: bool
    kind: str
    article: int | None
    feed: str | None


class Store:
    """The tables, as the writer sees them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    def known(self, ids: Collection[str]) -> dict[str, Known]:
        """What is known about those of the ids that have been heard of."""
        rows = self._sql.execute(
            "SELECT id, known FROM facts WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(sorted(ids)),)
        )
        return {subject: from_json(known) for subject, known in rows}

    def feed_entry(self, feed: str) -> EntryId:
        """The entry that told the feed's present state; the lowest of all for an unknown feed."""
        row = self._sql.execute("SELECT entry_ms, entry_seq FROM feeds WHERE id = ?", (feed,)).fetchone()
        return EntryId(*row) if row else EntryId()

    def position(self) -> Position:
        return position(self._sql)

    def last_change(self) -> int:
        return last_change(self._sql)

    def write_articles(self, writes: Sequence[ArticleWrite]) -> dict[str, Written]:
        rows = self._write_facts(writes)
        self._write_bodies(rows, writes)
        self._write_standings(rows, writes)
        written = {}
        for write in writes:
            if write.now is not None:
                document = Json(headline(write.known).model_dump_json())
                written[write.id] = Written(document, frozenset(write.now.facets), rows[write.id])
        self._sql.executemany(
            "INSERT INTO articles (rowid, time_ms, headline) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET time_ms = excluded.time_ms, headline = excluded.headline",
            [(rows[write.id], write.now.time_ms, written[write.id].document) for write in writes if write.now],
        )
        return written

    def write_feeds(self, writes: Iterable[FeedWrite]) -> dict[str, Written]:
        written = {}
        for write in writes:
            subject, state = str(write.state.id), Json(write.state.model_dump_json())
            self._sql.execute(
                "INSERT OR REPLACE INTO feeds (id, entry_ms, entry_seq, status, state) VALUES (?, ?, ?, ?, ?)",
                (subject, *write.entry, write.state.status, state),
            )
            written[subject] = Written(state, frozenset({("feed", subject)}), None)
        return written

    def write_journal(self, rows: Iterable[JournalRow]) -> None:
        self._sql.executemany(
            "INSERT INTO journal (seq, stream, at_ms, at_seq, late, kind, article, feed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(row.seq, row.stream, *row.at, row.late, row.kind, row.article, row.feed) for row in rows],
        )

    def write_position(self, stream: Stream, entry: EntryId) -> None:
        self._sql.execute("INSERT OR REPLACE INTO positions (stream, ms, seq) VALUES (?, ?, ?)", (stream, *entry))

    def _write_facts(self, writes: Sequence[ArticleWrite]) -> dict[str, int]:
        """The rows of the articles by id."""
        self._sql.executemany(
            "INSERT INTO facts (id, known) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET known = excluded.known",
            [(write.id, to_json(write.known)) for write in writes],
        )
        ids = json.dumps([write.id for write in writes])
        found = self._sql.execute("SELECT id, rowid FROM facts WHERE id IN (SELECT value FROM json_each(?))", (ids,))
        return dict(found.fetchall())

    def _write_bodies(self, rows: dict[str, int], writes: Sequence[ArticleWrite]) -> None:
        changed = [(rows[write.id], write.current) for write in writes if write.current is not None]
        replaced = [(rows[write.id],) for write in writes if write.current is not None and write.before is not None]
        # The index has to be told the words that go, before they go.
        self._sql.executemany(
            "INSERT INTO articles_fts (articles_fts, rowid, title, summary, text) "
            "SELECT 'delete', rowid, title, summary, text FROM bodies WHERE rowid = ?",
            replaced,
        )
        self._sql.executemany(
            "INSERT OR IGNORE INTO revisions (article, revision, seen, title, summary, text, html) "
            "SELECT rowid, revision, seen, title, summary, text, html FROM bodies WHERE rowid = ?",
            replaced,
        )
        self._sql.executemany(
            "INSERT OR REPLACE INTO bodies (rowid, revision, seen, title, summary, text, html) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(row, *_body(article)) for row, article in changed],
        )
        self._sql.executemany(
            "INSERT INTO articles_fts (rowid, title, summary, text) VALUES (?, ?, ?, ?)",
            [(row, article.title, article.summary, article.text) for row, article in changed],
        )
        self._sql.executemany(
            "INSERT OR IGNORE INTO revisions (article, revision, seen, title, summary, text, html) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(rows[write.id], *_body(article)) for write in writes for article in write.history],
        )

    def _write_standings(self, rows: dict[str, int], writes: Sequence[ArticleWrite]) -> None:
        """Move the articles in the listings, and count how many each listing has."""
        facets: dict[tuple[str, str], Facet] = {}
        sizes: Counter[tuple[str, str]] = Counter()
        moved = [write for write in writes if write.now is not None and write.now != write.before]
        for write in moved:
            facets |= (write.before.facets if write.before else {}) | (write.now.facets if write.now else {})
            sizes.update(_keys(write.now))
            sizes.subtract(_keys(write.before))
        ids = self._write_facets(facets, sizes)
        gone, come = [], []
        for write in moved:
            left, taken = _ranges(write.before), _ranges(write.now)
            gone += [(ids[key], time_ms, rows[write.id]) for time_ms, key in left - taken]
            come += [(ids[key], time_ms, rows[write.id]) for time_ms, key in taken - left]
        self._sql.executemany("DELETE FROM article_facets WHERE (facet, time_ms, article) = (?, ?, ?)", gone)
        self._sql.executemany("INSERT INTO article_facets (facet, time_ms, article) VALUES (?, ?, ?)", sorted(come))

    def _write_facets(
        self, facets: dict[tuple[str, str], Facet], more: Counter[tuple[str, str]]
    ) -> dict[tuple[str, str], int]:
        """The ids of the facets by (kind, key)."""
        self._sql.executemany(
            "INSERT INTO facets (kind, key, label, url, articles) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (kind, key) DO UPDATE SET label = excluded.label, url = excluded.url, "
            "articles = articles + excluded.articles",
            [(*facet, more[key]) for key, facet in facets.items()],
        )
        found = self._sql.execute(
            "SELECT f.kind, f.key, f.id FROM json_each(?) w "
            "JOIN facets f ON (f.kind, f.key) = (w.value ->> 0, w.value ->> 1)",
            (json.dumps(list(facets)),),
        )
        return {(kind, key): row for kind, key, row in found}


def _body(article: Article) -> tuple[int, str, str, str | None, str | None, str | None]:
    seen = article.seen.isoformat().replace("+00:00", "Z")
    return (article.revision, seen, article.title, article.summary, article.text, article.html)


def _keys(standing: Standing | None) -> frozenset[tuple[str, str]]:
    return frozenset(standing.facets) if standing else frozenset()


def _ranges(standing: Standing | None) -> frozenset[tuple[int, tuple[str, str]]]:
    return frozenset((standing.time_ms, key) for key in standing.facets) if standing else frozenset()
