"""How much of a feed is published: what it has too much of would come again in every event, listing and answer."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import TypeVar

from services.contracts.bounds import DATE, GUID, LANGUAGE, LISTED, MEDIA_TYPE, NAME, SUMMARY, TITLE
from services.contracts.strings import distinct
from services.ingest.parse.body import shorten
from services.ingest.parse.feed import Entry, EntrySource, FoundEnclosure, ParsedFeed

ENTRIES = 100_000
"""Of a document, the newest."""

_MARK_BYTES = 16
_E = TypeVar("_E")


def newest(entries: Sequence[_E], read: Callable[[_E], Entry]) -> Sequence[_E]:
    """As many as are published of what is in a document: those that it has first, or last where it ends with a newer
    one. `read` is done with two of them at most."""
    if len(entries) <= ENTRIES:
        return entries
    first, last = (_moment(read(entry)) for entry in (entries[0], entries[-1]))
    return entries[-ENTRIES:] if first and last and last > first else entries[:ENTRIES]


def left_out(count: int) -> str | None:
    """What to tell of a feed of so many entries."""
    return f"it has {count:,} entries, of which the newest {ENTRIES:,} are read" if count > ENTRIES else None


def _moment(entry: Entry) -> datetime | None:
    found: datetime | None = None
    text = entry.published or entry.updated or ""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, OverflowError):
            found = found or read(text)
    return found and (found if found.tzinfo else found.replace(tzinfo=UTC))


def bounded_entry(entry: Entry) -> Entry:
    """The entry with no more of anything than an article may have; its body is bounded where it is made."""
    if _is_short(entry):  # nearly all are
        return entry
    return replace(
        entry,
        guid=_bounded_guid(entry.guid),
        title=bounded_line(entry.title, TITLE),
        summary=entry.summary and bounded_line(entry.summary, SUMMARY),
        authors=_bounded_names(entry.authors),
        categories=_bounded_names(entry.categories),
        language=entry.language and entry.language[:LANGUAGE],
        enclosures=tuple(_bounded_file(file) for file in entry.enclosures[:LISTED]),
        published=entry.published and entry.published[:DATE],
        updated=entry.updated and entry.updated[:DATE],
        source=entry.source and EntrySource(bounded_line(entry.source.title, NAME), entry.source.url),
    )


def bounded_feed(feed: ParsedFeed) -> ParsedFeed:
    """What a feed says of itself, which stands in each of its articles."""
    return replace(
        feed,
        title=feed.title and bounded_line(feed.title, NAME),
        language=feed.language and feed.language[:LANGUAGE],
        hubs=feed.hubs[:LISTED],
    )


def bounded_line(text: str, most: int) -> str:
    """As it is where it is short enough, else one line that is cut after a sentence or a word."""
    return text if len(text) <= most else shorten(text, most - 1)


def _is_short(entry: Entry) -> bool:
    lists = (entry.authors, entry.categories, entry.enclosures)
    return (
        len(entry.title) <= TITLE
        and len(entry.summary or "") <= SUMMARY
        and len(entry.guid or "") <= GUID
        and max(map(len, lists)) <= LISTED
        and all(len(name) <= NAME for names in (entry.authors, entry.categories) for name in names)
        and all(len(file.type or "") <= MEDIA_TYPE for file in entry.enclosures)
        and len(entry.language or "") <= LANGUAGE
        and max(len(entry.published or ""), len(entry.updated or "")) <= DATE
        and (entry.source is None or len(entry.source.title) <= NAME)
    )


def _bounded_names(names: Iterable[str]) -> tuple[str, ...]:
    return distinct(bounded_line(name, NAME) for name in names)[:LISTED]


def _bounded_guid(guid: str | None) -> str | None:
    """Two that only differ far behind stay two."""
    if guid is None or len(guid) <= GUID:
        return guid
    mark = blake2b(guid.encode(), digest_size=_MARK_BYTES).hexdigest()
    return f"{guid[: GUID - len(mark) - 1]}…{mark}"


def _bounded_file(file: FoundEnclosure) -> FoundEnclosure:
    return replace(file, type=file.type and file.type[:MEDIA_TYPE])
