"""What an output feed says, whatever it is written as."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from services.api.output.content import shown_html
from services.api.readmodel.bodies import Body
from services.contracts.articles import Enclosure

EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed was updated in which there has never been anything."""
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who published the article, and the feed that it was found in; None where there was none."""

    id: str
    name: str
    site: str | None
    feed: str | None
    feed_title: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in an output feed. `published` is None where it is not known; `updated` is when the wire saw the
    present revision, and so always known. `html` is sanitised. Addresses are whole."""

    id: UUID
    title: str
    url: str | None
    page: str
    published: datetime | None
    updated: datetime
    summary: str | None
    html: str | None
    authors: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    language: str | None
    image: str | None
    enclosures: tuple[Enclosure, ...]
    origin: Origin
    api: str
    revision: int
    time: datetime
    time_method: str

    @property
    def link(self) -> str:
        """Where to read it: at its publisher's, else on our page."""
        return self.url or self.page


@dataclass(frozen=True, slots=True)
class Feed:
    """Entries with what is said of them all. `here` is the feed's own address, `page` the same for people."""

    id: UUID
    title: str
    about: str
    here: str
    page: str
    entries: tuple[Entry, ...]
    next: str | None = None
    first: str | None = None
    since: datetime = EVER

    @property
    def updated(self) -> datetime:
        """When the newest of the revisions in it was seen; of an empty feed when it began."""
        return max((entry.updated for entry in self.entries), default=self.since)

    @property
    def language(self) -> str | None:
        """The one language of all entries; None where there are several, or one is not known."""
        languages = {entry.language for entry in self.entries}
        return next(iter(languages)) if len(languages) == 1 else None


def entry_of(headline: Mapping[str, Any], body: Body, base: str) -> Entry:
    """From a listing's headline and what it leaves out. `base` is where the API is, without a slash at the end."""
    source, found_in = headline["source"], headline["feeds"][0]
    listed = found_in["url"].startswith(("http://", "https://"))  # else it was submitted
    published = headline["published"]
    return Entry(
        id=UUID(headline["id"]),
        title=headline["title"],
        url=headline["url"],
        page=base + headline["links"]["page"],
        published=None if published is None else datetime.fromisoformat(published["at"]),
        updated=body.seen,
        summary=headline["summary"],
        html=shown_html(body.html, body.text),
        authors=tuple(headline["authors"]),
        tags=tuple((tag["slug"], tag["label"]) for tag in headline["tags"]),
        language=headline["language"],
        image=headline["image"],
        enclosures=body.enclosures,
        origin=Origin(
            source["id"],
            source["name"],
            source["url"],
            found_in["url"] if listed else None,
            found_in["title"] if listed else None,
        ),
        api=base + headline["links"]["self"],
        revision=headline["revision"],
        time=datetime.fromisoformat(headline["time"]),
        time_method=headline["time_method"],
    )


def media_type(file: Enclosure) -> str:
    """The type that the publisher named, else what the ending of the address stands for."""
    if file.type and "/" in file.type:
        return file.type
    return mimetypes.guess_type(urlsplit(file.url).path)[0] or _UNKNOWN_TYPE
