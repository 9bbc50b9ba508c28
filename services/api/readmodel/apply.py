"""Applying a batch of events: one SQL transaction, the same outcome however often and in whatever order."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.api.readmodel.changes import Change, Incoming
from services.api.readmodel.documents import ChangeKind, feed_state
from services.api.readmodel.facets import standing
from services.api.readmodel.merge import Known, Merged, merge_article, merge_enrichment, merge_listing
from services.api.readmodel.position import EntryId, Stream
from services.api.readmodel.writing import ArticleWrite, FeedWrite, JournalRow, Store, Written
from services.contracts.articles import Article, ArticleListed, ArticlePublished, ArticleRevised
from services.contracts.enrichments import ArticleEnriched
from services.contracts.feeds import Feed, FeedChanged


def apply(connection: sqlite3.Connection, stream: Stream, batch: Sequence[Incoming]) -> list[Change]:
    """Apply events of one stream. When it returns all is committed; when it raises nothing was.

    Returns what readers can see of it, in the order of the journal.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        changes = _apply(Store(connection), stream, batch)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return changes


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


def _apply(store: Store, stream: Stream, batch: Sequence[Incoming]) -> list[Change]:
    works: dict[str, _Work] = {}
    feeds: dict[str, FeedWrite] = {}
    noted: list[_Noted] = []
    subjects = {str(incoming.event.data.id) for incoming in batch}
    known = store.known(subjects)
    for incoming in batch:
        event, subject = incoming.event, str(incoming.event.data.id)
        if isinstance(event, FeedChanged):
            if _is_news(store, feeds, event.data, incoming.entry):
                feeds[subject] = FeedWrite(incoming.entry, feed_state(event.data))
                noted.append(_Noted("feed", subject, incoming.entry))
            continue
        if subject not in works:
            before = known.get(subject, Known())
            works[subject] = _Work(before, before)
        kind = _merge(works[subject], incoming)
        if kind is not None:
            noted.append(_Noted(kind, subject, incoming.entry))
    written = store.write_articles([_to_write(subject, work) for subject, work in works.items() if _differs(work)])
    return _journal(store, stream, noted, batch, written | store.write_feeds(feeds.values()))


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


def _journal(
    store: Store, stream: Stream, noted: Iterable[_Noted], batch: Sequence[Incoming], written: dict[str, Written]
) -> list[Change]:
    position = store.position()
    changes, rows = [], []
    for seq, note in enumerate(noted, start=store.last_change() + 1):
        late = note.entry <= position[stream]
        position = position.reach(stream, note.entry)
        at = position[stream]
        document, facets, row, text = written[note.subject]
        changes.append(Change(seq, note.kind, stream, at, late, position, document, facets, text))
        rows.append(JournalRow(seq, stream, at, late, note.kind, row, note.subject if row is None else None))
    store.write_journal(rows)
    for incoming in batch:
        position = position.reach(stream, incoming.entry)
    store.write_position(stream, position[stream])
    return changes
