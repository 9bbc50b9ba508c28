"""Entries of one document to articles: identity, source, digest."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts.address_key import address_key, spells_a_headline
from services.contracts.articles import Article, Enclosure, FeedRef, Source
from services.contracts.canonical import canonical_url, host_of
from services.contracts.identity import article_id
from services.contracts.strings import one_line
from services.ingest.guids import Guid, Key, alike, guids_of, words_of
from services.ingest.parse import Entry, ParsedFeed
from services.ingest.parse.body import shorten

_NUMBERED = re.compile(r"\d{5}|/\d{4}/\d\d?/")
_OFTEN = 3
_UNTITLED = 100
"""An entry without a title is shown with this many characters of its text."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with its identity. `digest` is over what a reader sees: title, summary and body.

    `guid` is one by which its feed may know the article again at another address, and `by_guid` is the id that this
    guid alone would give it.
    """

    id: UUID
    url: str | None
    digest: str
    entry: Entry
    guid: Guid | None = None
    by_guid: UUID | None = None


def find_articles(parsed: ParsedFeed, *, origin: str) -> list[Found]:
    """The document's articles in its own order, each once.

    `origin` is the URL that the feed was first known by: a feed that moves keeps the ids of its articles. An
    entry without link, guid, title and text is nothing, and left out.
    """
    urls = [canonical_url(entry.url) for entry in parsed.entries]
    marks = [entry.guid or _makeshift_guid(entry) for entry in parsed.entries]
    keys = [address_key(url) for url in urls]
    generic = _generic_addresses(parsed, marks, keys)
    guids = guids_of(parsed.entries, generic=generic | {address_key(origin)}, keys=keys)
    found: dict[UUID, Found] = {}
    for entry, url, key, mark, guid in zip(parsed.entries, urls, keys, marks, guids, strict=True):
        if url or mark:
            own_url = None if mark and key in generic else url
            identity = article_id(own_url, origin, mark)
            by_guid = article_id(None, origin, mark) if guid else None
            found.setdefault(identity, Found(identity, url, digest_of(entry), entry, guid, by_guid))
    return list(found.values())


def _makeshift_guid(entry: Entry) -> str:
    """For entries that only their title tells apart, and if that comes again, their date."""
    words = entry.title or entry.text or entry.summary
    return f"{words} {entry.published}" if words and entry.published else words or ""


def _generic_addresses(parsed: ParsedFeed, marks: Sequence[str], keys: Sequence[Key]) -> frozenset[Key]:
    """Keys of links that name no single article: the publisher's home page, or one that differing entries share."""
    titles: dict[Key, set[str]] = defaultdict(set)
    guids: dict[Key, set[str]] = defaultdict(set)
    for entry, mark, key in zip(parsed.entries, marks, keys, strict=True):
        if mark != entry.url and address_key(mark) != key:
            titles[key].add(entry.title)
            guids[key].add(mark)
    shared = {key for key in titles if len(titles[key]) > 1 and len(guids[key]) > 1}
    named = {key for entry, key in zip(parsed.entries, keys, strict=True) if entry.guid}
    shared -= {key for key in shared if _has_one_article(key, titles[key], named=key in named)}
    return frozenset(shared | {address_key(parsed.site)})


def _has_one_article(key: str | None, titles: set[str], *, named: bool) -> bool:
    """Some feeds list an article again when its headline changes. Its address is one of an article and not of a show
    or a list of changes, and the headlines are alike, unlike those in a feed of a live page's remarks; without guids
    they need not be, if they are few."""
    path = (key or "").partition("?")[0]
    first, *others = map(words_of, sorted(titles))
    if not spells_a_headline(path) or not _NUMBERED.search(path):
        return False
    return all(alike(first, other) for other in others) or (not named and len(titles) <= _OFTEN)


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
