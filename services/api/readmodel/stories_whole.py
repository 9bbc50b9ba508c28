"""One story whole: where its title is from, who tells it, when, what it names, and why its articles belong to it."""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from services.api.readmodel.documents import Json
from services.api.readmodel.repeated import with_also_in
from services.api.readmodel.stories_documents import StoryHour, StoryName, StorySource, StoryTag, StoryTitle
from services.api.readmodel.stories_lookups import resolved, with_stories
from services.api.readmodel.tokens import terms
from services.contracts.stories import SharedTerm, Story

_MOST_ARTICLES = 500
_MOST_SHOWN = 100
_MOST_NAMES = 30
_HOUR_MS = 3_600_000
_MEMBERS = (
    "SELECT m.article, m.first_seen_ms, a.headline FROM story_articles m JOIN articles a ON a.rowid = m.article "
    "WHERE m.story = ? ORDER BY m.time_ms DESC, m.article DESC LIMIT ?"
)
_NAMES = (
    "SELECT n.value ->> '$.slug', max(n.value ->> '$.label'), n.value ->> '$.kind', count(*) AS articles "
    "FROM (SELECT article FROM story_articles WHERE story = ? ORDER BY time_ms DESC, article DESC LIMIT ?) m "
    "JOIN facts f ON f.rowid = m.article, json_each(f.known, '$.enrichment.names') n "
    "GROUP BY 1 ORDER BY articles DESC, 1 LIMIT ?"
)
_lists: dict[str, TypeAdapter[Any]] = {
    "publishers": TypeAdapter(tuple[StorySource, ...]),
    "timeline": TypeAdapter(tuple[StoryHour, ...]),
    "names": TypeAdapter(tuple[StoryName, ...]),
    "tags": TypeAdapter(tuple[StoryTag, ...]),
}


@dataclass(frozen=True, slots=True)
class StoryNow:
    """What an id means by now: another story where it was merged. `language` is as in the stories' events."""

    id: UUID
    language: str
    size: int


def story_now(sql: sqlite3.Connection, subject: UUID) -> StoryNow | None:
    """None where nothing of the story can be read."""
    story = resolved(sql, [str(subject)])[str(subject)]
    found = sql.execute(
        "SELECT said ->> '$.language', size FROM stories WHERE id = ? AND size > 0", (story,)
    ).fetchone()
    return StoryNow(UUID(story), found[0] or "und", found[1]) if found else None


def summary(sql: sqlite3.Connection, subject: UUID) -> Json | None:
    """The `StorySummary`. None where nothing of the story can be read, or where it was merged: see `story_now`."""
    found = sql.execute("SELECT shown FROM stories WHERE id = ? AND size > 0", (str(subject),)).fetchone()
    return Json(found[0]) if found else None


def stories_of(sql: sqlite3.Connection, articles: Sequence[UUID]) -> dict[UUID, UUID | None]:
    """The stories of those of the articles that can be read; None for one without."""
    found = sql.execute(
        "SELECT f.id, s.id FROM json_each(?) w JOIN facts f ON f.id = w.value JOIN articles a ON a.rowid = f.rowid "
        "LEFT JOIN story_articles m ON m.article = f.rowid LEFT JOIN stories s ON s.rowid = m.story",
        (json.dumps([str(article) for article in articles]),),
    )
    return {UUID(article): UUID(story) if story else None for article, story in found}


def story(sql: sqlite3.Connection, subject: UUID) -> Json | None:
    """The `FullStory`. None where nothing of it can be read, or where it was merged: see `story_now`."""
    found = sql.execute(
        "SELECT rowid, shown, said, lead FROM stories WHERE id = ? AND size > 0", (str(subject),)
    ).fetchone()
    if found is None:
        return None
    row, shown, said, lead = found
    members = [
        (article, first_seen_ms, Json(headline), json.loads(headline))
        for article, first_seen_ms, headline in sql.execute(_MEMBERS, (row, _MOST_ARTICLES))
    ]
    publishers = _publishers(members)
    names = [
        StoryName(slug=slug, label=label, kind=kind, articles=count)
        for slug, label, kind, count in sql.execute(_NAMES, (row, _MOST_ARTICLES, _MOST_NAMES))
    ]
    lists: dict[str, Sequence[Any]] = {
        "publishers": publishers,
        "timeline": _timeline(members),
        "names": names,
        "tags": _tags(members),
    }
    parts = {name: _lists[name].dump_json(tuple(values)).decode() for name, values in lists.items()}
    known = Story.model_validate_json(said) if said else None
    parts["headline"] = _title(sql, known, lead).model_dump_json()
    parts["first"] = publishers[0].model_dump_json()
    parts["articles"] = f"[{','.join(_told(sql, members))}]"
    further = ",".join(f'"{name}":{part}' for name, part in parts.items())
    return Json(f"{shown[:-1]},{further}}}")


