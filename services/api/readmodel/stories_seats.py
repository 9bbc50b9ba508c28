"""Which articles stand in which story for readers, and what follows for the story: its counts and its document.

All of it is made again from `stories`, `story_places` and `articles` for those that something was learnt about, so it
does not matter what came first.
"""

import json
import sqlite3
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from services.api.readmodel.documents import Json
from services.api.readmodel.stories_documents import StoryLinks, StorySummary
from services.api.readmodel.stories_lookups import resolved
from services.contracts.stories import Story

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TERMS = 10
_UNKNOWN = "und"
_WANTED = (
    "SELECT f.rowid, f.id, p.story, a.time_ms, a.first_seen_ms, a.headline ->> '$.source.id', "
    "(a.headline ->> '$.repeats.id') IS NOT NULL FROM json_each(?) w CROSS JOIN story_places p ON p.article = w.value "
    "CROSS JOIN facts f ON f.id = p.article CROSS JOIN articles a ON a.rowid = f.rowid"
)
_COUNTS = (
    "SELECT count(*), count(DISTINCT source), min(first_seen_ms), max(first_seen_ms) FROM story_articles "
    "WHERE story = ?"
)
_LEAD = (
    "SELECT m.article FROM story_articles m WHERE m.story = ? "
    "ORDER BY m.article IS (SELECT rowid FROM facts WHERE id = ?) DESC, m.repeats, m.first_seen_ms, m.article LIMIT 1"
)


class Seat(NamedTuple):
    """Where an article stands: the row of its story, and what the story is counted and listed by."""

    story: int
    time_ms: int
    first_seen_ms: int
    source: str
    repeats: int


class Seated(NamedTuple):
    """Articles that came to another story, with their rows, those that had none before, and the stories (rows) to
    `refresh`."""

    moved: dict[str, int]
    fresh: dict[str, int]
    touched: set[int]


def seat(sql: sqlite3.Connection, articles: Collection[str]) -> Seated:
    """Give the articles their places, as far as they can be read and joined a story."""
    found = sql.execute(_WANTED, (json.dumps(sorted(articles)),)).fetchall()
    seated = Seated({}, {}, set())
    if not found:
        return seated
    ends = resolved(sql, {story for _row, _id, story, *_ in found})
    stories = story_rows(sql, set(ends.values()))
    held = {
        row: Seat(*values)
        for row, *values in sql.execute(
            "SELECT article, story, time_ms, first_seen_ms, source, repeats FROM story_articles "
            "WHERE article IN (SELECT value FROM json_each(?))",
            (json.dumps([row for row, *_ in found]),),
        )
    }
    gone, come = [], []
    for row, subject, joined, *about in found:
        before, now = held.get(row), Seat(stories[ends[joined]], *about)
        if now == before:
            continue
        come.append((row, now))
        seated.touched.add(now.story)
        if before is None:
            seated.fresh[subject] = row
        else:
            gone.append((row, before))
            seated.touched.add(before.story)
        if before is None or before.story != now.story:
            seated.moved[subject] = row
    _write(sql, gone, come)
    return seated


def story_rows(sql: sqlite3.Connection, stories: Collection[str]) -> dict[str, int]:
    """The rows of the stories by id, also of those that nothing was said of yet."""
    sql.executemany(
        "INSERT OR IGNORE INTO stories (id, sequence, into_sequence) VALUES (?, 0, 0)",
        [(story,) for story in sorted(stories)],
    )
    found = sql.execute(
        "SELECT id, rowid FROM stories WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(sorted(stories)),)
    )
    return dict(found.fetchall())


def refresh(sql: sqlite3.Connection, stories: Collection[int]) -> set[int]:
    """Count the stories again and write their documents. Those that had no article to be read, and now have."""
    new = set()
    for row in sorted(stories):
        story, said, into, size_before = sql.execute(
            "SELECT id, said, into_id, size FROM stories WHERE rowid = ?", (row,)
        ).fetchone()
        known = Story.model_validate_json(said) if said else None
        size, sources, opened_ms, last_ms = sql.execute(_COUNTS, (row,)).fetchone()
        title_from = str(known.title_from) if known and known.title_from else None
        lead = next((one for (one,) in sql.execute(_LEAD, (row, title_from))), None)
        if size:
            opened, last = _moment(opened_ms), _moment(last_ms)
        elif known:
            opened, last = known.opened, known.last
        else:  # nothing was said of it, and nothing can be read
            continue
        counted = StorySummary(
            id=story,
            title=known.title if known else _title(sql, lead),
            language=known.language if known and known.language != _UNKNOWN else None,
            size=size,
            sources=sources,
            opened=opened,
            last=last,
            quiet=known is not None and known.change == "quiet",
            terms=known.terms[:_TERMS] if known else (),
            into=into and resolved(sql, {story})[story],
            links=StoryLinks(
                self=f"/v1/stories/{story}", articles=f"/v1/stories/{story}/articles", page=f"/stories/{story}"
            ),
        )
        sql.execute(
            "UPDATE stories SET size = ?, sources = ?, opened_ms = ?, last_ms = ?, lead = ?, shown = ? WHERE rowid = ?",
            (size, sources, opened_ms or 0, last_ms or 0, lead, Json(counted.model_dump_json()), row),
        )
        if size and not size_before:
            new.add(row)
    return new


def _write(sql: sqlite3.Connection, gone: list[tuple[int, Seat]], come: list[tuple[int, Seat]]) -> None:
    sql.executemany(
        "DELETE FROM article_facets WHERE (facet, time_ms, article) = (?, ?, ?)",
        [(-seat.story, seat.time_ms, row) for row, seat in gone],
    )
    sql.executemany(
        "INSERT OR IGNORE INTO article_facets (facet, time_ms, article) VALUES (?, ?, ?)",
        [(-seat.story, seat.time_ms, row) for row, seat in come],
    )
    sql.executemany(
        "INSERT OR REPLACE INTO story_articles (article, story, time_ms, first_seen_ms, source, repeats) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [(row, *seat) for row, seat in come],
    )


def _title(sql: sqlite3.Connection, article: int | None) -> str:
    found = sql.execute("SELECT headline ->> '$.title' FROM articles WHERE rowid = ?", (article,)).fetchone()
    return str(found[0]) if found else ""


def _moment(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)
