"""Names in English texts, found by the model."""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from services.enrich.names.listed import Listed
from services.enrich.names.model import SCALE, Model, Scorer
from services.enrich.names.pieces import Reading
from services.enrich.names.sentences import batch_of
from services.enrich.names.viterbi import Decoder, Ints

Kind = Literal["person", "organisation", "place"]

KINDS: dict[str, Kind] = {"PER": "person", "ORG": "organisation", "LOC": "place"}

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
        self._decoder = Decoder(model.chain)
        self._listed = Listed(model.listed)
        self._begins = np.array([tag[0] in "BS" for tag in model.tags])
        self._ends = np.array([tag[0] in "ES" for tag in model.tags])
        self._kinds = [KINDS.get(tag[2:]) for tag in model.tags]
        self._curves = [_Curve(*model.calibration.get(tag[2:], (1.0, 0.0))) for tag in model.tags]

    def find(self, texts: Sequence[str]) -> list[list[Found]]:
        """The names of each text, in order. They never overlap."""
        found: list[list[Found]] = [[] for _ in texts]
        if texts:
            reading = self._scorer.read([text[:LONGEST] for text in texts])
            batch = batch_of(reading.numbers, reading.joined, self._scorer.vocabulary, self._listed)
            tags, margins = self._decoder.best_tags(self._scorer.emission(batch), batch.runs)
            self._collect(found, reading, batch.at, tags, margins)
        return found

    def _collect(self, found: list[list[Found]], reading: Reading, at: Ints, tags: Ints, margins: Ints) -> None:
        """Put each name together: its first word's tag says that it begins, its last one's that it ends."""
        named = np.flatnonzero(tags)
        tags, places = tags[named], at[named]
        begins, ends = np.flatnonzero(self._begins[tags]), np.flatnonzero(self._ends[tags])
        if not len(begins):
            return
        last = places[ends]
        columns = (
            np.searchsorted(reading.firsts, last, side="right") - 1,
            reading.starts[places[begins]],
            reading.starts[last] + reading.lengths[last],
            tags[ends],
            np.minimum.reduceat(margins[named], begins),
        )
        for text, start, end, tag, margin in zip(*(column.tolist() for column in columns), strict=True):
            if kind := self._kinds[tag]:
                found[text].append(Found(start, end, kind, self._curves[tag][margin], margin))


class _Curve(dict[int, float]):
    """Probabilities by margin."""

    def __init__(self, slope: float, offset: float) -> None:
        self._slope, self._offset = slope, offset

    def __missing__(self, margin: int) -> float:
        # Margins are whole numbers, at most some thousands.
        found = self[margin] = round(1 / (1 + math.exp(-(self._slope * margin / SCALE + self._offset))), 2)
        return found
