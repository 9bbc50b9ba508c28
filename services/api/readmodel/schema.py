"""The database: its tables, how an older one is brought up to date, and how a connection is opened."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from services.api.readmodel.functions import register_functions
from services.wire.process import utc_now

_VERSION_1 = """
-- What was merged, by article id. An enrichment may be known before its article.
CREATE TABLE facts (rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, known TEXT NOT NULL) STRICT;

-- What listings read: narrow, and rendered already. The rowid is that of `facts`.
CREATE TABLE articles (rowid INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, headline TEXT NOT NULL) STRICT;

-- The present revision's words, apart because listings do not read them; `revisions` has the earlier ones.
CREATE TABLE bodies (
    rowid INTEGER PRIMARY KEY, revision INTEGER NOT NULL, seen TEXT NOT NULL,
    title TEXT NOT NULL, summary TEXT, text TEXT, html TEXT
) STRICT;
CREATE TABLE revisions (
    article INTEGER NOT NULL, revision INTEGER NOT NULL, seen TEXT NOT NULL,
    title TEXT NOT NULL, summary TEXT, text TEXT, html TEXT, PRIMARY KEY (article, revision)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    title, summary, text, content='bodies', content_rowid='rowid', tokenize="porter unicode61 remove_diacritics 2"
);

-- Tags, sources, feeds, languages, and one facet that every article has: a listing by any of them is one range
-- of `article_facets`, and whether an article has another facet as well is one look-up in it.
CREATE TABLE facets (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, label TEXT NOT NULL, url TEXT,
    articles INTEGER NOT NULL, UNIQUE (kind, key)
) STRICT;
CREATE INDEX facets_by_size ON facets (kind, articles DESC, key);
CREATE TABLE article_facets (
    facet INTEGER NOT NULL, time_ms INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (facet, time_ms, article)
) STRICT, WITHOUT ROWID;

CREATE TABLE feeds (
    id TEXT PRIMARY KEY, entry_ms INTEGER NOT NULL, entry_seq INTEGER NOT NULL, status TEXT NOT NULL,
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every change in the order in which readers could first see it. (at_ms, at_seq) is how far its stream had come
-- by then; `late` marks an entry that was applied after one that follows it in the stream.
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY, stream INTEGER NOT NULL, at_ms INTEGER NOT NULL, at_seq INTEGER NOT NULL,
    late INTEGER NOT NULL, kind TEXT NOT NULL, article INTEGER, feed TEXT
) STRICT;
CREATE INDEX journal_by_position ON journal (stream, at_ms, at_seq);
CREATE TABLE positions (stream INTEGER PRIMARY KEY, ms INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;
"""

_HORIZON = """
-- The last entry of each stream whose changes have left the journal. `late` as in the journal.
CREATE TABLE horizon (
    stream INTEGER PRIMARY KEY, ms INTEGER NOT NULL, seq INTEGER NOT NULL, late INTEGER NOT NULL
) STRICT;
"""

_REPEATS = """
-- Which articles repeat one, by that one's id. It may not have come.
CREATE TABLE repeats (root TEXT NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (root, article)) STRICT, WITHOUT ROWID;

-- The facet of what repeats nothing: until now that was everything.
INSERT INTO facets (kind, key, label, articles) SELECT 'first', '', '', articles FROM facets WHERE kind = 'all';
INSERT INTO article_facets (facet, time_ms, article)
    SELECT (SELECT id FROM facets WHERE kind = 'first'), time_ms, article FROM article_facets
    WHERE facet = (SELECT id FROM facets WHERE kind = 'all');
UPDATE articles SET headline = substr(headline, 1, length(headline) - 1) || ',"repeats":null}';
"""

_SEARCH = """
-- What listings can be sorted by besides the time: the first sight, that of the present revision, and when anything
-- that readers see was last changed, by this read model's clock. The last only grows from one batch to the next.
ALTER TABLE articles ADD COLUMN first_seen_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN seen_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN changed_ms INTEGER NOT NULL DEFAULT 0;
UPDATE articles SET (first_seen_ms, seen_ms, changed_ms) = (
    SELECT unix_ms(f.known ->> '$.article.first_seen'), unix_ms(f.known ->> '$.article.seen'), now_ms()
    FROM facts f WHERE f.rowid = articles.rowid
);
CREATE INDEX articles_by_first_seen ON articles (first_seen_ms);
CREATE INDEX articles_by_seen ON articles (seen_ms);
CREATE INDEX articles_by_changed ON articles (changed_ms);

-- What else words are looked for in. `site` is the host of the article's URL.
ALTER TABLE bodies ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE bodies ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE bodies ADD COLUMN site TEXT NOT NULL DEFAULT '';
UPDATE bodies SET (author, source, site) = (
    SELECT coalesce((SELECT group_concat(value, ' / ') FROM json_each(f.known, '$.article.authors')), ''),
        (f.known ->> '$.article.source.name') || ' / ' || (f.known ->> '$.article.source.id'),
        host(f.known ->> '$.article.url')
    FROM facts f WHERE f.rowid = bodies.rowid
);
DROP TABLE articles_fts;
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    title, summary, text, author, source, site, content='', tokenize="porter unicode61 remove_diacritics 2"
);
INSERT INTO articles_fts (rowid, title, summary, text, author, source, site)
    SELECT rowid, seamed(title), seamed(summary), seamed(text), seamed(author), seamed(source), site_terms(site)
    FROM bodies;

