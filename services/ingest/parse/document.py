"""The front door: recognises the format and hands over to its reader."""

from services.ingest.parse.feed import NotAFeed, ParsedFeed
from services.ingest.parse.json_feed import read_json_feed
from services.ingest.parse.kind import name_kind, opening, root_of
from services.ingest.parse.known_entries import KnownEntries
from services.ingest.parse.sitemap import name_sitemaps, read_sitemap
from services.ingest.parse.xml_feed import read_xml_feed

_NO_FEED_ROOTS = frozenset(("html", "opml", "svg"))


def parse_feed(
    body: bytes, *, url: str, content_type: str | None = None, known: KnownEntries | None = None
) -> ParsedFeed:
    """Parse RSS 0.9x to 2.0, Atom 0.3 and 1.0, JSON Feed 1.x or a news sitemap.

    `url` is where the bytes came from; relative links are resolved against it. `content_type` is the HTTP header,
    of which only the charset is used, as a hint. Entries that are in `known` are taken from there, new ones
    added; the result is the same without. Raises `NotAFeed` and nothing else.
    """
    head = opening(body)
    if head.startswith(("{", "[")):
        return read_json_feed(body, url=url)
    if "<" not in head or head.lower().startswith("<!doctype html") or (root := root_of(body)) in _NO_FEED_ROOTS:
        raise NotAFeed(f"this is {name_kind(body)}")
    if root == "sitemapindex":
        raise NotAFeed(f"this is {name_sitemaps(body, url=url, content_type=content_type)}")
    if root == "urlset":
        return read_sitemap(body, url=url, content_type=content_type)
    feed = read_xml_feed(body, url=url, content_type=content_type, known=known)
    if feed is None:
        raise NotAFeed(f"this is {name_kind(body)}")
    return feed
