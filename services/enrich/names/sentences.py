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
    text_keys,
)
from services.enrich.names.listed import Listed
from services.enrich.names.tokens import END

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

PLAIN, TITLE, CAPITALS = 0, 1, 2


Word = TypeVar("Word")


class Numbers(dict[Word, int]):
    """Each word that is looked up for the first time gets the next number."""

    def __missing__(self, word: Word) -> int:
        number = self[word] = len(self)
        return number


@dataclass(slots=True)
class Vocabulary:
    """Numbers for words, with each word's keys (a column each) and flags; `END` is 0. Grows with what is read."""

    lexicon: Lexicon
    ids: Numbers[str] = field(default_factory=lambda: Numbers({END: 0}))
    keys: U32 = field(default_factory=lambda: np.zeros((KINDS, 1), np.uint32))
    flags: Bytes = field(default_factory=lambda: np.zeros(1, np.uint8))
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
        known = self.keys.shape[1]
        if needed > known:
            room = max(needed, 2 * known) - known
            self.keys = np.concatenate([self.keys, np.zeros((KINDS, room), np.uint32)], axis=1)
            self.flags = np.concatenate([self.flags, np.zeros(room, np.uint8)])
        keys = np.array([text_keys(word) for word in words], np.uint32).T
        self.keys[: len(keys), size:needed] = keys
        self.keys[[CLUSTER, CLASS, GAZETTEER], size:needed] = self.lexicon.of(keys[LOWER])
        self.flags[size:needed] = [flags_of(word) for word in words]
        self.learned = needed


@dataclass(frozen=True, slots=True)
class Batch:
    """Words to be judged. `at` is where each stands among all words, `near` has the numbers of five words around it,
    `context` the slots of what is beside each other; a column for each word.

    Words that follow each other make a run; `runs` has the index in `at` where each run begins.
    """

    at: Ints
    near: Ints
    runs: Ints
    context: Ints


def batch_of(numbers: Ints, joined: Bools, vocabulary: Vocabulary, listed: Listed) -> Batch:
    """What to judge of one word or more with these numbers. `joined[i]`: no space parts word i from the one before.
    The last word is an `END`."""
    flags = vocabulary.flags[numbers]
    modes = _modes(numbers, flags)
    chosen = _chosen(numbers, flags, modes, joined)
    at = np.flatnonzero(chosen)
    begins = np.ones(len(at), np.bool_)
    begins[1:] = at[1:] != at[:-1] + 1
    padded = np.concatenate([[0, 0], numbers, [0, 0]])
    near = np.stack([padded[at + place] for place in range(5)])
    near[0, near[1] == 0] = 0
    near[4, near[3] == 0] = 0
    glue = joined.astype(np.uint8)
    glue[:-1] += 2 * glue[1:]
    context = context_slots(
        vocabulary.keys,
        near,
        modes[at].astype(np.uint32),
        (near[1] == 0).astype(np.uint32),
        glue[at].astype(np.uint32),
        _listed(numbers, vocabulary.keys[LOWER], chosen, listed)[at].astype(np.uint32),
        _run_lengths((flags & CAPITAL) > 0)[at].astype(np.uint32),
    )
    return Batch(at, near, np.flatnonzero(begins), context)


_COUNTED = np.array(
    [
        sum(((flags & flag) > 0) << 16 * place for place, flag in enumerate((CAPITAL, UPPER, SMALL, LETTERS)))
        for flags in range(256)
    ],
    np.uint64,
)
"""By flags, what a word counts for; four counts in one number."""


def _modes(numbers: Ints, flags: Bytes) -> Bytes:
    """For each word how its sentence is written."""
    ends = np.flatnonzero(numbers == 0)
    # The counts of one sentence are below 65,536 each, and what overflows in their sum is gone in the difference.
    totals = np.diff(np.cumsum(_COUNTED[flags])[ends], prepend=np.uint64(0))
    capital, upper, small, letters = (totals >> np.uint64(16 * place) & np.uint64(0xFFFF) for place in range(4))
    title = (capital >= 2) & (small <= 0.25 * capital) & (letters >= 3)
    capitals = (upper >= 2) & (upper >= 0.7 * letters)
    modes = np.where(capitals, CAPITALS, np.where(title, TITLE, PLAIN)).astype(np.uint8)
    return np.repeat(modes, np.diff(ends, prepend=-1))


def _chosen(numbers: Ints, flags: Bytes, modes: Bytes, joined: Bools) -> Bools:
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
    hyphen = hyphens & joined & _shifted(joined, -1)
    tied_on = hyphen & following & ~previous & _shifted(numbers != 0, 1)
    tied = _shifted(tied_on, -1)
    numbered = hyphen & previous & _shifted((flags & NUMBER) > 0, -1)
    between = middle | _shifted(middle, 1) | _shifted(middle, -1)
    chosen: Bools = core | between | one | first_of_two | second_of_two | number | tied_on | tied | numbered
    chosen |= _shifted(numbered, 1)
    return chosen


def _shifted(values: Bools, by: int) -> Bools:
    """The value that stands `by` places before each (after it, where negative); False beyond the ends."""
    result = np.zeros_like(values)
    if by > 0:
        result[by:] = values[:-by]
    else:
        result[:by] = values[-by:]
    return result


def _run_lengths(capital: Bools) -> Bytes:
    """How many capitalised words stand right before (up to 3) and right after each word, as one number."""
    result = np.uint8(16) * capital
    for sign, weight in ((1, 1), (-1, 4)):
        chain = np.ones(len(capital), np.bool_)
        for distance in (1, 2, 3):
            chain &= _shifted(capital, sign * distance)
            result += np.uint8(weight) * chain
    return result


def _listed(numbers: Ints, lowered: U32, chosen: Bools, listed: Listed) -> Bytes:
    """Bits: the word is first, second or third of a listed name of two or three words, one of which is chosen."""
    result = np.zeros(len(numbers), np.uint8)
    for length, first_bit in ((2, 1), (3, 4)):
        count = max(len(numbers) - length + 1, 0)
        begins = np.flatnonzero(np.any([chosen[place : place + count] for place in range(length)], axis=0))
        begins = begins[listed.among(*(lowered[numbers[begins + place]] for place in range(length)))]
        for place in range(length):
            result[begins + place] |= np.uint8(first_bit << place)
    return result
