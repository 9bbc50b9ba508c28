"""The SQL that writes. Everything here runs inside the transaction of `apply.py`, on its thread."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.api.query.matching import author_text, source_text
from services.api.readmodel.changes import Facets
from services.api.readmodel.documents import FeedState, Json
from services.api.readmodel.facets import Facet, Standing
from services.api.readmodel.filters import to_ms
from services.api.readmodel.functions import host_of, packed
from services.api.readmodel.lookups import last_change, position
from services.api.readmodel.merge import Known, from_json, headline, to_json
from services.api.readmodel.position import EntryId, Position, Stream
from services.contracts.articles import Article

REVISIONS = 100
"""So many of an article are kept, the latest: what is a live blog has one every few minutes."""

_INDEX = (
    "INSERT INTO articles_fts ({command}rowid, title, summary, text, author, source, site) "
    "SELECT {delete}rowid, seamed(title), seamed(summary), seamed(text), seamed(author), seamed(source), "
    "site_terms(site) FROM bodies WHERE rowid = ?"
)


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
    """What readers can get now. `row` is an article's, None for a feed.

    Of a `story` row, text and facets are of the article that the change is about, which is `judged` in its stead;
    `told` says what happened.
    """

    document: Json
    facets: Facets
    row: int | None
    text: str | None = None
    judged: Json | None = None
    story: str | None = None
    told: str | None = None


class JournalRow(NamedTuple):
    """A row of the journal, in the order of its columns."""

    seq: int
    stream: Stream
    at: EntryId
    late: bool
    kind: str
    article: int | None
    feed: str | None
    story: str | None = None
    told: str | None = None


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
        changed_ms = self.next_change_ms()
        texts = self._texts([rows[write.id] for write in writes if write.current is None])
        written = {}
        for write in writes:
            if write.now is not None:
                row, document = rows[write.id], Json(headline(write.known).model_dump_json(exclude={"story"}))
                text = texts.get(row) if write.current is None else write.current.text
                written[write.id] = Written(document, frozenset(write.now.facets), row, text)
        self._sql.executemany(
            "INSERT INTO articles (rowid, time_ms, headline, first_seen_ms, seen_ms, changed_ms) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET time_ms = excluded.time_ms, "
            "headline = excluded.headline, first_seen_ms = excluded.first_seen_ms, seen_ms = excluded.seen_ms, "
            "changed_ms = excluded.changed_ms",
            [
                (rows[write.id], write.now.time_ms, written[write.id].document, *_seen_ms(write.known), changed_ms)
                for write in writes
                if write.now
            ],
        )
        return written

    def _texts(self, rows: Sequence[int]) -> dict[int, str | None]:
        """The bodies that there are."""
        found = self._sql.execute(
            "SELECT rowid, text FROM bodies WHERE rowid IN (SELECT value FROM json_each(?))", (json.dumps(rows),)
        )
        return dict(found.fetchall())

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
            "INSERT INTO journal (seq, stream, at_ms, at_seq, late, kind, article, feed, story, told) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (row.seq, row.stream, *row.at, row.late, row.kind, row.article, row.feed, row.story, row.told)
                for row in rows
            ],
        )

    def write_position(self, stream: Stream, entry: EntryId) -> None:
        self._sql.execute("INSERT OR REPLACE INTO positions (stream, ms, seq) VALUES (?, ?, ?)", (stream, *entry))

    def next_change_ms(self) -> int:
        """The present, but later than every change before: who has read up to one batch misses nothing of the next."""
        query = "SELECT max(now_ms(), coalesce((SELECT max(changed_ms) FROM articles), 0) + 1)"
        return int(self._sql.execute(query).fetchone()[0])

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
        self._sql.executemany(_INDEX.format(command="articles_fts, ", delete="'delete', "), replaced)
        self._sql.executemany(
            "INSERT OR IGNORE INTO revisions (article, revision, seen, title, summary, body) "
            "SELECT rowid, revision, seen, title, summary, packed(text, html) FROM bodies WHERE rowid = ?",
            replaced,
        )
        self._sql.executemany(
            "INSERT OR REPLACE INTO bodies (rowid, revision, seen, title, summary, text, html, author, source, site) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(row, *_revision(article), article.text, article.html, *_origin(article)) for row, article in changed],
        )
        self._sql.executemany(_INDEX.format(command="", delete=""), [(row,) for row, _article in changed])
        self._sql.executemany(
            "INSERT OR IGNORE INTO revisions (article, revision, seen, title, summary, body) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (rows[write.id], *_revision(article), packed(article.text, article.html))
                for write in writes
                for article in write.history
            ],
        )
        self._sql.executemany(
            "DELETE FROM revisions WHERE article = ? AND revision <= ?",
            [
                (rows[write.id], write.known.article.revision - REVISIONS)
                for write in writes
                if write.known.article is not None and write.known.article.revision > REVISIONS
            ],
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
        self._write_repeats(rows, moved)

    def _write_repeats(self, rows: dict[str, int], moved: Sequence[ArticleWrite]) -> None:
        changed = [(rows[write.id], _root(write.before), _root(write.now)) for write in moved]
        changed = [(row, before, now) for row, before, now in changed if before != now]
        gone = [(before, row) for row, before, _now in changed if before is not None]
        come = [(now, row) for row, _before, now in changed if now is not None]
        self._sql.executemany("DELETE FROM repeats WHERE (root, article) = (?, ?)", gone)
        self._sql.executemany("INSERT OR IGNORE INTO repeats (root, article) VALUES (?, ?)", come)

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


def _revision(article: Article) -> tuple[int, str, str, str | None]:
    seen = article.seen.isoformat().replace("+00:00", "Z")
    return (article.revision, seen, article.title, article.summary)


def _origin(article: Article) -> tuple[str, str, str]:
    """What `author:`, `source:` and `site:` look at."""
    source = source_text(article.source.name, article.source.id)
    return (author_text(article.authors), source, host_of(article.url))


def _seen_ms(known: Known) -> tuple[int, int]:
    """When the article was first seen, and when its present revision was."""
    if known.article is None:
        return (0, 0)
    return (to_ms(known.article.first_seen), to_ms(known.article.seen))


def _keys(standing: Standing | None) -> frozenset[tuple[str, str]]:
    return frozenset(standing.facets) if standing else frozenset()


def _root(standing: Standing | None) -> str | None:
    return standing.root if standing else None


def _ranges(standing: Standing | None) -> frozenset[tuple[int, tuple[str, str]]]:
    return frozenset((standing.time_ms, key) for key in standing.facets) if standing else frozenset()
