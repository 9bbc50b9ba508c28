"""Texts as numbered features: each word and each two neighbours, hashed. Training and running share this file."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from services.enrich.words import runs_of

BITS = 17
MOST_WORDS = 400
"""Of each text; what an article is about stands at its beginning."""

_REMEMBERED = 200_000
_FEW_TEXTS = 1 << 32 - BITS
_PAIR = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77))
_FOLD = np.uint32(32 - BITS)


@dataclass(frozen=True, slots=True)
class Features:
    """Of several texts: those of text `n` are `ids[bounds[n] : bounds[n + 1]]`, ascending, each once."""

    ids: NDArray[np.int64]
    bounds: NDArray[np.int64]

    @property
    def rows(self) -> NDArray[np.int64]:
        """For each feature the number of its text."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))


class _Hashes(dict[str, int]):
    """CRC-32 of a word's stem, remembered: news repeats itself. What is kept is bounded. 0 is for a letter alone."""

    def __missing__(self, word: str) -> int:
        found = crc32(_stem(word).encode("utf-8", "surrogatepass")) if len(word) > 1 else 0
        if len(self) < _REMEMBERED:
            self[word] = found
        return found


def _stem(word: str) -> str:
    """English plurals as singulars, and numbers by their length alone."""
    if word.isdigit():
        return "0" * len(word)
    if len(word) > 3 and word[-1] == "s" and word[-2] not in "su":
        return f"{word[:-3]}y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    return word


_hash_of = _Hashes().__getitem__


def features_of(texts: Sequence[str]) -> Features:
    """The features of each text on its own: its neighbours in the batch do not matter."""
    hashes: list[int] = []
    counts = np.zeros(len(texts), np.int64)
    for number, text in enumerate(texts):
        found = _first_words(text)
        counts[number] = len(found)
        hashes += found
    key = np.dtype(np.uint32 if len(texts) < _FEW_TEXTS else np.int64)  # the sorting takes half as long
    firsts = (np.arange(len(texts) + 1) << BITS).astype(key)
    words = np.frombuffer(array("I", hashes), np.uint32)
    owners = np.repeat(firsts[:-1], counts)
    spread = words * _PAIR[0]
    pairs = spread[:-1] + words[1:] * _PAIR[1]
    pairs ^= pairs >> np.uint32(15)
    pairs *= _PAIR[1]
    together = owners[:-1] == owners[1:]
    keys = np.concatenate((owners | spread >> _FOLD, (owners[:-1] | pairs >> _FOLD)[together]))
    keys.sort()
    if len(keys):
        keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    return Features((keys & keys.dtype.type((1 << BITS) - 1)).astype(np.int64), np.searchsorted(keys, firsts))


def _first_words(text: str) -> list[int]:
    """The hashes of words, of two letters or digits at least. Only so much is read as may hold enough of them."""
    return list(islice(filter(None, map(_hash_of, runs_of(text[: MOST_WORDS * 12]))), MOST_WORDS))
