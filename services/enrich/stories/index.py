"""Which stories an article might belong to: for each bucket of terms the latest stories that have one of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.enrich.stories.rarity import Ids
from services.enrich.stories.vector import Weights

POSTED = 16
"""Terms of an article by which its story can be found, the heaviest."""

ASKED = 24
"""Terms of an article by which stories are looked for."""

_ROOM = 32
_FIRST_ROWS = 1 << 10
_FULL = 0.5


@dataclass(slots=True)
class Index:
    """A row holds the `_ROOM` latest stories of a bucket, as their places plus one, 0 where there is none. `written`
    counts what was ever written to it. Old entries may name a place that another story has now: they cost a look."""

    rows: NDArray[np.int32]
    written: NDArray[np.int64]

    @classmethod
    def begin(cls, rows: int = _FIRST_ROWS) -> "Index":
        return cls(np.zeros((rows, _ROOM), np.int32), np.zeros(rows, np.int64))

    def near(self, ids: Ids, weights: Weights, most: int) -> NDArray[np.int64]:
        """Up to `most` places, those first that have the most of the article's weight."""
        rows = self.rows[ids[:ASKED] & (len(self.rows) - 1)]
        shared = np.bincount(rows.ravel(), np.repeat(weights[:ASKED], _ROOM), minlength=1)
        shared[0] = 0.0
        found = np.flatnonzero(shared)
        if len(found) > most:
            found = found[np.argsort(-shared[found], kind="stable")[:most]]
        return found - 1

    def post(self, ids: Ids, place: int) -> None:
        rows = ids[:POSTED] & (len(self.rows) - 1)
        rows = rows[~(self.rows[rows] == place + 1).any(axis=1)]
        self.rows[rows, self.written[rows] % _ROOM] = place + 1
        self.written[rows] += 1

    def too_small_for(self, stories: int) -> bool:
        return stories * POSTED > self.rows.size * _FULL
