"""What a reader of the live stream wants to hear."""

from dataclasses import dataclass, field
from typing import get_args

from services.api.live.frames import Frame
from services.api.query.matching import matches
from services.api.query.tree import Query
from services.api.readmodel.changes import Facets
from services.api.readmodel.documents import ChangeKind
from services.api.readmodel.position import Stream

TYPES: tuple[ChangeKind, ...] = get_args(ChangeKind)
_TOLD_BY: dict[ChangeKind, tuple[Stream, ...]] = {
    "article": (Stream.ARTICLES,),
    "revision": (Stream.ARTICLES,),
    "listing": (Stream.ARTICLES,),
    "enrichment": (Stream.ENRICHMENTS,),
    "story": (Stream.ENRICHMENTS, Stream.ARTICLES),
    "feed": (Stream.FEEDS,),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """All must hold: the type, every facet, the query. A feed's state has no facet but its feed, and meets no query. A
    story is judged by the article that its change is about.

    `one_per_story` lets pass nothing of articles, and of stories only what is new.
    """

    types: frozenset[ChangeKind] = frozenset(TYPES)
    facets: Facets = field(default=frozenset())
    query: Query | None = None
    one_per_story: bool = False

    def passes(self, frame: Frame) -> bool:
        change = frame.change
        if change.kind not in self.types or not self.facets <= change.facets:
            return False
        if self.one_per_story and change.kind != "feed" and not change.new:
            return False
        if self.query is None:
            return True
        return change.kind != "feed" and matches(self.query, frame.subject())

    def streams(self) -> frozenset[Stream]:
        """The streams that the wanted types are told by."""
        return frozenset(stream for kind in self.types for stream in _TOLD_BY[kind])

    def judges_facets(self) -> bool:
        """Whether the facets of a change matter."""
        return bool(self.facets) or (self.query is not None and self.query.names_stories())
