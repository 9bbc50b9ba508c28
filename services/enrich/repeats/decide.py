"""Which earlier article an arrival repeats. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from services.contracts.enrichments import Repeat
from services.enrich.context import Place
from services.enrich.repeats.layout import MEMORY_S, Ref, Root, Trace, ref_of
from services.enrich.repeats.likeness import Likeness, likeness

SLACK_S = 600
"""By how much the clocks of two replicas of ingest, or their polls, may disagree about what was seen first."""


class Told(NamedTuple):
    """An answer: the root, and how alike the two are."""

    root: Root
    likeness: Likeness

    def repeat(self) -> Repeat:
        return Repeat(id=UUID(bytes=self.root.id), likeness=round(self.likeness.value, 3), method=self.likeness.method)


def repeat_of(arrival: Trace, own: Iterable[Trace], others: Iterable[Trace], roots: Mapping[Ref, Root]) -> Told | None:
    """The first article that told it, and how alike the two are; None where there is none.

    `own` has the traces of its earlier revisions: the place of an article is that of its first. `others` are the
    candidates, and `roots` tells of those that are repeats themselves whom they repeat. Where the root is not alike
    by itself but only through a repeat of it, the likeness to that repeat counts; articles of one source are never
    joined through another's.
    """
    place = min((trace.place for trace in own), default=arrival.place)
    alike: dict[bytes, tuple[Likeness, Trace]] = {}
    for other in others:
        if other.id == arrival.id or not _before(other, arrival, min(place, arrival.place)):
            continue
        found = likeness(arrival.print, other.print, same_source=arrival.source == other.source)
        if found and (other.id not in alike or found.value > alike[other.id][0].value):
            alike[other.id] = found, other
    for found, nearest in sorted(alike.values(), key=lambda pair: (-pair[0].value, pair[1].place)):
        root = roots.get(ref_of(nearest.id)) or Root(nearest.id, nearest.source)
        direct = alike.get(root.id)
        if root.id == arrival.id or (root.source == arrival.source and not direct):
            continue  # a series that somebody else copied is still a series
        best = direct[0] if direct else found
        return Told(root, best)
    return None


def _before(other: Trace, arrival: Trace, place: Place) -> bool:
    return other.place < place and -SLACK_S <= arrival.seen - other.seen <= MEMORY_S
