"""Texts read piece by piece have the words that the whole text has."""

import random

import numpy as np
import pytest

from services.enrich.names.features import U32, Lexicon
from services.enrich.names.pieces import Pieces
from services.enrich.names.sentences import Vocabulary
from services.enrich.names.tokens import END, tokens_of

SIGNS = [
    *"aAbBZ\u00e9.'\u2019sS\"\u201d)-_ 1,:;\n\t \u0301\u00a0\u65e5\u3002!?\ud800",
    "Mr.",
    "U.S.",
    "J.",
    " ",
    " ",
    "\n\n",
    "...",
]


def pieces() -> Pieces:
    nothing = np.zeros(0, np.uint32)
    lexicon = Lexicon(nothing, nothing.astype(np.uint16), np.zeros(1, np.uint8), nothing.astype(np.uint8))
    return Pieces(Vocabulary(lexicon))


def words_of(known: Pieces, texts: list[str]) -> list[list[tuple[str, int, int, bool]]]:
    """Of each text the words with where they start, how long they are, whether they are joined to the one before."""
    reading, words = known.read(texts), list(known.vocabulary.ids)
    columns = zip(
        [words[number] for number in reading.numbers.tolist()],
        reading.starts.tolist(),
        reading.lengths.tolist(),
        reading.joined.tolist(),
        strict=True,
    )
    read, ends = list(columns), [*reading.firsts[1:].tolist(), len(reading.numbers)]
    return [read[first:end] for first, end in zip(reading.firsts.tolist(), ends, strict=True)]


def expected_of(text: str) -> list[tuple[str, int, int, bool]]:
    tokens = tokens_of(text)
    expected: list[tuple[str, int, int, bool]] = []
    end, before = -1, END
    for word, start in zip(tokens.words, tokens.starts, strict=True):
        expected.append((word, start, len(word), start == end and END not in (word, before)))
        end, before = start + len(word), word
    return expected


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Putin's visit, he said. The end.",
        "J. K. Rowling met J. and J.  K",
        'He said "go." Then',
        "a  b \n\n c",
        "The U.S. Senate",
        "Mr.",
        " ",
        "",
    ],
)
def test_a_text_has_the_same_words(text: str) -> None:
    assert words_of(pieces(), [text]) == [expected_of(text)]


def test_any_text_has_the_same_words_in_any_company() -> None:
    chance, known = random.Random(3), pieces()
    for _ in range(100):
        texts = ["".join(chance.choices(SIGNS, k=chance.randrange(14))) for _ in range(100)]
        assert words_of(known, texts) == [expected_of(text) for text in texts]


class Interrupted(Lexicon):
    """Is stopped the first time, as a step is that runs out of time."""

    def of(self, lowered: U32) -> tuple[U32, U32, U32]:
        if not stopped:
            stopped.append(True)
            raise TimeoutError
        return super().of(lowered)


stopped: list[bool] = []


def test_who_was_stopped_while_learning_learns_again() -> None:
    nothing = np.zeros(0, np.uint32)
    known = pieces()
    known.vocabulary.lexicon = Interrupted(
        nothing, nothing.astype(np.uint16), np.zeros(1, np.uint8), nothing.astype(np.uint8)
    )
    text = "Mr. Putin's visit, he said."
    with pytest.raises(TimeoutError):
        known.read([text])
    assert words_of(known, ["Another visit, he said.", text])[1] == expected_of(text)


def test_what_is_remembered_has_bounds() -> None:
    known = pieces()
    assert not known.full
    known.read(["x" * 3_000_000])
    assert known.full
