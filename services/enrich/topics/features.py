"""Texts as numbered features: each word and each two neighbours, hashed. Training and running share this file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BITS = 17
MOST_WORDS = 400
"""Of each text; what an article is about stands at its beginning."""

_REMEMBERED = 200_000
_WORDS = re.compile(r"\w\w+")
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
    """CRC-32 of a word's stem, remembered: news repeats itself. What is kept is bounded."""

    def __missing__(self, word: str) -> int:
        found = crc32(_stem(word).encode("utf-8", "surrogatepass"))
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
        before = len(hashes)
        hashes += map(_hash_of, _first_words(text))
        counts[number] = len(hashes) - before
    words = np.array(hashes, np.uint32)
    owners = np.repeat(np.arange(len(texts)), counts)
    pairs = words[:-1] * _PAIR[0] + words[1:] * _PAIR[1]
    pairs ^= pairs >> np.uint32(15)
    together = owners[:-1] == owners[1:]
    ids = np.concatenate((words * _PAIR[0] >> _FOLD, (pairs * _PAIR[1] >> _FOLD)[together])).astype(np.int64)
    keys = np.sort(np.concatenate((owners, owners[:-1][together])) << BITS | ids)
    if len(keys):
        keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    bounds = np.searchsorted(keys, np.arange(len(texts) + 1) << BITS)
    return Features(keys & ((1 << BITS) - 1), bounds)


def _first_words(text: str) -> list[str]:
    """A word has two letters or digits at least. Only so much is read as may hold enough of them."""
    found = _WORDS.findall(text[: MOST_WORDS * 12].lower())
    return list(islice(found, MOST_WORDS)) if len(found) > MOST_WORDS else found
