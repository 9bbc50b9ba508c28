"""Entries of one document to articles: identity, source, digest."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts.articles import Article, Enclosure, FeedRef, Source
from services.contracts.identity import article_id
from services.ingest.canonical import canonical_url, host_of
from services.ingest.parse import Entry, ParsedFeed
from services.ingest.parse.body import shorten
from services.ingest.parse.strings import one_line

_UNTITLED = 100
"""An entry without a title is shown with this many characters of its text."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with its identity. `digest` is over what a reader sees: title, summary and body."""

    id: UUID
    url: str | None
    digest: str
    entry: Entry


def find_articles(parsed: ParsedFeed, *, origin: str) -> list[Found]:
    """The document's articles in its own order, each once.

    `origin` is the URL that the feed was first known by: a feed that moves keeps the ids of its articles. An
    entry without link, guid, title and text is nothing, and left out.
    """
    urls = [canonical_url(entry.url) for entry in parsed.entries]
    marks = [entry.guid or _makeshift_guid(entry) for entry in parsed.entries]
    generic = _generic_urls(parsed, urls, marks)
    found: dict[UUID, Found] = {}
    for entry, url, mark in zip(parsed.entries, urls, marks, strict=True):
        if url or mark:
            own_url = None if url in generic and mark else url
            identity = article_id(own_url, origin, mark)
            found.setdefault(identity, Found(identity, url, digest_of(entry), entry))
    return list(found.values())


def _makeshift_guid(entry: Entry) -> str:
    """For entries that only their title tells apart, and if that comes again, their date."""
    words = entry.title or entry.text or entry.summary
    return f"{words} {entry.published}" if words and entry.published else words or ""


def _generic_urls(parsed: ParsedFeed, urls: Sequence[str | None], marks: Sequence[str]) -> frozenset[str | None]:
    """Links that name no single article: the publisher's home page, or one that differing entries share."""
    titles: dict[str | None, set[str]] = defaultdict(set)
    guids: dict[str | None, set[str]] = defaultdict(set)
    for entry, url, mark in zip(parsed.entries, urls, marks, strict=True):
        if canonical_url(mark) != url:
            titles[url].add(entry.title)
            guids[url].add(mark)
    shared = {url for url in titles if len(titles[url]) > 1 and len(guids[url]) > 1}
    return frozenset(shared | {canonical_url(parsed.site)})


def digest_of(entry: Entry) -> str:
    """Changes when a reader would see another text. White space does not count."""
    seen = "\x00".join(one_line(part or "") for part in (entry.title, entry.summary, entry.text))
    return hashlib.blake2b(seen.encode(), digest_size=8).hexdigest()


def compose(found: Found, *, feed: FeedRef, source: Source, language: str | None, revision: int, first_seen: datetime,
            seen: datetime) -> Article:  # fmt: skip
    """The article as it is published."""
    entry = found.entry
    return Article(
        id=found.id,
        revision=revision,
        url=found.url,
        guid=entry.guid,
        title=entry.title
        or shorten(entry.text or entry.summary or "", _UNTITLED)
        or found.url
        or entry.guid
        or "Untitled",
        summary=entry.summary,
        text=entry.text,
        html=entry.html,
        authors=entry.authors,
        categories=entry.categories,
        language=entry.language or language,
        image=entry.image,
        enclosures=tuple(Enclosure(url=file.url, type=file.type, length=file.length) for file in entry.enclosures),
        published=entry.published,
        published_field=entry.published_field,
        updated=entry.updated,
        updated_field=entry.updated_field,
        source=_entry_source(entry, source),
        feed=feed,
        first_seen=first_seen,
        seen=seen,
    )


def feed_source(*, url: str, site: str | None, title: str | None) -> Source:
    """The publisher behind a feed: named by the feed, known by the host of its site."""
    host = host_of(site) or host_of(url) or "unknown"
    return Source(id=host, name=title or host, url=site)


def _entry_source(entry: Entry, source: Source) -> Source:
    """What an aggregator's entry says about where it comes from goes before the aggregator."""
    if entry.source is None:
        return source
    return Source(
        id=host_of(entry.source.url) or source.id, name=entry.source.title, url=entry.source.url or source.url
    )