-- Earlier revisions are read rarely and repeat each other: compressed.
CREATE TABLE earlier (
    article INTEGER NOT NULL, revision INTEGER NOT NULL, seen TEXT NOT NULL,
    title TEXT NOT NULL, summary TEXT, body BLOB NOT NULL, PRIMARY KEY (article, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO earlier (article, revision, seen, title, summary, body)
    SELECT article, revision, seen, title, summary, packed(text, html) FROM revisions;
DROP TABLE revisions;
ALTER TABLE earlier RENAME TO revisions;
"""

_STORIES = """
-- What was said of each story, and what readers get of it. `lead` is the article that stands for it. One that was
-- merged has no articles; its id is known as `into_id`, where the chain of these ends.
CREATE TABLE stories (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sequence INTEGER NOT NULL, said TEXT,
    into_id TEXT, into_sequence INTEGER NOT NULL, size INTEGER NOT NULL DEFAULT 0, sources INTEGER NOT NULL DEFAULT 0,
    opened_ms INTEGER NOT NULL DEFAULT 0, last_ms INTEGER NOT NULL DEFAULT 0, lead INTEGER, shown TEXT
) STRICT;
CREATE INDEX stories_by_into ON stories (into_id) WHERE into_id IS NOT NULL;
CREATE INDEX stories_by_opened ON stories (opened_ms) WHERE size > 0;
CREATE INDEX stories_by_last ON stories (last_ms) WHERE size > 0;

-- Which story each article joined, and why, by ids: neither may have come, and the story may have been merged.
CREATE TABLE story_places (
    article TEXT PRIMARY KEY, story TEXT NOT NULL, sequence INTEGER NOT NULL, because TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX story_places_by_story ON story_places (story);

-- What follows of these: the articles that can be read by the stories that there are. Each stands in `article_facets`
-- as well, under the story's rowid below zero, so that a story is listed as any facet is.
CREATE TABLE story_articles (
    article INTEGER PRIMARY KEY, story INTEGER NOT NULL, time_ms INTEGER NOT NULL, first_seen_ms INTEGER NOT NULL,
    source TEXT NOT NULL, repeats INTEGER NOT NULL
) STRICT;
CREATE INDEX story_articles_by_story ON story_articles (story, first_seen_ms, source);

-- Of a change of a story `article` is the one that it is about, and `told` what happened.
ALTER TABLE journal ADD COLUMN story TEXT;
ALTER TABLE journal ADD COLUMN told TEXT;
"""

MIGRATIONS = (_VERSION_1, _HORIZON, _REPEATS, _SEARCH, _STORIES)


class DatabaseUnusable(Exception):
    """The database cannot be opened, or is not one of ours. Tell the operator; nothing was changed."""


def open_writer(path: Path, clock: Callable[[], datetime] = utc_now) -> sqlite3.Connection:
    """The one connection that writes. Creates the file or brings it up to date. Raises `DatabaseUnusable`.

    synchronous=FULL, because what was committed is acknowledged to Redis and will not come again: with NORMAL
    a power cut could take the last commits. One sync a batch costs little.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _open(path, clock)
        with _closed_on_failure(connection):
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # Pages: a steady wire writes the same ones again and again, and they need not be copied each time.
            connection.execute("PRAGMA wal_autocheckpoint = 8000")
            _migrate(connection)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseUnusable(f"{path}: {error}") from error
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads; each query sees one committed state."""
    connection = _open(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _open(path: Path, clock: Callable[[], datetime] = utc_now) -> sqlite3.Connection:
    # Each connection belongs to one thread; only closing may happen from another, when that thread has ended.
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    with _closed_on_failure(connection):
        register_functions(connection, clock)
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA cache_size = -32000")
        connection.execute("PRAGMA mmap_size = 268435456")
    return connection


@contextmanager
def _closed_on_failure(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _migrate(connection: sqlite3.Connection) -> None:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > len(MIGRATIONS):
        raise sqlite3.DatabaseError(f"written by a newer Dateline (schema {found}, this one knows {len(MIGRATIONS)})")
    for version, script in enumerate(MIGRATIONS[found:], start=found + 1):
        connection.executescript(f"BEGIN;{script};PRAGMA user_version = {version};COMMIT;")
