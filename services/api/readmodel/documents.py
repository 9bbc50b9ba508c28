"""The documents that readers get. Rendering them and describing them in OpenAPI is one and the same model."""

from collections.abc import Sequence
from typing import Literal, NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.contracts.articles import Enclosure, Source
from services.contracts.base import Instant
from services.contracts.enrichments import Enrichment, Repeat, Tag, Timestamp
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


class StoryReference(Document):
    """The story that an article belongs to, and how large it is by now."""

    id: UUID
    size: int = Field(description="How many articles it has.")
    sources: int = Field(description="How many publishers tell it.")


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
    time_method: str = Field(description="Where `time` comes from, e.g. `feed:pubDate`, `url` or `first_seen`.")
    published: Timestamp | None
    updated: Timestamp | None
    first_seen: Instant
    tags: tuple[Tag, ...]
    words: int | None
    reading_seconds: int | None
    enriched: bool = Field(description="Whether this very revision has been enriched.")
    links: ArticleLinks
    repeats: Repeat | None = Field(description="The earlier article that it repeats, the first to tell it.")
    story: StoryReference | None = Field(default=None, description="The story it belongs to; null until that is known.")


class OtherSource(Document):
    """A publisher who repeats the article, and the first article that does."""

    id: str
    name: str
    article: UUID
    title: str
    url: str | None


class AlsoIn(Document):
    """Who repeats an article. `count` counts the sources, of which up to 20 are named, the first to do so first."""

    articles: int
    count: int
    sources: tuple[OtherSource, ...]


class Snippet(Document):
    """Where the words of a search stand: HTML, in which `mark` is the only element and all else is escaped.

    `title` is whole, `text` a piece; null where none of the words is there.
    """

    title: str | None
    text: str | None


class FoldedHeadline(Headline):
    """A headline that stands for its repeats too."""

    also_in: AlsoIn | None = Field(
        default=None, description="Who repeats it, null where nobody does; in folded listings and whole articles."
    )


class FoundHeadline(FoldedHeadline):
    """A headline as listings have it. `snippet` is there where `highlight` asked for it."""

    snippet: Snippet | None = None


class RevisionSummary(Document):
    """One revision of an article; `seen` is when ingest saw it."""

    revision: int
    title: str
    summary: str | None
    seen: Instant


class FullArticle(FoldedHeadline):
    """An article with its body, what was found out about it, and its revisions, newest first."""

    text: str | None = Field(description="Plain text, paragraphs split by blank lines.")
    html: str | None = Field(description="Sanitised HTML.")
    categories: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    guid: str | None
    enrichment: Enrichment | None
    revisions: tuple[RevisionSummary, ...]


class ChangedPiece(Document):
    """A piece of a text in reading order. Long pieces that stayed the `same` are shortened in the middle (`…`)."""

    kind: Literal["same", "added", "removed"]
    text: str


class Difference(Document):
    """What a revision changed. A member is empty where that part stayed as it was."""

    title: tuple[ChangedPiece, ...]
    summary: tuple[ChangedPiece, ...]
    text: tuple[ChangedPiece, ...]


class Revision(RevisionSummary):
    """A revision with what it changed, and from which; null where no earlier one is held."""

    changed_from: int | None
    changes: Difference | None


class RevisionListing(Document):
    """The revisions of an article, newest first."""

    id: UUID
    revisions: tuple[Revision, ...]


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


ChangeKind = Literal["article", "revision", "enrichment", "listing", "story", "feed"]
"""What happened: an article is new, was revised, was enriched, was found in one more feed; a story changed; a feed's
state changed."""
