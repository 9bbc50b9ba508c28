"""How rare each word is in the news of a language: a background to start from, and what the wire has brought since."""

import math
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 18
"""Words are known by a hash of 18 bits alone; some share one, which costs little and keeps a language at 1 MB."""

_FOLDER = Path(__file__).with_name("backgrounds")
_COMMON = 0.12
_SMOOTH = 0.7

Ids = NDArray[np.int64]


@lru_cache(1 << 15)
def bucket(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass")) & (BUCKETS - 1)


@dataclass(frozen=True, slots=True)
class Background:
    """In how many of `texts` texts each word stands. `common` are the words that stand in many and tell nothing."""

    texts: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    common: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        least = max(2.0, _COMMON * self.texts)
        common = frozenset(word for word, count in self.counts.items() if count >= least)
        object.__setattr__(self, "common", common)


@lru_cache(128)
def background_of(language: str | None) -> Background:
    """The background that ships for the language, or an empty one."""
    file = _FOLDER / f"{language}.txt"
    return read_background(file) if language and language.isalpha() and file.is_file() else Background()


def read_background(file: Path) -> Background:
    """A file of `training.stories`: the number of texts, then lines of a number and the words of so many texts."""
    first, *rest = [line.split() for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return Background(int(first[0]), {word: int(count) for count, *words in rest for word in words})


@dataclass(slots=True)
class Rarity:
    """Counts that grow with each article."""

    texts: int
    counts: NDArray[np.uint32]

    @classmethod
    def begin(cls, background: Background) -> "Rarity":
        counts = np.zeros(BUCKETS, np.uint32)
        np.add.at(counts, [bucket(word) for word in background.counts], list(background.counts.values()))
        return cls(background.texts, counts)

    def weigh(self, ids: Ids) -> NDArray[np.float64]:
        """The inverse document frequency of each, in natural logarithms; 0 where all texts have it."""
        found = math.log(self.texts + 1.0) - np.log(self.counts[ids] + _SMOOTH)
        rare: NDArray[np.float64] = np.maximum(found, 0.0)
        return rare

    def learn(self, ids: Ids) -> None:
        self.texts += 1
        self.counts[ids] += np.uint32(1)
