"""Atom 1.0 (RFC 4287), paged as in RFC 5005, section 3."""

from datetime import datetime

from services.api.output.feed import Entry, Feed, media_type
from services.api.output.xml import DECLARATION, element, text

MEDIA_TYPE = "application/atom+xml"


def atom(feed: Feed) -> str:
    return DECLARATION + element(
        "feed",
        text("id", feed.id.urn),
        text("title", feed.title),
        text("subtitle", feed.about),
        text("updated", instant(feed.updated)),
        element("author", text("name", "Dateline")),
        text("generator", "Dateline"),
        element("link", rel="self", type=MEDIA_TYPE, href=feed.here),
        element("link", rel="alternate", type="text/html", href=feed.page),
        element("link", rel="first", type=MEDIA_TYPE, href=feed.first) if feed.first else "",
        element("link", rel="next", type=MEDIA_TYPE, href=feed.next) if feed.next else "",
        *(_entry(entry) for entry in feed.entries),
        xmlns="http://www.w3.org/2005/Atom",
        xmlns_media="http://search.yahoo.com/mrss/",
        xml_lang=feed.language,
    )


def instant(moment: datetime) -> str:
    """RFC 3339, UTC."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _entry(entry: Entry) -> str:
    return element(
        "entry",
        text("id", entry.id.urn),
        text("title", entry.title),
        text("published", instant(entry.published) if entry.published else None),
        text("updated", instant(entry.updated)),
        element("link", rel="alternate", href=entry.link),
        element("link", rel="related", type="text/html", href=entry.page) if entry.url else "",
        *(
            element(
                "link",
                rel="enclosure",
                type=media_type(file),
                length=None if file.length is None else str(file.length),
                href=file.url,
            )
            for file in entry.enclosures
        ),
        *(element("author", text("name", name)) for name in entry.authors if name.strip()),
        *(element("category", term=slug, label=label) for slug, label in entry.tags),
        text("summary", entry.summary),
        text("content", entry.html, type="html"),
        element("media:thumbnail", url=entry.image) if entry.image else "",
        _source(entry),
        xml_lang=entry.language,
    )


def _source(entry: Entry) -> str:
    """The feed that it was found in. Its author stands for the entry's where that has none (RFC 4287, 4.2.1)."""
    origin = entry.origin
    return element(
        "source",
        text("id", origin.feed),
        text("title", origin.feed_title or origin.name),
        element("author", text("name", origin.name), text("uri", origin.site)),
        element("link", rel="self", href=origin.feed) if origin.feed else "",
        element("link", rel="alternate", href=origin.site) if origin.site else "",
    )
