"""The trained model as it is shipped, and the scores it gives: whole numbers, so that they are the same everywhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.enrich.names.features import TABLE_BITS, U32, WORD_FEATURES, Lexicon, word_slots
from services.enrich.names.pieces import Pieces, Reading
from services.enrich.names.sentences import Batch, Vocabulary
from services.enrich.names.viterbi import NEVER, Chain

WEIGHTS = Path(__file__).with_name("weights.npz")
LEXICON = Path(__file__).with_name("lexicon.npz")

SCALE = 32
"""A weight of 1 is stored as this."""


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
    _pieces: Pieces = field(init=False)
    _rows: NDArray[np.int16] = field(init=False)
    _known: int = field(init=False)

    def __post_init__(self) -> None:
        self._rows = np.zeros((len(WORD_FEATURES), 1024, len(self.model.tags)), np.int16)
        self._forget()

    def _forget(self) -> None:
        # In this order: a step may be stopped anywhere, and what is left must be right.
        self._known = 0
        self._pieces = Pieces(Vocabulary(self.model.lexicon))

    @property
    def vocabulary(self) -> Vocabulary:
        return self._pieces.vocabulary

    def read(self, texts: Sequence[str]) -> Reading:
        if self._pieces.full:
            self._forget()
        return self._pieces.read(texts)

    def emission(self, batch: Batch) -> NDArray[np.int16]:
        """A row for each word to judge, a score for each tag."""
        self._learn()
        values, index = self.model.values, self.model.index
        # A score is at most 127 for each of 47 features.
        scores: NDArray[np.int16] = self._rows[0].take(batch.near[0], axis=0)
        for rows, numbers in zip(self._rows[1:], batch.near[1:], strict=True):
            scores += rows.take(numbers, axis=0)
        for slots in batch.context:
            scores += values.take(index.take(slots), axis=0)
        return scores

    def _learn(self) -> None:
        known, size = self._known, len(self.vocabulary.ids)
        if size == known:
            return
        offsets, have, tags = self._rows.shape
        if size > have:
            room = np.zeros((offsets, max(size, 2 * have) - have, tags), np.int16)
            self._rows = np.concatenate([self._rows, room], axis=1)
        keys = self.vocabulary.keys[:, known:size]
        for rows, offset in zip(self._rows, WORD_FEATURES, strict=True):
            parts = [self.model.values.take(self.model.index.take(slots), axis=0) for slots in word_slots(keys, offset)]
            rows[known:size] = np.sum(parts, axis=0, dtype=np.int16)
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
