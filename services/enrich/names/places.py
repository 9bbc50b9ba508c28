"""The gazetteer: what places there are under a name."""

import hashlib
import math
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("places.npz")

COUNTRY, STATE, CAPITAL, CITY = 1, 2, 3, 4

_REMEMBERED = 20_000
"""Names; the news names the same ones again and again."""

_BEGINNING = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A country, a state of the United States (`state` is its code), a capital or another city.

    `country` is ISO 3166-1 alpha-2. Countries and states have no coordinates here.
    """

    label: str
    kind: int
    country: str
    state: str
    population: int
    latitude: float | None
    longitude: float | None


@lru_cache(_REMEMBERED)
def folded(name: str) -> str:
    """A name as it is looked up: no case, no accents, no article, and a space for each hyphen."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("’", "'").replace("-", " ").replace(".", "")
    if not plain.isascii():
        plain = "".join(char for char in plain if not "\u0300" <= char <= "\u036f")
    return " ".join(plain.split()).removeprefix("the ")


def beginnings(name: str) -> set[str]:
    """What two signs of a folded name in Chinese, Japanese or Korean can be when folded; none of other names.

    Folding takes signs apart, kana into two and Korean ones into three, and here as many are kept as tell enough.
    """
    plain = folded(name)
    signs = "\u1100" <= plain[:1] <= "\u11ff" or plain[:1] >= "\u3041"
    return {plain[:length] for length in range(2, _BEGINNING + 1)} if signs else set()


def name_key(folded_name: str) -> int:
    digest = hashlib.blake2b(folded_name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Columns of places; `keys` are sorted, and `numbers` says which place each is a name of.

    `begins` has what names in Chinese, Japanese and Korean begin with (`beginnings`).
    """

    keys: NDArray[np.uint64]
    numbers: NDArray[np.uint16]
    labels: tuple[str, ...]
    kinds: NDArray[np.uint8]
    countries: NDArray[np.bytes_]
    states: NDArray[np.bytes_]
    populations: NDArray[np.uint32]
    degrees: NDArray[np.float32]
    begins: frozenset[str]
    _asked: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    _could: dict[str, bool] = field(default_factory=dict)

    def named(self, name: str) -> tuple[Place, ...]:
        """All places of that name, countries first, then the most populous first."""
        if (known := self._asked.get(name)) is not None:
            return known
        key = np.uint64(name_key(folded(name)))
        first = int(np.searchsorted(self.keys, key, "left"))
        last = int(np.searchsorted(self.keys, key, "right"))
        found = tuple(self._place(int(number)) for number in self.numbers[first:last])
        if len(self._asked) >= _REMEMBERED:
            self._asked.clear()
        self._asked[name] = found
        return found

    def could_begin(self, two_signs: str) -> bool:
        """Whether a name in Chinese, Japanese or Korean may begin so; where not, none does."""
        if (known := self._could.get(two_signs)) is None:
            if len(self._could) >= _REMEMBERED:
                self._could.clear()
            known = self._could[two_signs] = folded(two_signs)[:_BEGINNING] in self.begins
        return known

    def _place(self, number: int) -> Place:
        latitude, longitude = (round(float(degree), 4) for degree in self.degrees[number])
        known = not math.isnan(latitude)
        return Place(
            self.labels[number],
            int(self.kinds[number]),
            self.countries[number].decode(),
            self.states[number].decode(),
            int(self.populations[number]),
            latitude if known else None,
            longitude if known else None,
        )


def load_gazetteer(path: Path = FILE) -> Gazetteer:
    with np.load(path, allow_pickle=False) as file:
        columns = {name: file[name] for name in file.files}
    labels, begins = (columns.pop(name).tobytes().decode().split("\n") for name in ("labels", "begins"))
    return Gazetteer(labels=tuple(labels), begins=frozenset(begins), **columns)
