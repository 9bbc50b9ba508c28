"""RSS, RDF and Atom: feedparser's raw result to entries."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from services.contracts.strings import clean, distinct, line_or_none, one_line, raw, web_url
from services.ingest.parse.body import Markup, choose_body
from services.ingest.parse.bounds import bounded_entry, bounded_feed, left_out, newest
from services.ingest.parse.depth import refuse_the_deepest
from services.ingest.parse.feed import Entry, EntrySource, FoundEnclosure, NotAFeed, ParsedFeed
from services.ingest.parse.feedparser_reader import RawFeed, format_name, read_raw
from services.ingest.parse.known_entries import KnownEntries, keys
from services.ingest.parse.markup import has_markup, plain_line
from services.ingest.parse.pieces import Pieces, take_apart
from services.ingest.parse.tree_reader import read_root
from services.ingest.parse.well_formed import Doubt, certain_utf8, first_readable, parsed
from services.ingest.schedule import Schedule

_MOST_KEPT = 10_000
"""A feed with more entries than these is not kept: it would drive out the entries of all others."""
_TEXT_TYPES = frozenset(("", "text/plain", "text/html", "application/xhtml+xml", "text/xhtml", "text/xml"))


def read_xml_feed(
    body: bytes, *, url: str, content_type: str | None, known: KnownEntries | None = None
) -> ParsedFeed | None:
    """None for XML that is no feed. Raises `NotAFeed` for what the parser fails on."""
    try:
        try:
            return first_readable(certain_utf8(body, content_type), partial(_read, url=url, known=known))
        except Doubt:
            refuse_the_deepest(body)
            found = read_raw(body, url=url, content_type=content_type)
    except NotAFeed:
        raise
    except Exception as error:  # feedparser was not written for hostile input
        raise NotAFeed(
            f"this feed is broken in a way that cannot be read ({type(error).__name__}: {clean(str(error))})"
        ) from error
    if not found.entries and not found.version:
        return None
    return feed_from(found, url)


def _read(utf8: bytes, problems: tuple[str, ...], *, url: str, known: KnownEntries | None) -> ParsedFeed:
    """Raises `ParseError` and `Doubt`."""
    pieces = take_apart(utf8, problems, url) if known is not None else None
    if pieces and known is not None and (feed := _with_known(pieces, known)):
        return feed
    return feed_from(read_root(parsed(utf8, problems), url), url)


def _with_known(pieces: Pieces, known: KnownEntries) -> ParsedFeed | None:
    feed, setting = _without_entries(pieces.feed, pieces.url)
    count = len(pieces.entries)
    pieces = replace(pieces, entries=tuple(newest(pieces.entries, lambda piece: _alone(pieces, piece, setting))))
    names = keys(pieces.entries, repr((setting, pieces.feed.version, pieces.opening, sorted(pieces.versions))))
    found = {name: known.get(name) for name in names}
    missing = {name: piece for name, piece in zip(names, pieces.entries, strict=True) if found[name] is None}
    if missing:
        entries = pieces.read(list(missing.values()))
        if entries is None:
            return None
        for name, raw_entry in zip(missing, entries, strict=True):
            found[name] = entry = _entry(raw_entry, setting)
            if count <= _MOST_KEPT:
                known.keep(name, entry)
    read = tuple(known_one for name in names if (known_one := found[name]))
    return replace(feed, entries=read, left_out=left_out(count))


def _alone(pieces: Pieces, piece: bytes, setting: "_Setting") -> Entry:
    """One entry; an empty one where it cannot be read apart from the rest."""
    entries = pieces.read([piece])
    return _entry(entries[0], setting) if entries else Entry()


@dataclass(frozen=True, slots=True)
class _Setting:
    """What an entry takes from its feed. `site` is an address in any case."""

    site: str
    url: str
    atom: bool
    authors: tuple[str, ...]


def feed_from(found: RawFeed, url: str) -> ParsedFeed:
    """What either reader found, cleaned and sanitised. `url` is where it came from."""
    feed, setting = _without_entries(found, url)
    entries = newest(found.entries, lambda entry: _entry(entry, setting))
    read = tuple(_entry(entry, setting) for entry in entries)
    return replace(feed, entries=read, left_out=left_out(len(found.entries)))


def _without_entries(found: RawFeed, url: str) -> tuple[ParsedFeed, _Setting]:
    feed = found.feed
    atom = found.version.startswith("atom")
    id_as_link = dict.get(feed, "link") == dict.get(feed, "id")  # an id names the feed, not its site
    site = _link(feed, "alternate", url) if id_as_link else _alternate(feed, url)
    parsed_feed = ParsedFeed(
        format=format_name(found.version),
        title=_title(feed, atom),
        site=site,
        self_url=_link(feed, "self", url),
        hubs=distinct(web_url(dict.get(link, "href"), url) for link in _links(feed) if dict.get(link, "rel") == "hub"),
        language=line_or_none(dict.get(feed, "language")),
        ttl_minutes=_minutes(dict.get(feed, "ttl")),
        schedule=_schedule(feed),
        problems=tuple(one_line(problem) for problem in found.problems),
    )
    return bounded_feed(parsed_feed), _Setting(site or url, url, atom, _authors(feed) if atom else ())


def _entry(entry: dict[str, Any], setting: _Setting) -> Entry:
    url, atom = setting.url, setting.atom
    get: Callable[[str], Any] = partial(dict.get, entry)  # FeedParserDict's own `get` guesses other keys
    link = web_url(get("feedburner_origlink"), url) or _entry_link(entry, url)
    body = choose_body(_description(entry, link or setting.site), _contents(entry, link or setting.site))
    published, published_field = raw(get("published")), get("published_element")
    updated, updated_field = raw(get("updated")), get("updated_element")
    if published is None and (created := raw(get("created"))):
        published, published_field = created, get("created_element")
    if published is None and not atom:
        # the one date of an RSS entry is when it was published, whatever the element is called
        published, published_field, updated, updated_field = updated, updated_field, None, None
    found = Entry(
        guid=line_or_none(get("id")),
        url=link,
        title=_title(entry, atom) or "",
        summary=body.summary,
        text=body.text,
        html=body.html,
        authors=_authors(entry) or setting.authors,
        categories=distinct(
            line_or_none(tag.get("label")) or line_or_none(tag.get("term")) for tag in get("tags") or ()
        ),
        language=line_or_none(get("language")) or _language(entry),
        image=_image(entry, link or url),
        enclosures=_enclosures(entry, url),
        published=published,
        published_field=line_or_none(published_field) if published else None,
        updated=updated,
        updated_field=line_or_none(updated_field) if updated else None,
        source=_source(get("source"), url),
    )
    return bounded_entry(found)


def _entry_link(entry: dict[str, Any], url: str) -> str | None:
    """A guid stands for a missing link only where it is a whole address: a bare `17` names no page."""
    guid_as_link = dict.get(entry, "guidislink")
    return _alternate(entry, "" if guid_as_link else url)


def _title(holder: dict[str, Any], atom: bool) -> str | None:
    title = dict.get(holder, "title")
    if not isinstance(title, str):
        return None
    literal = atom and _detail(holder, "title").get("type") == "text/plain"
    return (one_line(title) if literal else plain_line(title)) or None


def _detail(holder: dict[str, Any], key: str) -> dict[str, Any]:
    detail = dict.get(holder, f"{key}_detail")
    return detail if isinstance(detail, dict) else {}


def _description(entry: dict[str, Any], base: str) -> Markup | None:
    value, detail = dict.get(entry, "summary"), _detail(entry, "summary")
    if not isinstance(value, str) or not value.strip():
        return None
    return Markup(value, detail.get("base") or base, plain=detail.get("type") == "text/plain")


def _contents(entry: dict[str, Any], base: str) -> list[Markup]:
    return [
        Markup(content["value"], dict.get(content, "base") or base, plain=dict.get(content, "type") == "text/plain")
        for content in dict.get(entry, "content") or ()
        if isinstance(content.get("value"), str) and _is_text(dict.get(content, "type") or "", content["value"])
    ]


def _is_text(kind: str, value: str) -> bool:
    """Atom says in base64 what has no type of text; HTML that was said so has been decoded by now."""
    return kind in _TEXT_TYPES or (kind == "application/octet-stream" and has_markup(value))


def _language(entry: dict[str, Any]) -> str | None:
    contents = dict.get(entry, "content") or [{}]
    return line_or_none(_detail(entry, "title").get("language")) or line_or_none(dict.get(contents[0], "language"))


def _links(holder: dict[str, Any]) -> list[dict[str, Any]]:
    return [link for link in dict.get(holder, "links") or () if isinstance(link, dict)]


def _link(holder: dict[str, Any], relation: str, base: str) -> str | None:
    found = (web_url(dict.get(link, "href"), base) for link in _links(holder) if dict.get(link, "rel") == relation)
    return next((url for url in found if url), None)


def _alternate(holder: dict[str, Any], base: str) -> str | None:
    return web_url(dict.get(holder, "link"), base) or _link(holder, "alternate", base)


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    people = [person for person in dict.get(holder, "authors") or () if isinstance(person, dict)]
    names = distinct(_name(person.get("name")) or _name(person.get("email")) for person in people)
    return names or distinct((_name(dict.get(holder, "author")),))


def _name(value: object) -> str | None:
    """Without what feedparser leaves of an address that it cut out: `Jo Berg (mailto:`, `Jo (Berg`."""
    if not isinstance(value, str):
        return None
    name = plain_line(value).removesuffix("mailto:").removesuffix(" (")
    return (f"{name})" if name.count("(") > name.count(")") else name) or None


def _enclosures(entry: dict[str, Any], base: str) -> tuple[FoundEnclosure, ...]:
    found: dict[str, FoundEnclosure] = {}
    listed = [link for link in _links(entry) if dict.get(link, "rel") == "enclosure"]
    media = [medium for medium in dict.get(entry, "media_content") or () if not _is_picture(medium)]
    for link in (*listed, *media):
        url = web_url(dict.get(link, "href") or dict.get(link, "url"), base)
        if url and url not in found:
            length = _length(dict.get(link, "length") or dict.get(link, "filesize"))
            found[url] = FoundEnclosure(url, line_or_none(dict.get(link, "type")), length)
    return tuple(found.values())


def _image(entry: dict[str, Any], base: str) -> str | None:
    """The entry's picture: a declared one first, then a thumbnail, then an enclosed picture."""
    image = dict.get(entry, "image")
    candidates = [dict.get(image, "href") if isinstance(image, dict) else image]
    media = [medium for medium in dict.get(entry, "media_content") or () if _is_picture(medium)]
    candidates += [medium.get("url") for medium in media if "gravatar.com" not in str(medium.get("url"))]
    candidates += [thumbnail.get("url") for thumbnail in dict.get(entry, "media_thumbnail") or ()]
    candidates += [
        dict.get(link, "href") for link in _links(entry) if dict.get(link, "rel") == "enclosure" and _is_picture(link)
    ]
    return next((url for candidate in candidates if (url := web_url(candidate, base))), None)


def _is_picture(medium: dict[str, Any]) -> bool:
    return dict.get(medium, "medium") == "image" or str(dict.get(medium, "type") or "").startswith("image/")


def _source(source: object, base: str) -> EntrySource | None:
    if not isinstance(source, dict):
        return None
    title = dict.get(source, "title")
    name = plain_line(title) if isinstance(title, str) else ""
    url = _alternate(source, base) or web_url(dict.get(source, "href"), base)
    return EntrySource(name, url) if name else None


def _length(value: object) -> int | None:
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None


def _schedule(feed: dict[str, Any]) -> Schedule | None:
    return Schedule.of(
        hours=dict.get(feed, "skip_hours") or (),
        days=dict.get(feed, "skip_days") or (),
        period=line_or_none(dict.get(feed, "sy_updateperiod")),
        frequency=line_or_none(dict.get(feed, "sy_updatefrequency")),
        base=line_or_none(dict.get(feed, "sy_updatebase")),
    )


def _minutes(value: object) -> int | None:
    minutes = _length(value)
    return minutes if minutes and minutes < 10**6 else None
