"""What a feed said: the same shape for every format."""

from dataclasses import dataclass

from services.ingest.schedule import Schedule


class NotAFeed(Exception):
    """The bytes are no feed that can be read. The message names what they are and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FoundEnclosure:
    """A file that belongs to an entry. `length` is in bytes."""

    url: str
    type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class EntrySource:
    """Where an entry says that it comes from, if not from the feed's own publisher."""

    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, cleaned: every string can be written as UTF-8 and has no control characters but \\n and \\t.

    `title` is one line of plain text, empty where the feed has none. `summary` and `text` are plain text,
    paragraphs split by a blank line; `html` is sanitised and all its links are absolute. `published` and `updated`
    are the feed's own strings; the `_field`s name the element (or JSON member) that each stood in.
    """

    guid: str | None = None
    url: str | None = None
    title: str = ""
    summary: str | None = None
    text: str | None = None
    html: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    image: str | None = None
    enclosures: tuple[FoundEnclosure, ...] = ()
    published: str | None = None
    published_field: str | None = None
    updated: str | None = None
    updated_field: str | None = None
    source: EntrySource | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed in its own order of entries. `ttl_minutes` and `schedule` are what a feed asks for.

    `format` is for people (`RSS 2.0`, `JSON Feed 1.1`). `problems` lists what was wrong and did not keep it from being
    read, `left_out` what of it is not published for its size. `hubs` deliver what is new under `self_url` (WebSub).
    """

    format: str
    title: str | None = None
    site: str | None = None
    self_url: str | None = None
    hubs: tuple[str, ...] = ()
    language: str | None = None
    ttl_minutes: int | None = None
    schedule: Schedule | None = None
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()
    left_out: str | None = None
