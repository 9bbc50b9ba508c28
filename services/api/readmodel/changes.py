"""What goes into the read model, and what came of it."""

from dataclasses import dataclass

from services.api.readmodel.documents import ChangeKind, Json
from services.api.readmodel.position import EntryId, Position, Stream
from services.contracts.enrichments import ArticleEnriched
from services.contracts.feeds import FeedChanged
from services.contracts.registry import ArticleEvent
from services.contracts.stories import StoryChanged

Applied = ArticleEvent | ArticleEnriched | StoryChanged | FeedChanged
"""What a read model is made of."""

Facets = frozenset[tuple[str, str]]
"""(kind, key) of each facet, as in `Filter.facets`."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event as it stands in its stream."""

    entry: EntryId
    event: Applied


@dataclass(frozen=True, slots=True)
class Change:
    """Something that readers can see since a commit. `seq` counts all changes of this read model, from 1.

    `document` is the headline, or the feed's state, as it is now; `position` is how far the read model had come
    with the change. `at` is the part of it that the change's own stream had reached; a `late` change belongs
    to an earlier entry than that. A feed's state has no facet but its feed; `text` is the article's body.

    A story is judged by the article that its change is about: facets and `text` are that one's, `judged` its headline.
    `new` says that nothing of the story could be read before.
    """

    seq: int
    kind: ChangeKind
    stream: Stream
    at: EntryId
    late: bool
    position: Position
    document: Json
    facets: Facets
    text: str | None = None
    judged: Json | None = None
    new: bool = False

    def unknown_to(self, position: Position) -> bool:
        """Whether a reader who has come to `position` may not have it yet."""
        reached = position[self.stream]
        return self.at > reached or (self.late and self.at == reached)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is."""

    articles: int
    feeds: int
    changes: int


@dataclass(frozen=True, slots=True)
class Size:
    """A tag, source or language with the number of its articles. `key` is its slug, id or code."""

    key: str
    label: str
    url: str | None
    articles: int
