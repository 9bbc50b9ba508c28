"""What was known before an article came: gathered at the edge from what replicas share, handed to the steps.

A step is pure, so what it needs of the past comes with its draft. Each `Memory` fills in its own field of `Context`.
"""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.contracts.articles import Article
from services.contracts.enrichments import Repeat
from services.enrich.dates.learned import NOTHING, FeedDates


class Place(NamedTuple):
    """Where an article's event stands: the two numbers of its entry's id, or (0, number of the line) in a file.

    It orders events, and an event that is delivered again has the same one.
    """

    ms: int
    seq: int


def place_of(entry_id: str) -> Place:
    """`1760000000000-7` as a place."""
    ms, _, seq = entry_id.partition("-")
    return Place(int(ms), int(seq or 0))


class Arrival(NamedTuple):
    """A revision of an article on its way into the pipeline."""

    article: Article
    place: Place


@dataclass(frozen=True, slots=True)
class Context:
    """What the memories know about one arrival. Where none was asked, nothing."""

    repeats: Repeat | None = None
    dates: FeedDates = NOTHING


Memory = Callable[[Sequence[Arrival], Sequence[Context]], Awaitable[Sequence[Context]]]
"""Takes arrivals in the order of their places with what is known of each so far, and returns them with its own field
set. The outcome does not depend on how arrivals are batched, nor on how often one comes."""


async def gather(arrivals: Sequence[Arrival], memories: Sequence[Memory]) -> Sequence[Context]:
    """One context for each arrival, in order."""
    contexts: Sequence[Context] = [Context()] * len(arrivals)
    for memory in memories:
        contexts = await memory(arrivals, contexts)
    return contexts


def gather_here(arrivals: Sequence[Arrival], memories: Sequence[Memory]) -> Sequence[Context]:
    """`gather` without an event loop, for memories that live in this process and so never wait."""
    return _outcome(gather(arrivals, memories))


def _outcome(coroutine: Coroutine[Any, Any, Sequence[Context]]) -> Sequence[Context]:
    try:
        coroutine.send(None)
    except StopIteration as end:
        outcome: Sequence[Context] = end.value
        return outcome
    coroutine.close()
    raise RuntimeError("a memory waited for something outside this process")
