"""RSS 2.0 (https://www.rssboard.org/rss-specification), with what it lacks from well-known namespaces."""

from datetime import datetime
from email.utils import format_datetime

from services.api.output.atom import instant
from services.api.output.feed import EVER, Entry, Feed, media_type
from services.api.output.xml import DECLARATION, element, text

MEDIA_TYPE = "application/rss+xml"


def rss(feed: Feed) -> str:
    return DECLARATION + element(
        "rss",
        element(
            "channel",
            text("title", feed.title),
            text("link", feed.page),
            text("description", feed.about),
            text("language", feed.language),
            text("lastBuildDate", _date(feed.updated) if feed.updated > EVER else None),
            text("generator", "Dateline"),
            text("docs", "https://www.rssboard.org/rss-specification"),
            element("atom:link", rel="self", type=MEDIA_TYPE, href=feed.here),
            element("atom:link", rel="first", type=MEDIA_TYPE, href=feed.first) if feed.first else "",
            element("atom:link", rel="next", type=MEDIA_TYPE, href=feed.next) if feed.next else "",
            *(_entry(entry) for entry in feed.entries),
        ),
        version="2.0",
        xmlns_atom="http://www.w3.org/2005/Atom",
        xmlns_content="http://purl.org/rss/1.0/modules/content/",
        xmlns_dc="http://purl.org/dc/elements/1.1/",
        xmlns_media="http://search.yahoo.com/mrss/",
    )


def _entry(entry: Entry) -> str:
    origin = entry.origin
    return element(
        "item",
        text("guid", entry.id.urn, isPermaLink="false"),
        text("title", entry.title),
        text("link", entry.link),
        text("pubDate", _date(entry.published) if entry.published else None),
        text("atom:updated", instant(entry.updated)),
        *(text("dc:creator", name) for name in entry.authors if name.strip()),
        *(text("category", label) for _slug, label in entry.tags),
        text("dc:language", entry.language),
        text("description", entry.summary),
        text("content:encoded", entry.html),
        _enclosure(entry),
        element("media:thumbnail", url=entry.image) if entry.image else "",
        text("source", origin.feed_title or origin.name, url=origin.feed) if origin.feed else "",
    )


def _enclosure(entry: Entry) -> str:
    """The first: RSS has one at most. A length that is not known is written 0."""
    if not entry.enclosures:
        return ""
    file = entry.enclosures[0]
    return element("enclosure", url=file.url, length=str(file.length or 0), type=media_type(file))


def _date(moment: datetime) -> str:
    """RFC 822, with a year of four digits."""
    return format_datetime(moment, usegmt=True)
