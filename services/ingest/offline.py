"""What ingest would publish of a file, without a broker."""

import html
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from services.contracts.articles import FeedRef
from services.contracts.identity import feed_id
from services.contracts.strings import web_url
from services.ingest.compose import compose, feed_source, find_articles
from services.ingest.parse import NotAFeed, ParsedFeed

_BEGINNING = 20_000
_LINK = re.compile(rb"<(?:[\w.-]+:)?link\s[^<>]*>")
_SELF = re.compile(rb"""\srel=["']self["']""")
_HREF = re.compile(rb"""\shref=["']([^"']+)["']""")
Parse = Callable[[bytes, str], ParsedFeed]
"""Understands a body that came from a URL. Raises `NotAFeed`."""


def parse_lines(path: Path, *, now: datetime, parse: Parse) -> Iterator[str]:
    """One JSON line per article, as its first revision seen at `now`, in the document's order.

    The feed's URL is its own self link, else the file's URI. A file that cannot be read or is no feed gives one line
    `{"error": {"file": …, "reason": …}}`. Raises nothing.
    """
    try:
        body = path.read_bytes()
        file = path.absolute().as_uri()
        guess = _named(body) or file
        feed = parse(body, guess)
        if (feed.self_url or file) != guess:
            feed = parse(body, feed.self_url or file)
    except OSError as error:
        yield _error(path, f"it cannot be read: {error.strerror or error}")
        return
    except NotAFeed as error:
        yield _error(path, error.reason)
        return
    url = feed.self_url or path.absolute().as_uri()
    reference = FeedRef(id=feed_id(url), url=url, title=feed.title)
    source = feed_source(url=url, site=feed.site, title=feed.title)
    for found in find_articles(feed, origin=url):
        article = compose(
            found, feed=reference, source=source, language=feed.language, revision=1, first_seen=now, seen=now
        )
        yield article.model_dump_json(exclude_none=True)


def _named(body: bytes) -> str | None:
    """What seems to be a feed's own address, so that it need not be read once more to be read with that."""
    for link in _LINK.findall(body[:_BEGINNING]):
        address = _HREF.search(link)
        if address and _SELF.search(link):
            return web_url(html.unescape(address[1].decode("utf-8", "replace")), "")
    return None


def _error(path: Path, reason: str) -> str:
    file = str(path).encode("utf-8", "replace").decode()
    return json.dumps({"error": {"file": file, "reason": reason}}, ensure_ascii=False)
