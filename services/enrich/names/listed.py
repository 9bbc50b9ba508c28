"""Places of two or three words, known by one number each."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.enrich.names.features import U32, mixed

_BITS = 18
_JOINT = 7


@dataclass(frozen=True, slots=True)
class Listed:
    """`hashes` are sorted; each is that of a place's lower-cased words (`crc32`), mixed."""

    hashes: U32
    _beginnings: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        beginnings = np.zeros(1 << _BITS, np.bool_)
        beginnings[self.hashes >> np.uint32(32 - _BITS)] = True
        object.__setattr__(self, "_beginnings", beginnings)

    def among(self, *words: U32) -> NDArray[np.int64]:
        """Which of these names are listed, by index; `words` has their first words, their second ones, and so on."""
        keys = mixed(_JOINT, *words)
        # Few are, and nearly all others are told by how their hash begins.
        likely = np.flatnonzero(self._beginnings[keys >> np.uint32(32 - _BITS)])
        keys = keys[likely]
        at = np.minimum(np.searchsorted(self.hashes, keys), max(0, len(self.hashes) - 1))
        return likely[self.hashes[at] == keys] if len(likely) else likely
