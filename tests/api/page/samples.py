"""Articles in the headline form and the full form, made by the code that makes them for readers."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from services.api.readmodel.documents import FullArticle, RevisionSummary
from services.api.readmodel.merge import Known, headline, merge_article, merge_enrichment
from services.contracts.articles import Article, FeedRef, Source
from services.contracts.enrichments import Enrichment, Language, Tag, Times, Timestamp

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FERRY = "Electric ferry starts its winter trial"


def article_model(title: str = FERRY, *, first_seen: datetime = NOW, **fields: Any) -> Article:
    """An article as ingest would publish it; its id follows from its title unless given."""
    identity = uuid5(NAMESPACE_URL, title)
    given: dict[str, Any] = {
        "id": identity,
        "revision": 1,
        "url": f"https://courier.example/{identity}",
        "title": title,
        "summary": "The crossing takes eleven minutes.",
        "text": "The crossing takes eleven minutes.\n\nIt runs twice an hour.",
        "source": Source(id="courier.example", name="Harbour Courier"),
        "feed": FeedRef(id=uuid5(NAMESPACE_URL, "feed"), url="https://courier.example/feed.xml", title="Courier"),
        "first_seen": first_seen,
        "seen": first_seen,
    }
    return Article(**{**given, **fields})


def enrichment_model(article: Article, *tags: str, published: datetime, language: str | None = "en") -> Enrichment:
    """An enrichment of the article, with tags by label."""
    stamp = Timestamp(
        at=published, raw=published.isoformat(), method="feed:pubDate", precision="second", zone="explicit"
    )
    seen = Timestamp(at=article.first_seen, method="first_seen", precision="second", zone="explicit")
    return Enrichment(
        id=article.id,
        revision=article.revision,
        version=1,
        title=article.title,
        source=article.source,
        times=Times(published=stamp, first_seen=seen),
        language=Language(code=language, method="text"),
        words=400,
        reading_seconds=100,
        tags=tuple(Tag(slug=f"category:{label.lower()}", label=label, method="category") for label in tags),
    )


def listed(title: str = FERRY, *tags: str, minutes_ago: float = 7, **fields: Any) -> dict[str, Any]:
    """One article of a listing, enriched, published `minutes_ago` before `NOW`."""
    article = article_model(title, **fields)
    enrichment = enrichment_model(article, *tags, published=NOW - timedelta(minutes=minutes_ago))
    known = merge_enrichment(_known(article), enrichment).known
    shown: dict[str, Any] = json.loads(headline(known).model_dump_json())
    return shown


def full(title: str = FERRY, *, enriched: bool = True, revisions: int = 1, **fields: Any) -> dict[str, Any]:
    """A whole article."""
    article = article_model(title, revision=revisions, **fields)
    known, enrichment = _known(article), enrichment_model(article, "Transport", published=NOW)
    if enriched:
        known = merge_enrichment(known, enrichment).known
    document = FullArticle(
        **dict(headline(known)),
        text=article.text,
        html=article.html,
        categories=article.categories,
        enclosures=article.enclosures,
        guid=article.guid,
        enrichment=enrichment if enriched else None,
        revisions=tuple(
            RevisionSummary(revision=number, title=f"{title}, take {number}", summary=None, seen=article.seen)
            for number in range(revisions, 0, -1)
        ),
    )
    shown: dict[str, Any] = json.loads(document.model_dump_json())
    return shown


def _known(article: Article) -> Known:
    return merge_article(Known(), article).known
