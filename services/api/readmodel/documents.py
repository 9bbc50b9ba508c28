"""The documents that readers get. Rendering them and describing them in OpenAPI is one and the same model."""

from collections.abc import Sequence
from typing import Literal, NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.contracts.articles import Enclosure, Source
from services.contracts.base import Instant
from services.contracts.enrichments import Enrichment, Tag, Timestamp
from services.contracts.feeds import Feed

Json = NewType("Json", str)
"""A document as JSON text, rendered when it changed and never again."""


class Document(BaseModel):
    """Base of all documents. Absent values are `null`, so that every document has every field."""

    model_config = ConfigDict(frozen=True)


class FoundIn(Document):
    """A feed that lists the article."""

    id: UUID
    url: str
    title: str | None = None


class ArticleLinks(Document):
    self: str = Field(description="The whole article.")
    page: str = Field(description="The article as a page for people.")


class Headline(Document):
    """An article as listings, the live stream and the page show it."""

    id: UUID
    revision: int
    title: str
    summary: str | None = Field(description="Plain text.")
    url: str | None = Field(description="Where the publisher has it.")
    source: Source
    feeds: tuple[FoundIn, ...]
    authors: tuple[str, ...]
    image: str | None
    language: str | None = Field(description="BCP 47 primary code; null where it is not known.")
    time: Instant = Field(description="What listings are sorted by: when it was published, else first seen.")
    time_method: str = Field(description="Where `time` comes from, e.g. `feed:pubDate` or `first_seen`.")
    published: Timestamp | None
    updated: Timestamp | None
    first_seen: Instant
    tags: tuple[Tag, ...]
    words: int | None
    reading_seconds: int | None
    enriched: bool = Field(description="Whether this very revision has been enriched.")
    links: ArticleLinks


class RevisionSummary(Document):
    """One revision of an article; `seen` is when ingest saw it."""

    revision: int
    title: str
    summary: str | None
    seen: Instant


class FullArticle(Headline):
    """An article with its body, what was found out about it, and its revisions, newest first."""

    text: str | None = Field(description="Plain text, paragraphs split by blank lines.")
    html: str | None = Field(description="Sanitised HTML.")
    categories: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    guid: str | None
    enrichment: Enrichment | None
    revisions: tuple[RevisionSummary, ...]


class FeedLinks(Document):
    self: str
    articles: str = Field(description="The articles found in this feed.")


class FeedState(Feed):
    """A feed and what became of it, as ingest reported it last."""

    links: FeedLinks


def feed_state(feed: Feed) -> FeedState:
    address = f"/v1/feeds/{feed.id}"
    return FeedState(**dict(feed), links=FeedLinks(self=address, articles=f"/v1/articles?feed={feed.id}"))


def listing(name: str, documents: Sequence[Json], **further: str) -> Json:
    """A JSON object with the documents under `name`, and further members given as JSON text."""
    members = [f'"{name}":[{",".join(documents)}]'] + [f'"{key}":{value}' for key, value in further.items()]
    return Json("{" + ",".join(members) + "}")


ChangeKind = Literal["article", "revision", "enrichment", "listing", "feed"]
"""What happened: an article is new, was revised, was enriched, was found in one more feed; a feed's state changed."""
