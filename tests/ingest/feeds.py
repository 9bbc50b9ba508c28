"""Small feeds for tests."""

from xml.sax.saxutils import escape

from services.ingest.parse import Entry, ParsedFeed, parse_feed

URL = "https://harbour-courier.example/feed.xml"


def rss(*entries: str, channel: str = "<title>Harbour Courier</title>") -> bytes:
    """An RSS 2.0 document around the insides of its items."""
    items = "".join(f"<item>{entry}</item>" for entry in entries)
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:media="http://search.yahoo.com/mrss/"'
    )
    return f'<?xml version="1.0"?><rss version="2.0" {spaces}><channel>{channel}{items}</channel></rss>'.encode()


def item(number: int, title: str | None = None, description: str = "It was quiet in the harbour.") -> str:
    title = title or f"Report number {number}"
    date = f"Sun, 01 Mar 2026 09:{number % 60:02}:00 GMT"
    return (
        f"<title>{escape(title)}</title><link>https://harbour-courier.example/{number}</link><guid>{number}</guid>"
        f"<description>{escape(description)}</description><pubDate>{date}</pubDate>"
    )


def atom(*entries: str, feed: str = "<title>Harbour Courier</title>") -> bytes:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{feed}{inside}</feed>'.encode()


def parsed(body: bytes, content_type: str | None = None) -> ParsedFeed:
    return parse_feed(body, url=URL, content_type=content_type)


def only_entry(body: bytes, content_type: str | None = None) -> Entry:
    (entry,) = parsed(body, content_type).entries
    return entry
