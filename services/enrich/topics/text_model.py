"""The model of English text: one linear classifier for each topic over hashed words and pairs of words, in integers.

How it was made and how well it does stands in docs/models/topics.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.enrich.topics.features import features_of

MODEL_FILE = Path(__file__).with_name("model.npz")

SILENT = 4
"""Rare words that say nothing, which each text is taken to hold besides its own: a few words alone prove little.

Training does without: nearly all of its texts have a lede, and so has what probabilities are fitted to.
"""

ENOUGH = 6
"""Words and pairs of words that a text must hold: three words in a row have five and prove nothing."""

_HIGHEST = 127
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class TextModel:
    """`table` has a row for each feature: its weight for each topic of `codes`, then zeros, and last its norm.

    Weights and norms are whole numbers, so that their sums do not depend on the order of adding. The score of a text is
    `sum(weights) / sqrt(sum(norms) + 127 * SILENT) * scale + bias`, its probability the logistic function of
    `slope * score + shift`.
    """

    codes: tuple[str, ...]
    table: NDArray[np.int8]
    scale: NDArray[np.float64]
    bias: NDArray[np.float64]
    slope: NDArray[np.float64]
    shift: NDArray[np.float64]

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> "TextModel":
        """Read the model at `path` (some 10 ms, 3 MB). Raises `OSError`, `ValueError`."""
        with np.load(path, allow_pickle=False) as held:
            arrays = {name: held[name] for name in ("table", "scale", "bias", "slope", "shift")}
            return cls(tuple(str(code) for code in held["codes"]), **arrays)

    def save(self, path: Path) -> None:
        arrays = {name: getattr(self, name) for name in ("table", "scale", "bias", "slope", "shift")}
        np.savez_compressed(path, allow_pickle=False, codes=np.array(self.codes), **arrays)

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """A row for each text, a column for each topic; of a text of less than four words the row is -inf."""
        found = np.full((len(texts), len(self.codes)), -np.inf)
        for start in range(0, len(texts), _AT_ONCE):
            self._score(texts[start : start + _AT_ONCE], found[start : start + _AT_ONCE])
        return found

    def _score(self, texts: Sequence[str], found: NDArray[np.float64]) -> None:
        features = features_of(texts)
        counts = np.diff(features.bounds)
        some = np.flatnonzero(counts)
        if not len(some):
            return
        rows = self.table.take(features.ids, axis=0)
        sums = np.add.reduceat(rows, features.bounds[some], axis=0, dtype=np.int32)
        lengths = np.sqrt((sums[:, -1:] + _HIGHEST * SILENT).astype(np.float64))
        found[some] = sums[:, : len(self.codes)] / lengths * self.scale + self.bias
        found[counts < ENOUGH] = -np.inf

    def likely(self, texts: Sequence[str], least: float) -> list[list[tuple[str, float]]]:
        """For each text its topics with a probability of `least` or more, likeliest first."""
        evidence = self.scores(texts) * self.slope + self.shift
        found: list[list[tuple[str, float]]] = [[] for _ in texts]
        for row, column in np.argwhere(evidence >= math.log(least / (1 - least))):
            # Not by numpy, whose exp() may differ in the last bit with the place in a batch.
            found[row].append((self.codes[column], 1 / (1 + math.exp(-float(evidence[row, column])))))
        for topics in found:
            topics.sort(key=lambda topic: (-topic[1], topic[0]))
        return found
