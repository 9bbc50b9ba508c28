"""Applying a batch of events: one SQL transaction, the same outcome however often and in whatever order."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from services.api.readmodel.changes import Change, Incoming
from services.api.readmodel.documents import ChangeKind, feed_state
from services.api.readmodel.facets import standing
from services.api.readmodel.merge import Known, Merged, merge_article, merge_enrichment, merge_listing
from services.api.readmodel.position import EntryId, Stream
from services.api.readmodel.stories_lookups import story_facets, with_stories
from services.api.readmodel.stories_writing import Heard, Stories
from services.api.readmodel.writing import ArticleWrite, FeedWrite, JournalRow, Store, Written
from services.contracts.articles import Article, ArticleListed, ArticlePublished, ArticleRevised
from services.contracts.enrichments import ArticleEnriched
from services.contracts.feeds import Feed, FeedChanged
from services.contracts.stories import StoryChanged


def apply(connection: sqlite3.Connection, stream: Stream, batch: Sequence[Incoming]) -> list[Change]:
    """Apply events of one stream. When it returns all is committed; when it raises nothing was.

    Returns what readers can see of it, in the order of the journal.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        changes = _apply(connection, stream, batch)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return changes


def pass_over(connection: sqlite3.Connection, stream: Stream, entry: EntryId) -> None:
    """The stream has been read up to this entry, which has no effect."""
    connection.execute("BEGIN IMMEDIATE")
    store = Store(connection)
    store.write_position(stream, store.position().reach(stream, entry)[stream])
    connection.execute("COMMIT")


@dataclass(slots=True)
class _Work:
    """One article while its batch is applied."""

    before: Known
    now: Known
    current: Article | None = None
    history: list[Article] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Noted:
    """A change before it has its place in the journal."""

    kind: ChangeKind
    subject: str
    entry: EntryId
    heard: Heard | None = None


def _apply(connection: sqlite3.Connection, stream: Stream, batch: Sequence[Incoming]) -> list[Change]:
    store = Store(connection)
    works: dict[str, _Work] = {}
    feeds: dict[str, FeedWrite] = {}
    noted: list[_Noted] = []
    subjects = {str(incoming.event.data.id) for incoming in batch}
    known = store.known(subjects)
    stories = Stories(connection, store, [at.event.data for at in batch if isinstance(at.event, StoryChanged)])
    for incoming in batch:
        event, subject = incoming.event, str(incoming.event.data.id)
        if isinstance(event, FeedChanged):
            if _is_news(store, feeds, event.data, incoming.entry):
                feeds[subject] = FeedWrite(incoming.entry, feed_state(event.data))
                noted.append(_Noted("feed", subject, incoming.entry))
            continue
        if isinstance(event, StoryChanged):
            heard = stories.hear(event.data)
            if heard is not None:
                noted.append(_Noted("story", subject, incoming.entry, heard))
            continue
        if subject not in works:
            before = known.get(subject, Known())
            works[subject] = _Work(before, before)
        kind = _merge(works[subject], incoming)
        if kind is not None:
            noted.append(_Noted(kind, subject, incoming.entry))
    written = store.write_articles([_to_write(subject, work) for subject, work in works.items() if _differs(work)])
    stories.settle(written)
    written = _with_stories(connection, written) | store.write_feeds(feeds.values())
    return _journal(store, stream, list(_told(noted, written, stories)), batch)


def _is_news(store: Store, feeds: dict[str, FeedWrite], feed: Feed, entry: EntryId) -> bool:
    """Whether the state is later in the stream than the one held: each event carries a feed's whole state."""
    held = feeds.get(str(feed.id))
    return entry > (held.entry if held else store.feed_entry(str(feed.id)))


def _merge(work: _Work, incoming: Incoming) -> ChangeKind | None:
    event = incoming.event
    if isinstance(event, ArticlePublished | ArticleRevised):
        merged = merge_article(work.now, event.data)
        _place(work, event.data, merged)
    elif isinstance(event, ArticleListed):
        merged = merge_listing(work.now, event.data.feed, event.data.seen)
    elif isinstance(event, ArticleEnriched):
        merged = merge_enrichment(work.now, event.data)
    else:
        raise TypeError(f"{event.type} is no event of the read model")
    work.now = merged.known
    return merged.change


def _place(work: _Work, article: Article, merged: Merged) -> None:
    if merged.place == "history":
        work.history.append(article)
    elif merged.place == "current":
        if work.current is not None:
            work.history.append(work.current)
        work.current = article


def _differs(work: _Work) -> bool:
    return work.now is not work.before or bool(work.history)


def _to_write(subject: str, work: _Work) -> ArticleWrite:
    return ArticleWrite(subject, work.now, work.current, work.history, standing(work.before), standing(work.now))


def _with_stories(connection: sqlite3.Connection, written: dict[str, Written]) -> dict[str, Written]:
    """What was written of articles, with the stories that they belong to."""
    rows = [(about.row, about.document) for about in written.values() if about.row is not None]
    documents, facets = with_stories(connection, rows), story_facets(connection, [row for row, _ in rows])
    return {
        subject: about._replace(document=document, facets=about.facets | facets.get(row, frozenset()))
        for (subject, about), document, (row, _) in zip(written.items(), documents, rows, strict=True)
    }


def _told(noted: Iterable[_Noted], written: dict[str, Written], stories: Stories) -> Iterator[tuple[_Noted, Written]]:
    """What readers can see, in order. An article that comes after it joined a story tells of that as well."""
    for note in noted:
        if note.heard is None:
            yield note, written[note.subject]
        heard = note.heard or (stories.came_late(note.subject) if note.kind == "article" else None)
        told = stories.told(heard, written) if heard is not None else None
        if told is not None:
            yield _Noted("story", note.subject, note.entry), told


def _journal(
    store: Store, stream: Stream, told: Iterable[tuple[_Noted, Written]], batch: Sequence[Incoming]
) -> list[Change]:
    position = store.position()
    changes, rows = [], []
    for seq, (note, about) in enumerate(told, start=store.last_change() + 1):
        late = note.entry <= position[stream]
        position = position.reach(stream, note.entry)
        at, new = position[stream], about.told is not None and json.loads(about.told)["new"]
        document, facets, row, text, judged, story, happened = about
        changes.append(Change(seq, note.kind, stream, at, late, position, document, facets, text, judged, new))
        feed = note.subject if row is None else None
        rows.append(JournalRow(seq, stream, at, late, note.kind, row, feed, story, happened))
    store.write_journal(rows)
    for incoming in batch:
        position = position.reach(stream, incoming.entry)
    store.write_position(stream, position[stream])
    return changes
