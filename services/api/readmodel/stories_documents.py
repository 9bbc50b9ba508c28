"""The documents that readers get about stories."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.api.readmodel.documents import Document, FoundHeadline, Headline
from services.contracts.base import Instant
from services.contracts.stories import Because, LifeChange, SharedTerm


class StoryLinks(Document):
    self: str = Field(description="The whole story.")
    articles: str = Field(description="All its articles, a page at a time.")
    page: str = Field(description="The story as a page for people.")


class StorySummary(Document):
    """A story, counted by the articles of it that can be read here."""

    id: UUID
    title: str
    language: str | None = Field(description="BCP 47 primary code; null where it is not known.")
    size: int = Field(description="How many articles it has.")
    sources: int = Field(description="How many publishers tell it.")
    opened: Instant = Field(description="When its first article was first seen.")
    last: Instant = Field(description="When its latest article was first seen.")
    quiet: bool = Field(description="Nothing came for a long time. It wakes when something does.")
    terms: tuple[SharedTerm, ...] = Field(description="What it is about, heaviest first.")
    into: UUID | None = Field(description="The story that it was merged into, which has its articles now.")
    links: StoryLinks


class ListedStory(StorySummary):
    """A story as listings have it."""

    momentum: float = Field(description="How much more is told of it now than usual; about standard deviations.")
    article: Headline = Field(description="The article that stands for it: the one that its title is from.")


class StoryTold(StorySummary):
    """The data of a `story` event: the story as it is, and what happened to it."""

    change: LifeChange
    new: bool = Field(description="Nothing of it could be read before.")
    joined: tuple[UUID, ...] = Field(description="The articles that came to it with this change.")


class StoryListing(Document):
    """Stories in the order that was asked for. `next` is the address of the next page, null on the last."""

    stories: list[ListedStory]
    next: str | None


class StoryTitle(Document):
    """Where a story's title is from, and why it was chosen."""

    title: str
    method: Literal["article", "editor"] = Field(description="It is an article's headline, or an editor wrote it.")
    article: UUID | None = Field(description="Whose headline it is.")
    terms: tuple[SharedTerm, ...] = Field(description="Those of the story's terms that stand in it, heaviest first.")


class StorySource(Document):
    """A publisher who tells a story, with its first article about it."""

    id: str
    name: str
    articles: int
    article: UUID
    title: str
    url: str | None
    first_seen: Instant


class StoryHour(Document):
    """What was published about a story in the hour that begins at `hour`; `article` is the first of it that tells
    something of its own."""

    hour: Instant
    articles: int
    sources: int
    article: UUID
    title: str
    source: str = Field(description="The publisher's name.")


class StoryName(Document):
    """Someone or something that articles of a story name, and how many do."""

    slug: str
    label: str
    kind: Literal["person", "organisation", "place"]
    articles: int


class StoryTag(Document):
    """A tag that articles of a story have, and how many do."""

    slug: str
    label: str
    articles: int


class StoryArticle(FoundHeadline):
    """An article of a story, and why it belongs to it."""

    because: Because | None


class StoryArticleListing(Document):
    """The articles of a story. `next` is the address of the next page, null on the last."""

    articles: list[StoryArticle]
    next: str | None


class FullStory(StorySummary):
    """A story whole. All but the counts is made of its newest 500 articles."""

    headline: StoryTitle
    first: StorySource = Field(description="The publisher whose article was seen first.")
    publishers: tuple[StorySource, ...] = Field(description="The first to tell it first.")
    timeline: tuple[StoryHour, ...] = Field(description="The hours in which something was published, in their order.")
    names: tuple[StoryName, ...] = Field(description="The 30 that most articles name.")
    tags: tuple[StoryTag, ...] = Field(description="The 30 that most articles have.")
    articles: tuple[StoryArticle, ...] = Field(
        description="The newest 100 without those that repeat another article of the story, which `also_in` counts."
    )
