"""What pages count of thousands of articles: counted once between two changes of the read model."""

import asyncio
from collections.abc import Collection

from services.api.readmodel.counts import By, FacetCounts
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel

_MOST = 1_000
"""Counts that are kept at a time. What goes with the clock, such as `after:1h`, is never asked for again."""

_Asked = tuple[Filter, tuple[By, ...], int]


class Counting:
    """Counts of facets, remembered until the read model takes in something. Who asks for what is being counted
    waits for that."""

    def __init__(self, model: ReadModel) -> None:
        self._model = model
        self._commits = -1
        self._counts: dict[_Asked, asyncio.Task[FacetCounts]] = {}

    async def facets(self, wanted: Filter, by: Collection[By], limit: int) -> FacetCounts:
        """As `ReadModel.facet_counts`."""
        if self._commits != self._model.commits or len(self._counts) >= _MOST:
            self._commits, self._counts = self._model.commits, {}
        asked = (wanted, tuple(by), limit)
        counts, counting = self._counts, self._counts.get(asked)
        if counting is None:
            counting = counts[asked] = asyncio.create_task(self._model.facet_counts(wanted, by, limit))
            counting.add_done_callback(lambda done: counts.pop(asked, None) if _failed(done) else None)
        # Shielded: one who goes away ends it for nobody else.
        return await asyncio.shield(counting)


def _failed(task: "asyncio.Task[FacetCounts]") -> bool:
    return task.cancelled() or task.exception() is not None
