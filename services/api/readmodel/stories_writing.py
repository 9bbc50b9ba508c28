"""The SQL that writes what stories' events say. Everything here runs inside the transaction of `apply.py`."""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.api.readmodel.documents import Json
from services.api.readmodel.facets import standing
from services.api.readmodel.merge import from_json
from services.api.readmodel.stories_lookups import known_as, resolved, with_stories
from services.api.readmodel.stories_merge import KnownStory, Place, merge_places, merge_story
from services.api.readmodel.stories_seats import refresh, seat
from services.api.readmodel.writing import Store, Written
from services.contracts.stories import Because, LifeChange, Story

_SHOWN = "SELECT s.id, s.rowid, s.size, s.shown, s.lead FROM stories s WHERE s.id IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was learnt of a story. `news` says that it is about the story itself, not only about articles' places."""

    story: str
    change: LifeChange
    joined: tuple[str, ...]
    news: bool


class Stories:
    """The stories that one batch speaks of: `hear` each event, then `settle` once, then ask what is to be `told`."""

    def __init__(self, sql: sqlite3.Connection, store: Store, events: Sequence[Story]) -> None:
        self._sql, self._store = sql, store
        self._known = _known(sql, {str(event.id) for event in events})
        self._places = _places(sql, {str(joined.article) for event in events for joined in event.joined})
        self._changed: set[str] = set()
        self._merged: set[str] = set()
        self._joined: set[str] = set()
        self._new: set[int] = set()
        self._late: dict[str, str] = {}

    def hear(self, story: Story) -> Heard | None:
        """None where it teaches nothing."""
        subject = str(story.id)
        before = self._known.get(subject, KnownStory())
        now, joined = merge_story(before, story), merge_places(self._places, story)
        if now is before and not joined:
            return None
        self._known[subject] = now
        self._places |= joined
        self._changed.add(subject)
        self._joined |= joined.keys()
        if now.into != before.into:
            self._merged.add(subject)
        return Heard(subject, story.change, tuple(joined), now is not before)

    def settle(self, written: Collection[str]) -> None:
        """Write what was heard, and give the articles that were `written` or joined a story their places."""
        self._write()
        below = {story for names in known_as(self._sql, self._merged).values() for story in names}
        seated = seat(self._sql, {*written, *self._joined, *self._articles(below)})
        self._new = refresh(self._sql, seated.touched | self._rows(self._changed | below))
        if seated.moved:
            changed_ms, rows = self._store.next_change_ms(), seated.moved.values()
            self._sql.executemany(
                "UPDATE articles SET changed_ms = ? WHERE rowid = ?", [(changed_ms, row) for row in rows]
            )
        late = seated.fresh.keys() - self._joined
        places = _places(self._sql, late)
        ends = resolved(self._sql, {place.story for place in places.values()})
        self._late = {article: ends[place.story] for article, place in places.items()}

    def came_late(self, article: str) -> Heard | None:
        """What an article that has just come means to the story that it had joined before."""
        story = self._late.pop(article, None)
        return Heard(story, "grown", (article,), news=False) if story else None

    def told(self, heard: Heard, written: Mapping[str, Written]) -> Written | None:
        """What readers can get now; None where they can see nothing of it. `written` are the articles of this batch,
        with their stories."""
        end = resolved(self._sql, {heard.story})[heard.story]
        found = {story: about for story, *about in self._sql.execute(_SHOWN, (json.dumps([heard.story, end]),))}
        if end not in found:  # what it was merged into has not come
            return None
        row, size, shown, lead = found[end]
        joined = self._readable(heard.joined, row)
        if not size or not (joined or heard.news):
            return None
        subject = heard.story if heard.change == "merged" else end
        new = row in self._new and heard.change != "merged"
        if new:
            self._new.discard(row)
        change = "opened" if new and heard.change == "grown" else heard.change
        told = json.dumps({"change": change, "new": new, "joined": [article for article, _ in joined]})
        document = story_told(found[subject][2] if subject in found else shown, told)
        about = written.get(joined[0][0]) if joined else None
        if about is None:
            about = self._article(joined[0][1] if joined else lead, end)
        return about._replace(document=document, judged=about.document, story=subject, told=told)

    def _article(self, row: int, story: str) -> Written:
        """An article that this batch did not write."""
        shown, known, text = self._sql.execute(
            "SELECT a.headline, f.known, b.text FROM articles a JOIN facts f ON f.rowid = a.rowid "
            "JOIN bodies b ON b.rowid = a.rowid WHERE a.rowid = ?",
            (row,),
        ).fetchone()
        (headline,) = with_stories(self._sql, [(row, shown)])
        stands = standing(from_json(known))
        names = {("story", name) for name in known_as(self._sql, {story})[story]}
        return Written(headline, frozenset(stands.facets if stands else ()) | names, row, text)

    def _readable(self, articles: Sequence[str], story: int) -> list[tuple[str, int]]:
        """Those of the articles that stand in the story, with their rows."""
        rows = self._sql.execute(
            "SELECT f.id, m.article FROM facts f JOIN story_articles m ON m.article = f.rowid "
            "WHERE f.id IN (SELECT value FROM json_each(?)) AND m.story = ?",
            (json.dumps(articles), story),
        )
        found = dict(rows.fetchall())
        return [(article, found[article]) for article in articles if article in found]

    def _articles(self, stories: Collection[str]) -> set[str]:
        """The articles that joined one of the stories."""
        if not stories:
            return set()
        articles = self._sql.execute(
            "SELECT article FROM story_places WHERE story IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(stories)),),
        )
        return {article for (article,) in articles}

    def _rows(self, stories: Collection[str]) -> set[int]:
        rows = self._sql.execute(
            "SELECT rowid FROM stories WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(sorted(stories)),)
        )
        return {row for (row,) in rows}

    def _write(self) -> None:
        self._sql.executemany(
            "INSERT INTO stories (id, sequence, said, into_id, into_sequence) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, said = excluded.said, "
            "into_id = excluded.into_id, into_sequence = excluded.into_sequence",
            [
                (story, known.sequence, known.said and known.said.model_dump_json(), known.into, known.into_sequence)
                for story in sorted(self._changed)
                for known in [self._known[story]]
            ],
        )
        self._sql.executemany(
            "INSERT OR REPLACE INTO story_places (article, story, sequence, because) VALUES (?, ?, ?, ?)",
            [
                (article, place.story, place.sequence, place.because.model_dump_json())
                for article in sorted(self._joined)
                for place in [self._places[article]]
            ],
        )


def story_told(shown: str, told: str) -> Json:
    """The `StoryTold` of a story's document and what happened."""
    return Json(f"{shown[:-1]},{told[1:]}")


def _known(sql: sqlite3.Connection, stories: Collection[str]) -> dict[str, KnownStory]:
    rows = sql.execute(
        "SELECT id, sequence, said, into_id, into_sequence FROM stories WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(stories)),),
    )
    return {
        story: KnownStory(sequence, Story.model_validate_json(said) if said else None, into, into_sequence)
        for story, sequence, said, into, into_sequence in rows
    }


def _places(sql: sqlite3.Connection, articles: Collection[str]) -> dict[str, Place]:
    rows = sql.execute(
        "SELECT article, story, sequence, because FROM story_places WHERE article IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(articles)),),
    )
    return {
        article: Place(story, sequence, Because.model_validate_json(because))
        for article, story, sequence, because in rows
    }
