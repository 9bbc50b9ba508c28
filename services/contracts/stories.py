"""Stories: which articles are about one event, and how a story lives. Events of the enrichments stream."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.contracts.base import Contract, Instant
from services.contracts.envelope import Event

LifeChange = Literal["opened", "grown", "merged", "split", "renamed", "quiet"]


class SharedTerm(Contract):
    """A word or a name that an article and its story have in common; `weight` is its part of the score.

    `text` is a slug of `Enrichment.names` for a name (`person:vladimir-putin`), a word as it was counted otherwise.
    """

    text: str = Field(min_length=1)
    weight: float


class Because(Contract):
    """Why an article belongs to its story.

    `opened`: nothing was near enough, `nearest` and `score` say what came closest. `similarity` and `repeat`:
    `nearest` is the earlier article of the story that is most like it, `score` was at least `threshold`. `editor`: a
    person said so.
    """

    method: Literal["opened", "similarity", "repeat", "editor"]
    score: float | None = None
    threshold: float | None = None
    shared: tuple[SharedTerm, ...] = ()
    nearest: UUID | None = None


class Joined(Contract):
    """An article that belongs to the story from this change on, and to no other story any more."""

    article: UUID
    because: Because


class Story(Contract):
    """A change in the life of one story, with what the story is after it.

    `id` is the id of the article that opened it. `sequence` grows with every change of any story: of two changes that
    speak of one story, or of one article's place, the higher holds. It follows from the events that were read, in ms of
    the clock of the broker, so that a replay gives the same ones.

    A `merged` story has ended: it is known as `into` for ever, and its articles belong there, without being listed
    again. A `split` story is a new one whose articles were of `split_from`. `quiet`: nothing came for a long time; it
    wakes with the next `grown`.
    """

    id: UUID
    sequence: int = Field(ge=1)
    change: LifeChange
    by: Literal["wire", "editor"] = "wire"
    language: str = Field(min_length=1, description="BCP 47 primary code; `und` where unknown.")
    title: str = Field(description="The headline that says it best, or what an editor wrote.")
    title_from: UUID | None = Field(default=None, description="The article whose headline it is.")
    articles: int = Field(ge=0)
    sources: int = Field(ge=0)
    opened: Instant
    last: Instant = Field(description="When its latest article arrived.")
    joined: tuple[Joined, ...] = ()
    into: UUID | None = None
    split_from: UUID | None = None
    terms: tuple[SharedTerm, ...] = Field(default=(), description="What the story is about, heaviest first.")


class StoryChanged(Event[Story]):
    """A story was opened, grew, or changed otherwise. Follows the `enriched` event of the article it speaks of."""

    type: Literal["dateline.story.changed.v1"] = "dateline.story.changed.v1"
