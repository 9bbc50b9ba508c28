"""Texts as numbers of words: the pieces between spaces are cut into words once, and remembered.

The same words, positions and ends of sentences as `tokens_of` finds in the whole text: what it takes for a word never
has a space, and its rules look at what follows a piece only where the text ends, or where initials stand (`J. K.`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from services.enrich.names.sentences import Bools, Ints, Numbers, Vocabulary
from services.enrich.names.tokens import END, tokens_of

_MOST_PIECES = 60_000
_MOST_CHARACTERS = 2_000_000
"""What is remembered; when there is more, all is forgotten and learned again as it comes."""

_LAST, _BEFORE_CAPITAL = "", " A"
"""What follows a piece that is remembered apart: nothing, or a piece with a capital from A to Z."""

Piece = str | tuple[str, str]
"""A piece that a space follows; one with what follows."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of texts one after the other: `numbers` in the vocabulary, `starts` and `lengths` in characters of
    their own text, `joined` where no space parts a word from the one before, `firsts` where each text begins."""

    numbers: Ints
    starts: Ints
    lengths: Ints
    joined: Bools
    firsts: Ints


def _empty() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(slots=True)
class Pieces:
    """The pieces met so far; their words are in `vocabulary`. Grows with what is read, until it is `full`."""

    vocabulary: Vocabulary
    ids: Numbers[Piece] = field(default_factory=Numbers)
    characters: int = 0
    _pieces: "_Table" = field(default_factory=lambda: _Table(5))
    _words: "_Table" = field(default_factory=lambda: _Table(4))

    @property
    def full(self) -> bool:
        return len(self.ids) > _MOST_PIECES or self.characters > _MOST_CHARACTERS

    def read(self, texts: Sequence[str]) -> Reading:
        """The words of all texts; each text ends with an `END`."""
        pieces: list[Piece] = []
        ends: list[int] = []
        for text in texts:
            pieces += text.split(" ")
            ends.append(len(pieces))
            pieces[-1] = str(pieces[-1]), _LAST
        ids = np.fromiter(map(self.ids.__getitem__, pieces), np.int64, len(pieces))
        self._learn()
        initial, capital = self._pieces.rows[3], self._pieces.rows[4]
        again = np.flatnonzero(initial[ids[:-1]] & capital[ids[1:]])
        if len(again):
            ids[again] = [self.ids[str(pieces[at]), _BEFORE_CAPITAL] for at in again.tolist()]
            self._learn()
        first, counts, sizes = self._pieces.rows[:3].take(ids, axis=1)
        after = np.cumsum(sizes + 1)
        begins = after - sizes - 1
        over = np.array(ends)
        texts_begin = np.concatenate([[0], after[over[:-1] - 1]])
        begins -= np.repeat(texts_begin, np.diff(over, prepend=0))
        words = np.cumsum(counts)
        index = np.arange(words[-1]) + np.repeat(first - words + counts, counts)
        numbers, starts, lengths, joined = self._words.rows.take(index, axis=1)
        return Reading(
            numbers,
            starts + np.repeat(begins, counts),
            lengths,
            joined > 0,
            np.concatenate([[0], words[over[:-1] - 1]]),
        )

    def _learn(self) -> None:
        count = len(self.ids) - self._pieces.size
        if not count:
            return
        words: list[str] = []
        starts: list[int] = []
        joined: list[bool] = []
        rows = []
        for piece in list(islice(reversed(self.ids), count))[::-1]:
            text, following = (piece, " ") if isinstance(piece, str) else piece
            first = len(words)
            _cut(text, following, words, starts, joined)
            initial = following == " " and text[-1:] == "." and "A" <= text[-2:-1] <= "Z"
            rows.append((self._words.size + first, len(words) - first, len(text), initial, "A" <= text[:1] <= "Z"))
            self.characters += len(text)
        lengths = list(map(len, words))
        self._words.add(np.concatenate([self.vocabulary.numbers(words)[None], np.array([starts, lengths, joined])]))
        # Last, so that whoever was stopped before, out of time, learns them again.
        self._pieces.add(np.array(rows, np.int64).T)


def _cut(text: str, following: str, words: list[str], starts: list[int], joined: list[bool]) -> None:
    """Add the words of a piece before what follows, of which no word is taken; the end of the text is one."""
    stem = text[:-1] if text[-1:] in _SIGNS else text
    if stem.isalnum() and stem.isascii():
        # Three of four are told without cutting.
        words.append(stem)
        starts.append(0)
        joined.append(False)
        if stem is not text:
            words.append(text[-1])
            starts.append(len(stem))
            joined.append(True)
        if following == _LAST:
            words.append(END)
            starts.append(len(text))
            joined.append(False)
        return
    tokens = tokens_of(text + following)
    count = len(tokens.words) - (following != _LAST) - (following == _BEFORE_CAPITAL)
    end, before = -1, END
    for word, start in zip(tokens.words[:count], tokens.starts[:count], strict=True):
        joined.append(start == end and END not in (word, before))
        words.append(word)
        starts.append(start)
        end, before = start + len(word), word


_SIGNS = frozenset(",;:")


class _Table:
    """Columns of numbers that can be added to."""

    def __init__(self, height: int) -> None:
        self.rows: NDArray[np.int64] = np.zeros((height, 1024), np.int64)
        self.size = 0

    def add(self, columns: NDArray[np.int64]) -> None:
        end = self.size + columns.shape[1]
        if end > self.rows.shape[1]:
            room = np.zeros((len(self.rows), max(end, 2 * self.size) - self.rows.shape[1]), np.int64)
            self.rows = np.concatenate([self.rows, room], axis=1)
        self.rows[:, self.size : end] = columns
        self.size = end
