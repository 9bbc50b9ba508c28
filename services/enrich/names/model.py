"""The trained model as it is shipped, and the scores it gives: whole numbers, so that they are the same everywhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.enrich.names.features import TABLE_BITS, U32, WORD_FEATURES, Lexicon, word_slots
from services.enrich.names.sentences import Batch, Vocabulary
from services.enrich.names.viterbi import NEVER, Chain, Scores

WEIGHTS = Path(__file__).with_name("weights.npz")
LEXICON = Path(__file__).with_name("lexicon.npz")

SCALE = 32
"""A weight of 1 is stored as this."""

_MOST_WORDS = 100_000
"""Words whose scores are kept; when there are more, all are forgotten and learned again as they come."""


@dataclass(frozen=True, slots=True)
class Model:
    """`index` gives each slot its row in `values` (0: none); a row has a weight for each of `tags` (`O`, `B-PER`, …).

    `calibration` turns a margin into a probability: for each kind the slope and offset of a logistic curve.
    """

    index: NDArray[np.int32]
    values: NDArray[np.int8]
    chain: Chain
    tags: tuple[str, ...]
    lexicon: Lexicon
    listed: U32
    calibration: dict[str, tuple[float, float]]


@dataclass(slots=True)
class Scorer:
    """Scores words for each tag; what a word adds by itself is summed once and kept. One thread at a time."""

    model: Model
    vocabulary: Vocabulary = field(init=False)
    _rows: NDArray[np.int16] = field(init=False)
    _known: int = field(init=False)

    def __post_init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.vocabulary = Vocabulary(self.model.lexicon)
        self._rows = np.zeros((1024, len(WORD_FEATURES), len(self.model.tags)), np.int16)
        self._known = 0

    def numbers(self, words: list[str]) -> NDArray[np.int64]:
        if len(self.vocabulary.ids) > _MOST_WORDS:
            self._forget()
        return self.vocabulary.numbers(words)

    def emission(self, batch: Batch) -> Scores:
        """A row for each word to judge, a score for each tag."""
        self._learn()
        model = self.model
        scores = np.zeros((len(batch.at), len(model.tags)), np.int32)
        for column in range(len(WORD_FEATURES)):
            scores += self._rows[batch.near[:, column], column]
        for column in range(batch.context.shape[1]):
            scores += model.values[model.index[batch.context[:, column]]]
        return scores

    def _learn(self) -> None:
        known, size = self._known, len(self.vocabulary.ids)
        if size == known:
            return
        if size > len(self._rows):
            room = np.zeros((max(size, 2 * len(self._rows)) - len(self._rows), *self._rows.shape[1:]), np.int16)
            self._rows = np.concatenate([self._rows, room])
        keys = self.vocabulary.keys[known:size]
        for column, offset in enumerate(WORD_FEATURES):
            rows = self.model.values[self.model.index[word_slots(keys, offset)]]
            self._rows[known:size, column] = rows.sum(axis=1, dtype=np.int16)
        self._known = size


def load_model(weights: Path = WEIGHTS, lexicon: Path = LEXICON) -> Model:
    """Read the model (some 60 ms, 25 MB)."""
    with np.load(weights, allow_pickle=False) as file:
        stored = {name: file[name] for name in file.files}
    values = np.concatenate([np.zeros((1, stored["values"].shape[1]), np.int8), stored["values"]])
    index = np.zeros(1 << TABLE_BITS, np.int32)
    index[np.cumsum(stored["slots"], dtype=np.int64)] = np.arange(1, len(values), dtype=np.int32)
    tags = tuple(stored["tags"].tobytes().decode().split())
    kinds = tuple(stored["kinds"].tobytes().decode().split())
    curves = {
        kind: (float(slope), float(offset)) for kind, (slope, offset) in zip(kinds, stored["curves"], strict=True)
    }
    moves, begin, end = (
        np.where(stored[name] == _FORBIDDEN, np.int32(NEVER), stored[name]) for name in ("moves", "begin", "end")
    )
    with np.load(lexicon, allow_pickle=False) as file:
        words = {name: file[name] for name in file.files}
    known = Lexicon(
        np.cumsum(words["hashes"], dtype=np.uint32),
        words["clusters"],
        words["classes"],
        words["gazetteer"],
    )
    listed = np.cumsum(words["listed"], dtype=np.uint32)
    return Model(index, values, Chain(moves, begin, end), tags, known, listed, curves)


_FORBIDDEN = np.iinfo(np.int16).min


write_arrays: Callable[..., None] = np.savez_compressed
"""Path, then arrays by name. The same arrays give the same bytes: the archive holds no time of day."""


def save_model(model: Model, weights: Path, lexicon: Path) -> None:
    """Write what `load_model` reads. Sorted numbers are stored as steps, which compress."""
    slots = np.flatnonzero(model.index)
    chain = {
        name: np.where(part == NEVER, _FORBIDDEN, part).astype(np.int16)
        for name, part in (("moves", model.chain.moves), ("begin", model.chain.begin), ("end", model.chain.end))
    }
    write_arrays(
        weights,
        slots=np.diff(slots, prepend=0).astype(np.uint32),
        values=model.values[model.index[slots]],
        tags=np.frombuffer(" ".join(model.tags).encode(), np.uint8),
        kinds=np.frombuffer(" ".join(model.calibration).encode(), np.uint8),
        curves=np.array(list(model.calibration.values()), np.float64),
        **chain,
    )
    known = model.lexicon
    write_arrays(
        lexicon,
        hashes=np.diff(known.hashes, prepend=np.uint32(0)),
        clusters=known.clusters,
        classes=known.classes,
        gazetteer=known.gazetteer,
        listed=np.diff(model.listed, prepend=np.uint32(0)),
    )
