"""Articles as ingest publishes them: what the feed said, cleaned but not interpreted."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.contracts.base import Contract, Instant
from services.contracts.envelope import Event


class Source(Contract):
    """The publisher. `id` is the host of its site without `www.`, e.g. `example.org`; of a submitted article without
    URL the words of the publisher's name, e.g. `harbour-office`."""

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    url: str | None = None


class FeedRef(Contract):
    """The feed that an article was found in. `tags` are the ones its owner gave the feed.

    Articles that were submitted have the address `submitted://` and their source's id, which no feed is behind.
    """

    id: UUID
    url: str
    title: str | None = None
    tags: tuple[str, ...] = ()


class Enclosure(Contract):
    """A file that belongs to an article: audio, video, an image. `length` is in bytes."""

    url: str
    type: str | None = None
    length: int | None = Field(default=None, ge=0)


class PageMetadata(Contract):
    """What an article's own page says of it, where its feed has Dateline read the page.

    `url` is where the page was found in the end, `canonical` what it calls its own address. Dates are the page's own
    strings; their fields name where they stood, e.g. `json-ld:datePublished` or `meta:article:published_time`.
    """

    url: str
    canonical: str | None = None
    title: str | None = None
    site: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    image: str | None = None
    published: str | None = None
    published_field: str | None = None
    updated: str | None = None
    updated_field: str | None = None
    gave_text: bool = Field(default=False, description="Whether the article's `text` and `html` are the page's.")


class Article(Contract):
    """One revision of one article, whole.

    Dates are the feed's own strings, untouched: enrich reads them, and says how. `first_seen` is
    when ingest first saw the article, `seen` when it saw this revision.
    """

    id: UUID
    revision: int = Field(ge=1)
    url: str | None = None
    guid: str | None = None
    title: str
    summary: str | None = Field(default=None, description="Plain text.")
    text: str | None = Field(default=None, description="The body as plain text, paragraphs split by blank lines.")
    html: str | None = Field(default=None, description="The body as sanitised HTML.")
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = Field(default=None, description="What the feed claims, untouched.")
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    published: str | None = Field(default=None, description="The feed's own string.")
    published_field: str | None = Field(default=None, description="The element it stood in, e.g. `pubDate`.")
    updated: str | None = None
    updated_field: str | None = None
    source: Source
    feed: FeedRef
    first_seen: Instant
    seen: Instant
    page: PageMetadata | None = None


class Listing(Contract):
    """That a known article was found in one more feed."""

    id: UUID
    feed: FeedRef
    seen: Instant


class ArticlePublished(Event[Article]):
    """An article was seen for the first time. Its revision is 1."""

    type: Literal["dateline.article.published.v1"] = "dateline.article.published.v1"


class ArticleRevised(Event[Article]):
    """The title, summary or body of a known article changed. The revision is one higher."""

    type: Literal["dateline.article.revised.v1"] = "dateline.article.revised.v1"


class ArticleListed(Event[Listing]):
    """A known article was found in one more feed. Its content and revision stay."""

    type: Literal["dateline.article.listed.v1"] = "dateline.article.listed.v1"
