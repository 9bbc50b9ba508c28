"""The forms of output feeds, and articles with all that makes them difficult."""

from typing import Any

from services.contracts.articles import ArticlePublished, Enclosure, FeedRef, Source
from services.contracts.identity import feed_id
from services.contracts.submissions import submission_feed
from tests.api.conftest import Told
from tests.api.events import enriched, published, revised

FORMS = {"rss": "application/rss+xml", "atom": "application/atom+xml", "jsonfeed": "application/feed+json"}
HOSTILE = '<p onclick="x()">Tom &amp; Ann ]]> said</p><script>alert(1)</script><a href="javascript:x()">here</a>'
COURIER = Source(id="courier.example", name="Courier & Sons", url="https://courier.example/")
_URL = "https://courier.example/feed.xml"
FEED = FeedRef(id=feed_id(_URL), url=_URL, title="Courier <news>")


def difficult() -> list[Told]:
    """One with everything, one with next to nothing, one of someone who has no feed."""
    return [
        _by_courier(
            1,
            url="https://courier.example/1?a=1&b=<2>",
            title="Rain & <b>wind</b> \x0b in “Zürich” ]]>",
            summary="A summary & more <i>of it</i>",
            html=HOSTILE,
            text="Tom & Ann said",
            authors=("Jane <Doe>", " "),
            image="https://courier.example/1.jpg?w=1&h=2",
            enclosures=(
                Enclosure(url="https://courier.example/1.mp3", type="audio/mpeg", length=1234),
                Enclosure(url="https://courier.example/1.pdf"),
                Enclosure(url="https://courier.example/odd", type="odd"),
            ),
        ),
        enriched(1, minutes=1, ago=30, tags=("storms & floods", "weather"), language="de"),
        published(
            2, minutes=2, url=None, summary=None, text=None, html=None, authors=(), image=None, enclosures=(), feed=FEED
        ),
        enriched(2, minutes=2, language=None),
        published(
            3,
            minutes=3,
            summary=None,
            html=None,
            text="First paragraph.\n\nSecond <one>.",
            image=None,
            enclosures=(),
            feed=submission_feed(Source(id="harbour-office", name="Harbour office")),
        ),
        revised(3, 2, minutes=3, html=None, text="Corrected.", image=None, enclosures=()),
        enriched(3, revision=2, minutes=3),
    ]


def _by_courier(number: int, **fields: Any) -> ArticlePublished:
    event = published(number, minutes=number, feed=FEED, **fields)
    return event.model_copy(update={"data": event.data.model_copy(update={"source": COURIER})})


def by_title(entries: list[Any], title: str) -> Any:
    [found] = [entry for entry in entries if entry["title"].startswith(title)]
    return found