def with_reasons(sql: sqlite3.Connection, headlines: Sequence[Json]) -> list[Json]:
    """The headlines with `because`: why each article belongs to its story."""
    ids = [json.loads(headline)["id"] for headline in headlines]
    reasons = dict(
        sql.execute(
            "SELECT article, because FROM story_places WHERE article IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        ).fetchall()
    )
    return [
        Json(f'{headline[:-1]},"because":{reasons.get(subject, "null")}}}')
        for subject, headline in zip(ids, headlines, strict=True)
    ]


Member = tuple[int, int, Json, dict[str, Any]]
"""Row, first sight in Unix milliseconds, and the headline as text and decoded; the newest first."""


def _title(sql: sqlite3.Connection, known: Story | None, lead: int) -> StoryTitle:
    title, article = (known.title, known.title_from) if known else (None, None)
    if title is None:
        found = sql.execute("SELECT headline ->> '$.title', headline ->> '$.id' FROM articles WHERE rowid = ?", (lead,))
        title, article = found.fetchone()
    words = set(terms(title))
    return StoryTitle(
        title=title,
        method="editor" if article is None else "article",
        article=article,
        terms=tuple(term for term in (known.terms if known else ()) if _stands_in(term, words)),
    )


def _stands_in(term: SharedTerm, words: set[str]) -> bool:
    """Whether all of a word or of a name's slug is among the words, which are as the index has them."""
    own = terms(term.text.partition(":")[2].replace("-", " ") or term.text)
    return bool(own) and words.issuperset(own)


def _publishers(members: Sequence[Member]) -> list[StorySource]:
    first: dict[str, tuple[int, int, dict[str, Any]]] = {}
    counts: Counter[str] = Counter()
    for row, seen_ms, _json, headline in members:
        source = headline["source"]["id"]
        counts[source] += 1
        if source not in first or (seen_ms, row) < first[source][:2]:
            first[source] = (seen_ms, row, headline)
    return [
        StorySource(
            id=source,
            name=headline["source"]["name"],
            articles=counts[source],
            article=headline["id"],
            title=headline["title"],
            url=headline["url"],
            first_seen=headline["first_seen"],
        )
        for source, (_ms, _row, headline) in sorted(first.items(), key=lambda one: one[1][:2])
    ]


def _timeline(members: Sequence[Member]) -> list[StoryHour]:
    told = [(datetime.fromisoformat(headline["time"]), headline) for *_, headline in reversed(members)]
    hours = []
    for hour, group in groupby(told, lambda one: int(one[0].timestamp()) * 1000 // _HOUR_MS):
        headlines = [headline for _, headline in group]
        first = next((one for one in headlines if one["repeats"] is None), headlines[0])
        hours.append(
            StoryHour(
                hour=datetime.fromtimestamp(hour * _HOUR_MS // 1000, UTC),
                articles=len(headlines),
                sources=len({one["source"]["id"] for one in headlines}),
                article=first["id"],
                title=first["title"],
                source=first["source"]["name"],
            )
        )
    return hours


def _tags(members: Sequence[Member]) -> list[StoryTag]:
    labels: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for *_, headline in members:
        for tag in headline["tags"]:
            labels.setdefault(tag["slug"], tag["label"])
        counts.update({tag["slug"] for tag in headline["tags"]})
    largest = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_MOST_NAMES]
    return [StoryTag(slug=slug, label=labels[slug], articles=count) for slug, count in largest]


def _told(sql: sqlite3.Connection, members: Sequence[Member]) -> list[Json]:
    """The articles that do not repeat another of the story, as `StoryArticle`."""
    ids = {headline["id"] for *_, headline in members}
    kept = [
        (row, document, headline["id"])
        for row, _ms, document, headline in members
        if headline["repeats"] is None or headline["repeats"]["id"] not in ids
    ][:_MOST_SHOWN]
    folded = with_also_in(sql, [(subject, document) for _row, document, subject in kept])
    placed = with_stories(sql, [(row, document) for (row, *_), document in zip(kept, folded, strict=True)])
    return with_reasons(sql, placed)
