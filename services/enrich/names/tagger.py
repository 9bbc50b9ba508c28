"""Names in English texts, found by the model."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from services.enrich.names.model import SCALE, Model, Scorer
from services.enrich.names.sentences import batch_of
from services.enrich.names.tokens import tokens_of
from services.enrich.names.viterbi import best_tags

Kind = Literal["person", "organisation", "place"]

KINDS: dict[str, Kind] = {"PER": "person", "ORG": "organisation", "LOC": "place"}

_REMEMBERED = 10_000

LONGEST = 20_000
"""Characters of a text that are read; who matters in an article is named by then."""


class Found(NamedTuple):
    """A name at `start` to `end` of a text, with the probability that it is one, of that kind, with those ends.

    `margin` is by how much (in `SCALE`) the model prefers it to anything else; 0 where no model found it.
    """

    start: int
    end: int
    kind: Kind
    confidence: float
    margin: int = 0


class Tagger:
    """Finds names in batches of texts; what is found in a text does not depend on the others. One thread at a time."""

    def __init__(self, model: Model) -> None:
        self._scorer = Scorer(model)
        self._roles = [(tag[0] in "BS", tag[0] in "ES", KINDS.get(tag[2:])) for tag in model.tags]
        self._curves = [(model.calibration.get(tag[2:], (1.0, 0.0))) for tag in model.tags]

    def find(self, texts: Sequence[str]) -> list[list[Found]]:
        """The names of each text, in order. They never overlap."""
        words: list[str] = []
        starts: list[int] = []
        firsts: list[int] = []
        for text in texts:
            firsts.append(len(words))
            tokens = tokens_of(text[:LONGEST])
            words += tokens.words
            starts += tokens.starts
        found: list[list[Found]] = [[] for _ in texts]
        if not words:
            return found
        numbers = self._scorer.numbers(words)
        at = np.array(starts, np.int64)
        ends = at + np.fromiter(map(len, words), np.int64, len(words))
        joined = np.zeros(len(words), np.bool_)
        joined[1:] = (at[1:] == ends[:-1]) & (numbers[1:] != 0) & (numbers[:-1] != 0)
        model = self._scorer.model
        batch = batch_of(numbers, joined, self._scorer.vocabulary, model.listed)
        tags, margins = best_tags(self._scorer.emission(batch), batch.runs, model.chain)
        named = np.flatnonzero(tags)
        places = batch.at[named]
        texts_of = np.searchsorted(np.array(firsts), places, side="right") - 1
        self._collect(
            found,
            texts_of.tolist(),
            at[places].tolist(),
            ends[places].tolist(),
            tags[named].tolist(),
            margins[named].tolist(),
        )
        return found

    def _collect(
        self,
        found: list[list[Found]],
        texts: list[int],
        starts: list[int],
        ends: list[int],
        tags: list[int],
        margins: list[int],
    ) -> None:
        begin = 0
        least = 0
        for text, start, end, tag, margin in zip(texts, starts, ends, tags, margins, strict=True):
            begins, closes, kind = self._roles[tag]
            if begins:
                begin, least = start, margin
            elif margin < least:
                least = margin
            if closes and kind:
                found[text].append(Found(begin, end, kind, self._confidence(tag, least), least))

    def _confidence(self, tag: int, margin: int) -> float:
        return _logistic(*self._curves[tag], margin)


@lru_cache(_REMEMBERED)
def _logistic(slope: float, offset: float, margin: int) -> float:
    return round(1 / (1 + math.exp(-(slope * margin / SCALE + offset))), 2)
