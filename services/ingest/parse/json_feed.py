"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), read tolerantly: a member of the wrong type is
absent, a broken item does not spoil its neighbours."""

import json
from typing import Any

from services.contracts.strings import clean, distinct, line_or_none, raw, web_url
from services.ingest.parse.body import Markup, choose_body
from services.ingest.parse.bounds import bounded_entry, bounded_feed, left_out, newest
from services.ingest.parse.feed import Entry, FoundEnclosure, NotAFeed, ParsedFeed
from services.ingest.parse.markup import plain_line

_VERSION = "jsonfeed.org/version/"


def read_json_feed(body: bytes, *, url: str) -> ParsedFeed:
    """Raises `NotAFeed` for JSON that is broken or something else."""
    try:
        document = json.loads(body.decode(json.detect_encoding(body), "replace").lstrip("\ufeff \t\r\n"))
    except (ValueError, RecursionError) as error:
        raise NotAFeed(f"this is broken JSON: {clean(str(error))}") from error
    version = document.get("version") if isinstance(document, dict) else None
    declared = isinstance(version, str) and _VERSION in version
    if not isinstance(document, dict) or (not isinstance(document.get("items"), list) and not declared):
        raise NotAFeed("this is JSON, but no JSON Feed: it has no `items`")
    found = document.get("items")
    items = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    base = web_url(document.get("feed_url"), url) or url
    authors = _authors(document)
    entries = tuple(_entry(item, base, authors) for item in newest(items, lambda item: _entry(item, base, authors)))
    problems = () if declared else ("it does not say which version of JSON Feed it is",)
    feed = ParsedFeed(
        format=f"JSON Feed {str(version).rpartition('/')[2]}" if declared else "JSON Feed",
        title=_line(document.get("title")),
        site=web_url(document.get("home_page_url"), base),
        self_url=web_url(document.get("feed_url"), url),
        hubs=_hubs(document, base),
        language=line_or_none(document.get("language")),
        entries=entries,
        problems=tuple(clean(problem) for problem in problems),
        left_out=left_out(len(items)),
    )
    return bounded_feed(feed)


def _entry(item: dict[str, Any], base: str, feed_authors: tuple[str, ...]) -> Entry:
    guid = _guid(item.get("id"))
    link = web_url(item.get("url"), base) or web_url(item.get("external_url"), base)
    if link is None and guid and guid.startswith(("http://", "https://")):
        link = web_url(guid, base)
    summary, contents = item.get("summary"), []
    if isinstance(item.get("content_html"), str):
        contents.append(Markup(item["content_html"], link or base))
    elif isinstance(item.get("content_text"), str):
        contents.append(Markup(item["content_text"], base, plain=True))
    body = choose_body(Markup(summary, base, plain=True) if isinstance(summary, str) else None, contents)
    published, updated = raw(item.get("date_published")), raw(item.get("date_modified"))
    entry = Entry(
        guid=guid,
        url=link,
        title=_line(item.get("title")) or "",
        summary=body.summary,
        text=body.text,
        html=body.html,
        authors=_authors(item) or feed_authors,
        categories=distinct(line_or_none(tag) for tag in _list(item.get("tags"))),
        language=line_or_none(item.get("language")),
        image=web_url(item.get("image"), base) or web_url(item.get("banner_image"), base),
        enclosures=_attachments(item, base),
        published=published,
        published_field="date_published" if published else None,
        updated=updated,
        updated_field="date_modified" if updated else None,
    )
    return bounded_entry(entry)


def _guid(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return line_or_none(value)


def _line(value: object) -> str | None:
    return plain_line(value) or None if isinstance(value, str) else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    """Version 1.1 has `authors`, 1.0 had `author`."""
    people = [*_list(holder.get("authors")), holder.get("author")]
    return distinct(line_or_none(person.get("name")) for person in people if isinstance(person, dict))


def _hubs(document: dict[str, Any], base: str) -> tuple[str, ...]:
    hubs = [hub for hub in _list(document.get("hubs")) if isinstance(hub, dict)]
    return distinct(web_url(hub.get("url"), base) for hub in hubs if str(hub.get("type")).lower() == "websub")


def _attachments(item: dict[str, Any], base: str) -> tuple[FoundEnclosure, ...]:
    found = []
    for attachment in _list(item.get("attachments")):
        if isinstance(attachment, dict) and (url := web_url(attachment.get("url"), base)):
            size = attachment.get("size_in_bytes")
            length = size if isinstance(size, int) and 0 <= size < 2**63 else None
            found.append(FoundEnclosure(url, line_or_none(attachment.get("mime_type")), length))
    return tuple(found)
