"""RSS, RDF and Atom: feedparser's raw result to entries."""

from collections.abc import Callable
from functools import partial
from typing import Any

from services.ingest.parse.body import Markup, choose_body
from services.ingest.parse.feed import Entry, EntrySource, FoundEnclosure, NotAFeed, ParsedFeed
from services.ingest.parse.feedparser_reader import RawFeed, format_name, read_raw
from services.ingest.parse.markup import plain_line
from services.ingest.parse.strings import clean, distinct, line_or_none, one_line, raw, web_url
from services.ingest.parse.tree_reader import read_tree
from services.ingest.parse.well_formed import Doubt

_TEXT_TYPES = frozenset(("", "text/plain", "text/html", "application/xhtml+xml", "text/xhtml", "text/xml"))


def read_xml_feed(body: bytes, *, url: str, content_type: str | None) -> ParsedFeed | None:
    """None for XML that is no feed. Raises `NotAFeed` for what the parser fails on."""
    try:
        found = _raw(body, url, content_type)
    except Exception as error:  # feedparser was not written for hostile input
        raise NotAFeed(
            f"this feed is broken in a way that cannot be read ({type(error).__name__}: {clean(str(error))})"
        ) from error
    if not found.entries and not found.version:
        return None
    return feed_from(found, url)


def _raw(body: bytes, url: str, content_type: str | None) -> RawFeed:
    try:
        return read_tree(body, url=url, content_type=content_type)
    except Doubt:
        return read_raw(body, url=url, content_type=content_type)


def feed_from(found: RawFeed, url: str) -> ParsedFeed:
    """What either reader found, cleaned and sanitised. `url` is where it came from."""
    feed = found.feed
    atom = found.version.startswith("atom")
    id_as_link = dict.get(feed, "link") == dict.get(feed, "id")  # an id names the feed, not its site
    site = _link(feed, "alternate", url) if id_as_link else _alternate(feed, url)
    return ParsedFeed(
        format=format_name(found.version),
        title=_title(feed, atom),
        site=site,
        self_url=_link(feed, "self", url),
        language=line_or_none(dict.get(feed, "language")),
        ttl_minutes=_minutes(dict.get(feed, "ttl")),
        entries=tuple(_entry(entry, site or url, url, atom, _authors(feed) if atom else ()) for entry in found.entries),
        problems=tuple(one_line(problem) for problem in found.problems),
    )


def _entry(entry: dict[str, Any], site: str, url: str, atom: bool, feed_authors: tuple[str, ...]) -> Entry:
    get: Callable[[str], Any] = partial(dict.get, entry)  # FeedParserDict's own `get` guesses other keys
    link = web_url(get("feedburner_origlink"), url) or _entry_link(entry, url)
    body = choose_body(_description(entry, link or site), _contents(entry, link or site))
    published, published_field = raw(get("published")), get("published_element")
    updated, updated_field = raw(get("updated")), get("updated_element")
    if published is None and (created := raw(get("created"))):
        published, published_field = created, get("created_element")
    if published is None and not atom:
        # the one date of an RSS entry is when it was published, whatever the element is called
        published, published_field, updated, updated_field = updated, updated_field, None, None
    return Entry(
        guid=line_or_none(get("id")),
        url=link,
        title=_title(entry, atom) or "",
        summary=body.summary,
        text=body.text,
        html=body.html,
        authors=_authors(entry) or feed_authors,
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
        if isinstance(content.get("value"), str) and (dict.get(content, "type") or "") in _TEXT_TYPES
    ]


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


def _minutes(value: object) -> int | None:
    minutes = _length(value)
    return minutes if minutes and minutes < 10**6 else None
