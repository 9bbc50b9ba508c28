"""The SQL by which a new read model takes over from an old one, that is served meanwhile.

Rows keep their numbers, and the journal is the old one's: to a reader with a cursor, a position or an open stream the
new one is the same read model. `old` is a connection of its own to the old file, which is only read.
"""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from services.api.readmodel.changes import Incoming
from services.api.readmodel.functions import unpacked
from services.api.readmodel.merge import from_json
from services.api.readmodel.position import EntryId
from services.contracts.articles import ArticleListed, ArticlePublished, Listing
from services.contracts.enrichments import ArticleEnriched
from services.contracts.stories import Because, Joined, Story, StoryChanged

BATCH = 500
_NO_ENTRY = EntryId()
_ENVELOPE = {"id": "carried-over", "source": "/api", "time": datetime(1970, 1, 1, tzinfo=UTC)}


def seed(new: sqlite3.Connection, old_file: Path) -> None:
    """Give every article and story the row that it has in the old file. Nothing is known about them yet."""
    new.execute("ATTACH ? AS old", (str(old_file),))
    try:
        new.execute("BEGIN IMMEDIATE")
        new.execute("INSERT OR IGNORE INTO facts (rowid, id, known) SELECT rowid, id, '{}' FROM old.facts")
        new.execute(
            "INSERT OR IGNORE INTO stories (rowid, id, sequence, into_sequence) SELECT rowid, id, 0, 0 FROM old.stories"
        )
        new.execute("COMMIT")
    finally:
        new.execute("DETACH old")


def held_articles(old: sqlite3.Connection) -> Iterator[list[Incoming]]:
    """What the old file knows of articles, as events. What the new one has from the streams stands against it."""
    rows = old.execute(
        "SELECT f.rowid, f.known, b.revision, b.text, b.html FROM facts f LEFT JOIN bodies b ON b.rowid = f.rowid"
    )
    while found := rows.fetchmany(BATCH // 2):
        batch: list[Incoming] = []
        for row, known_json, _revision, text, html in found:
            known = from_json(known_json)
            if known.article is not None:
                article = known.article.model_copy(update={"text": text, "html": html})
                batch.append(Incoming(_NO_ENTRY, ArticlePublished.model_validate({**_ENVELOPE, "data": article})))
                for revision, seen, title, summary, body in old.execute(_EARLIER, (row,)):
                    words = dict(zip(("text", "html"), unpacked(body), strict=True))
                    about = {"revision": revision, "seen": datetime.fromisoformat(seen), "title": title}
                    earlier = article.model_copy(update=about | {"summary": summary} | words)
                    batch.append(Incoming(_NO_ENTRY, ArticlePublished.model_validate({**_ENVELOPE, "data": earlier})))
                batch += [
                    Incoming(_NO_ENTRY, ArticleListed.model_validate({**_ENVELOPE, "data": listing}))
                    for at in known.listed
                    for listing in (Listing(id=article.id, feed=at.feed, seen=seen) for seen in {at.first, at.last})
                ]
            batch += [
                Incoming(_NO_ENTRY, ArticleEnriched.model_validate({**_ENVELOPE, "data": enrichment}))
                for enrichment in (known.enrichment, known.other)
                if enrichment is not None
            ]
        yield batch


_EARLIER = "SELECT revision, seen, title, summary, body FROM revisions WHERE article = ?"


def held_stories(old: sqlite3.Connection) -> Iterator[list[Incoming]]:
    """What the old file knows of stories, as events."""
    rows = old.execute("SELECT id, said, into_id, into_sequence FROM stories WHERE said IS NOT NULL")
    while found := rows.fetchmany(BATCH):
        batch: list[Story] = []
        for subject, said_json, into, into_sequence in found:
            said = Story.model_validate_json(said_json)
            batch.append(said)
            if into is not None:
                batch.append(said.model_copy(update={"change": "merged", "into": into, "sequence": into_sequence}))
            places = old.execute("SELECT article, sequence, because FROM story_places WHERE story = ?", (subject,))
            batch += [_grown(said, *place) for place in places]
        yield [
            Incoming(_NO_ENTRY, StoryChanged.model_validate({**_ENVELOPE, "data": story.model_dump()}))
            for story in batch
        ]


def _grown(said: Story, article: str, sequence: int, because: str) -> Story:
    joined = Joined.model_validate({"article": article, "because": Because.model_validate_json(because)})
    return said.model_copy(update={"change": "grown", "into": None, "sequence": sequence, "joined": (joined,)})


def adopt(new: sqlite3.Connection, old_file: Path, taken: int = 0) -> int:
    """Take over the old file's feeds where they are later, its journal after the number `taken`, and how far that
    reaches; articles that look the same have changed when they did. Returns the number of the last change."""
    new.execute("ATTACH ? AS old", (str(old_file),))
    try:
        new.execute("BEGIN IMMEDIATE")
        new.execute(
            "INSERT OR REPLACE INTO feeds SELECT o.* FROM old.feeds o LEFT JOIN feeds n ON n.id = o.id "
            "WHERE n.id IS NULL OR (o.entry_ms, o.entry_seq) > (n.entry_ms, n.entry_seq)"
        )
        new.execute(
            "UPDATE articles SET changed_ms = o.changed_ms FROM old.articles o "
            "WHERE o.rowid = articles.rowid AND o.headline = articles.headline"
        )
        new.execute("DELETE FROM journal WHERE seq > ?", (taken,))
        new.execute("INSERT INTO journal SELECT * FROM old.journal WHERE seq > ?", (taken,))
        new.execute("DELETE FROM horizon")
        new.execute("INSERT INTO horizon SELECT * FROM old.horizon")
        [last] = new.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
        new.execute("COMMIT")
    finally:
        new.execute("DETACH old")
    return int(last)
