"""Articles for tests of enrich, made of what a test cares about."""

from datetime import UTC, datetime
from uuid import uuid5

from services.contracts.articles import Article, ArticlePublished, FeedRef, Source
from services.contracts.identity import feed_id
from services.contracts.tracing import new_trace

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
"""When articles of these tests are seen, unless they say otherwise."""

FEED = FeedRef(id=feed_id("https://harbour-courier.example/feed.xml"), url="https://harbour-courier.example/feed.xml")
SOURCE = Source(id="harbour-courier.example", name="Harbour Courier")


def article(title: object = "Ferry starts its winter trial", **fields: object) -> Article:
    document = {"id": uuid5(FEED.id, str(title)), "revision": 1, "title": title, "source": SOURCE, "feed": FEED}
    return Article.model_validate({"first_seen": NOON, "seen": NOON} | document | fields)


def published(article: Article) -> ArticlePublished:
    return ArticlePublished(
        id=f"{article.id}/{article.revision}",
        source="/ingest",
        time=article.seen,
        traceparent=new_trace(),
        data=article,
    )
