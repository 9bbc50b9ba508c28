"""Which story an article belongs to, and what a story's id means by now."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence

from services.api.readmodel.documents import Json
from services.api.readmodel.stories_merge import survivors

_REFERENCES = (
    "SELECT m.article, s.id, s.size, s.sources FROM json_each(?) w JOIN story_articles m ON m.article = w.value "
    "JOIN stories s ON s.rowid = m.story"
)


def with_stories(sql: sqlite3.Connection, headlines: Sequence[tuple[int, Json]]) -> list[Json]:
    """The headlines, given with their rows, with `story`. It is joined here because it grows while they stay."""
    rows = json.dumps([row for row, _ in headlines])
    found = {
        row: f'{{"id":"{story}","size":{size},"sources":{sources}}}'
        for row, story, size, sources in sql.execute(_REFERENCES, (rows,))
    }
    return [Json(f'{headline[:-1]},"story":{found.get(row, "null")}}}') for row, headline in headlines]


def resolved(sql: sqlite3.Connection, stories: Collection[str]) -> dict[str, str]:
    """What each id means by now: itself, or the story that it was merged into in the end."""
    into: dict[str, str] = {}
    asked = set(stories)
    while asked:
        found = dict(
            sql.execute(
                "SELECT id, into_id FROM stories WHERE into_id IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
                (json.dumps(sorted(asked)),),
            ).fetchall()
        )
        into |= found
        asked = set(found.values()) - into.keys()
    return survivors(stories, into)


def known_as(sql: sqlite3.Connection, stories: Collection[str]) -> dict[str, frozenset[str]]:
    """All ids by which each story is known: its own, and those that were merged into it, at whatever remove."""
    names = {story: {story} for story in stories}
    asked = {story: {story} for story in stories}
    while asked:
        rows = sql.execute(
            "SELECT into_id, id FROM stories WHERE into_id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(asked)),),
        ).fetchall()
        further: dict[str, set[str]] = {}
        for into, merged in rows:
            for story in asked[into]:
                if merged not in names[story]:
                    names[story].add(merged)
                    further.setdefault(merged, set()).add(story)
        asked = further
    return {story: frozenset(found) for story, found in names.items()}


def story_facets(sql: sqlite3.Connection, rows: Iterable[int]) -> dict[int, frozenset[tuple[str, str]]]:
    """The facets by which articles are heard of under `story=`, by the articles' rows: one for each name of a story."""
    found = sql.execute(
        "SELECT m.article, s.id FROM json_each(?) w JOIN story_articles m ON m.article = w.value "
        "JOIN stories s ON s.rowid = m.story",
        (json.dumps(list(rows)),),
    ).fetchall()
    names = known_as(sql, {story for _, story in found}) if found else {}
    return {row: frozenset(("story", name) for name in names[story]) for row, story in found}
