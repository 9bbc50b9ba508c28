"""A batch of sentences as arrays: which words to judge, in which runs, with which slots."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.enrich.names.features import (
    CAPITAL,
    CLASS,
    CLUSTER,
    CONNECTOR,
    GAZETTEER,
    HYPHEN,
    KINDS,
    LETTERS,
    LOWER,
    NUMBER,
    SMALL,
    U32,
    UPPER,
    Lexicon,
    context_slots,
    flags_of,
    mixed,
    text_keys,
)
from services.enrich.names.tokens import END

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Number = TypeVar("Number", np.bool_, np.int64)

PLAIN, TITLE, CAPITALS = 0, 1, 2
_JOINT = 7


class _Numbers(dict[str, int]):
    """Each word that is looked up for the first time gets the next number."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


@dataclass(slots=True)
class Vocabulary:
    """Numbers for words, with each word's keys and flags; `END` is 0. Grows with what is read."""

    lexicon: Lexicon
    ids: "_Numbers" = field(default_factory=lambda: _Numbers({END: 0}))
    keys: U32 = field(default_factory=lambda: np.zeros((1, KINDS), np.uint32))
    flags: Ints = field(default_factory=lambda: np.zeros(1, np.int64))
    learned: int = 1

    def numbers(self, words: Sequence[str]) -> Ints:
        """The number of each word; those not met before are learned."""
        numbers = np.fromiter(map(self.ids.__getitem__, words), np.int64, len(words))
        if count := len(self.ids) - self.learned:
            self._learn(list(islice(reversed(self.ids), count))[::-1])
        return numbers

    def _learn(self, words: Sequence[str]) -> None:
        size = self.learned
        needed = size + len(words)
        if needed > len(self.keys):
            room = max(needed, 2 * len(self.keys))
            self.keys = np.concatenate([self.keys, np.zeros((room - len(self.keys), KINDS), np.uint32)])
            self.flags = np.concatenate([self.flags, np.zeros(room - len(self.flags), np.int64)])
        keys = np.array([text_keys(word) for word in words], np.uint32)
        self.keys[size:needed, : keys.shape[1]] = keys
        lists = self.lexicon.of(keys[:, LOWER])
        for kind, values in zip((CLUSTER, CLASS, GAZETTEER), lists, strict=True):
            self.keys[size:needed, kind] = values
        self.flags[size:needed] = [flags_of(word) for word in words]
        self.learned = needed


@dataclass(frozen=True, slots=True)
class Batch:
    """Words to be judged. `at` is where each stands among all words, `near` has the numbers of five words around it.

    Words that follow each other make a run; `runs` has the index in `at` where each run begins.
    """

    at: Ints
    near: Ints
    runs: Ints
    modes: Ints
    context: Ints


def batch_of(numbers: Ints, joined: Bools, vocabulary: Vocabulary, listed_hashes: U32) -> Batch:
    """What to judge of one word or more with these numbers. `joined[i]`: no space parts word i from the one before."""
    flags = vocabulary.flags[numbers]
    modes = _modes(numbers, flags)
    chosen = _chosen(numbers, flags, modes, joined)
    at = np.flatnonzero(chosen)
    begins = np.ones(len(at), np.bool_)
    begins[1:] = at[1:] != at[:-1] + 1
    padded = np.concatenate([[0, 0], numbers, [0, 0]])
    before, after = padded[at + 1], padded[at + 3]
    before2, after2 = np.where(before == 0, 0, padded[at]), np.where(after == 0, 0, padded[at + 4])
    near = np.stack([before2, before, numbers[at], after, after2], axis=1)
    keys = vocabulary.keys
    around = tuple(keys[near[:, column]] for column in range(5))
    glue = np.concatenate([joined, [False]])
    context = context_slots(
        around,
        modes[at].astype(np.uint32),
        (before == 0).astype(np.uint32),
        (glue[at] + 2 * glue[at + 1]).astype(np.uint32),
        _listed(keys[numbers, LOWER], chosen, listed_hashes)[at],
        _run_lengths((flags & CAPITAL) > 0)[at],
    )
    return Batch(at, near, np.flatnonzero(begins), modes[at], context)


