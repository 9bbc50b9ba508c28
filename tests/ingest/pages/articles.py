"""Articles and pages for tests."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.contracts.articles import Article, FeedRef, Source

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = "https://harbour-courier.example/1"
SENTENCE = "The harbour master said that report number one would be read by every captain before the tide turns. "
BODY = [f"{SENTENCE * 3}This is paragraph {number}, with a comma, and another, and some more." for number in range(8)]


def article(**changes: Any) -> Article:
    """What a feed with teasers gives."""
    given: dict[str, Any] = {
        "id": UUID(int=1),
        "revision": 1,
        "url": PAGE,
        "title": "Report number one",
        "summary": "The harbour master has read it.",
        "source": Source(id="harbour-courier.example", name="Harbour Courier"),
        "feed": FeedRef(id=UUID(int=2), url="https://harbour-courier.example/feed"),
        "first_seen": NOW,
        "seen": NOW,
    }
    return Article(**given | changes)


def page(*paragraphs: str, head: str = "", more: str = "") -> bytes:
    """An article's page with what surrounds an article."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or BODY)
    return (
        f"<!doctype html><html lang='en'><head><title>Report | Harbour Courier</title>{head}</head><body>"
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
        f"<article><h1>Report number one</h1><div class='article-body'>{text}{more}</div></article>"
        "<footer><p>Copyright Harbour Courier. All rights reserved.</p></footer></body></html>"
    ).encode()
