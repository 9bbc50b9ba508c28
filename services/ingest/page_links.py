"""Where a web page may have feeds: what it declares, what it links to, and where sites usually keep one."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Literal
from urllib.parse import urljoin, urlsplit

from services.contracts.strings import line_or_none, web_url
from services.ingest.outcomes import Fetched
from services.ingest.parse.kind import opening, root_of

How = Literal["declared", "linked", "guessed"]
"""`declared` by a <link rel="alternate">, `linked` by an <a> that looks like one, `guessed` from well-known paths."""

_READ_AT_MOST = 2_000_000
_PAGE_ROOTS = frozenset(("html", "head", "body"))
_FEED_TYPES = frozenset((
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/json",
    "application/xml", "text/xml",
))  # fmt: skip
_WELL_KNOWN = (
    "/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json", "/feeds", "/rss/index.xml",
    "/index.rdf", "/news/rss.xml", "/blog/feed",
)  # fmt: skip
# Each alternative ends at the page's end where its own end is missing, so that no byte is looked at twice.
_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|textarea|title|svg)\b.*?(?:</\1|\Z)"
    r"|<(?P<name>base|link|a)(?=\s)(?P<attributes>[^<>]{1,4000})>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([a-z][a-z-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""", re.IGNORECASE)
_FEED_PATH = re.compile(r"\.(?:rss|rdf|atom)$|/(?:feed|rss|atom|index|rss2)\.(?:xml|json|php)$", re.IGNORECASE)
_FEED_SEGMENT = re.compile(r"/(?:feed|feeds|rss|rss2|atom|rdf)(?:/|$)", re.IGNORECASE)
_OTHER_DOCUMENT = re.compile(r"oembed|/wp-json/")
"""What WordPress declares with the type of a feed, and is the page in another form."""
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|output)=(?:feed|rss2?|atom|rdf|json)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offer:
    """An address where a feed may be. `title` is the page's word for it."""

    url: str
    how: How
    title: str | None = None


def is_page(body: bytes) -> bool:
    """Whether this is an HTML page, by its beginning."""
    return opening(body).lower().startswith("<!doctype html") or root_of(body) in _PAGE_ROOTS


def offers(page: Fetched) -> tuple[Offer, ...]:
    """All that a page may mean, best kinds first, each address once; the page itself is never among them.

    The page is HTML from a stranger: only its first 2 MB are looked at, in time linear in their length.
    """
    links = list(_links(_text(page)))
    base = next((web_url(found.get("href"), page.url) for name, found in links if name == "base"), None) or page.url
    distinct: dict[str, Offer] = {}
    for offer in (*_declared(links, base), *_linked(links, base), *_guessed(page.url)):
        distinct.setdefault(_same(offer.url), offer)
    distinct.pop(_same(page.url), None)
    return tuple(distinct.values())


def one_site(first: str, second: str) -> bool:
    """Whether two URLs seem to be of one publisher: the last two labels of their hosts agree.

    Only ranks; nothing is allowed or refused by it, so that `co.uk` is taken for a publisher does no harm.
    """
    hosts = [(urlsplit(url).hostname or "").split(".")[-2:] for url in (first, second)]
    return hosts[0] == hosts[1]


def _text(page: Fetched) -> str:
    body = page.body[:_READ_AT_MOST]
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        charset = re.search(r"charset=[\"']?([\w-]+)", page.content_type or "")
        try:
            return body.decode(charset[1] if charset else "utf-8", "replace")
        except LookupError:
            return body.decode("utf-8", "replace")


def _links(text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for piece in _PIECE.finditer(text):
        if piece["name"]:
            attributes: dict[str, str] = {}
            for name, *values in _ATTRIBUTE.findall(piece["attributes"]):
                attributes.setdefault(name.lower(), unescape("".join(values)))
            yield piece["name"].lower(), attributes


def _declared(links: Iterable[tuple[str, Mapping[str, str]]], base: str) -> Iterator[Offer]:
    for name, found in links:
        relations = found.get("rel", "").lower().split()
        kind = found.get("type", "").partition(";")[0].strip().lower()
        is_feed = ("alternate" in relations and kind in _FEED_TYPES) or "feed" in relations
        if name == "link" and is_feed and not _OTHER_DOCUMENT.search(found.get("href", "")):
            yield from _offer(found, base, "declared")


def _linked(links: Iterable[tuple[str, Mapping[str, str]]], base: str) -> Iterator[Offer]:
    for name, found in links:
        if name != "a":
            continue
        for offer in _offer(found, base, "linked"):
            parts = urlsplit(offer.url)
            known = _FEED_PATH.search(parts.path) or _FEED_SEGMENT.search(parts.path) or _FEED_QUERY.search(parts.query)
            if known and (one_site(offer.url, base) or (parts.hostname or "").startswith(("feeds.", "rss."))):
                yield offer


def _guessed(page: str) -> Iterator[Offer]:
    """Below the page's own path first: `/politics/` may have a feed beside the whole site's."""
    own = urlsplit(page).path.rstrip("/")
    paths = ((f"{own}/feed", f"{own}/rss.xml") if own and "." not in own.rsplit("/", 1)[-1] else ()) + _WELL_KNOWN
    return (Offer(urljoin(page, path), "guessed") for path in paths)


def _offer(found: Mapping[str, str], base: str, how: How) -> Iterator[Offer]:
    url = web_url(found["href"], base) if found.get("href") else None
    if url:
        yield Offer(url.partition("#")[0], how, line_or_none(found.get("title")))


def _same(url: str) -> str:
    return url.partition("#")[0].partition("://")[2].rstrip("/")