def _modes(numbers: Ints, flags: Ints) -> Ints:
    """For each word how its sentence is written."""
    ends = numbers == 0
    sentence = np.cumsum(ends) - ends
    count = int(sentence[-1]) + 1
    capital, upper, small, letters = (
        np.bincount(sentence, (flags & flag) > 0, count) for flag in (CAPITAL, UPPER, SMALL, LETTERS)
    )
    title = (capital >= 2) & (small <= 0.25 * capital) & (letters >= 3)
    capitals = (upper >= 2) & (upper >= 0.7 * letters)
    modes: Ints = np.where(capitals, CAPITALS, np.where(title, TITLE, PLAIN))[sentence]
    return modes


def _chosen(numbers: Ints, flags: Ints, modes: Ints, joined: Bools) -> Bools:
    """Capitalised words, what may join them (`Bank of England`, `al-Qaeda`), and numbers beside them (`Channel 4`)."""
    core = ((flags & CAPITAL) > 0) & ((modes != CAPITALS) | ((flags & LETTERS) > 0))
    connector = (flags & CONNECTOR) > 0
    previous, following = _shifted(core, 1), _shifted(core, -1)
    connector_before, connector_after = _shifted(connector, 1), _shifted(connector, -1)
    one = connector & previous & following
    first_of_two = connector & previous & connector_after & _shifted(core, -2)
    second_of_two = connector & connector_before & following & _shifted(core, 2)
    hyphens = (flags & HYPHEN) > 0
    middle = connector & _shifted(hyphens, 1) & _shifted(hyphens, -1) & _shifted(core, 2) & _shifted(core, -2)
    number = ((flags & NUMBER) > 0) & (previous | following)
    hyphen = ((flags & HYPHEN) > 0) & joined & _shifted(joined, -1)
    tied_on = hyphen & following & ~previous & (_shifted(numbers, 1) != 0)
    tied = _shifted(tied_on, -1)
    numbered = hyphen & previous & _shifted((flags & NUMBER) > 0, -1)
    between = middle | _shifted(middle, 1) | _shifted(middle, -1)
    chosen: Bools = core | between | one | first_of_two | second_of_two | number | tied_on | tied | numbered
    chosen |= _shifted(numbered, 1)
    return chosen


def _shifted(values: NDArray[Number], by: int) -> NDArray[Number]:
    """The value that stands `by` places before each (after it, where negative); zero beyond the ends."""
    result = np.zeros_like(values)
    if by > 0:
        result[by:] = values[:-by]
    else:
        result[:by] = values[-by:]
    return result


def _run_lengths(capital: Bools) -> U32:
    """How many capitalised words stand right before (up to 3) and right after each word, as one number."""
    result = np.zeros(len(capital), np.uint32)
    for sign, weight in ((1, 1), (-1, 4)):
        chain = np.ones(len(capital), np.bool_)
        for distance in (1, 2, 3):
            chain = chain & _shifted(capital, sign * distance)
            result += (weight * chain).astype(np.uint32)
    return result + np.uint32(16) * capital


def _listed(lowered: U32, chosen: Bools, hashes: U32) -> U32:
    """Bits: the word is first, second or third of a listed name of two or three words, one of which is chosen."""
    result = np.zeros(len(lowered), np.uint32)
    if not len(hashes):
        return result
    for length, first_bit in ((2, 1), (3, 4)):
        count = max(len(lowered) - length + 1, 0)
        begins = np.flatnonzero(np.any([chosen[place : place + count] for place in range(length)], axis=0))
        begins = begins[_in(mixed(_JOINT, *(lowered[begins + place] for place in range(length))), hashes)]
        for place in range(length):
            result[begins + place] |= np.uint32(first_bit << place)
    return result


def _in(keys: U32, hashes: U32) -> Bools:
    found: Bools = hashes[np.minimum(np.searchsorted(hashes, keys), len(hashes) - 1)] == keys
    return found
