"""The model from labelled sentences and a lexicon: trained, made whole numbers, made small, calibrated."""

from collections.abc import Callable, Sequence

import numpy as np

from services.enrich.names.features import TABLE_BITS, U32, Lexicon
from services.enrich.names.model import SCALE, Model
from services.enrich.names.sentences import Vocabulary
from services.enrich.names.viterbi import NEVER, Chain, Scores
from training.names.calibrate import calibrated
from training.names.corpora import Sentence, in_capitals, in_title_case, share
from training.names.crf import Course, Floats, Weights, train
from training.names.labels import TAGS, Labelled, labelled, may_begin, may_end, may_follow, runs_of

LEAST_SEEN = 2
"""A feature that stands for one word of the training text alone is not learned."""

LEAST_WEIGHT = 2.5 / SCALE
"""A feature none of whose weights is larger is left out."""

COURSE = Course(epochs=5, dropped=0.1, decay=1e-5)


def build(
    sentences: Sequence[Sentence],
    apart: Sequence[Sentence],
    looked_at: Sequence[Sentence],
    lexicon: Lexicon,
    listed: U32,
    told: Callable[[int, float], None] = lambda _epoch, _loss: None,
    course: Course = COURSE,
) -> Model:
    """A model of `sentences` as they are, set like titles, and a tenth in capitals; `looked_at` calibrates it.

    Sentences `apart` are annotated by other rules: what they have in common with the others is learned from them.
    """
    vocabulary = Vocabulary(lexicon)
    parts: list[Labelled] = []
    for part in (sentences, apart):
        copies = (
            part,
            [in_title_case(sentence) for sentence in part],
            [in_capitals(sentence) for sentence in part if share(sentence.text) < 1],
        )
        parts += [labelled(copy, vocabulary, listed) for copy in copies if copy]
    own = [number >= len(parts) // 2 for number in range(len(parts))] if apart else [False] * len(parts)
    runs, kept = runs_of(parts, own, LEAST_SEEN)
    weights = train(runs, 2 * (len(kept) + 1), may_follow(), may_begin(), may_end(), course, told)
    weights.features = weights.features[: len(kept) + 1]
    index, values = _small(weights, kept)
    chain = Chain(
        _whole(weights.moves, may_follow()), _whole(weights.begin, may_begin()), _whole(weights.end, may_end())
    )
    uncalibrated = dict.fromkeys(("PER", "ORG", "LOC"), (1.0, 0.0))
    return calibrated(Model(index, values, chain, TAGS, lexicon, listed, uncalibrated), looked_at)


def _small(
    weights: Weights, kept: np.typing.NDArray[np.int64]
) -> tuple[np.typing.NDArray[np.int32], np.typing.NDArray[np.int8]]:
    """The rows that matter, as bytes, and for each slot which row it has."""
    rows = weights.features[1:]
    matter = np.abs(rows).max(axis=1) >= LEAST_WEIGHT
    values = np.clip(np.round(rows[matter] * SCALE), -127, 127).astype(np.int8)
    index = np.zeros(1 << TABLE_BITS, np.int32)
    index[kept[matter]] = np.arange(1, len(values) + 1)
    return index, np.concatenate([np.zeros((1, values.shape[1]), np.int8), values])


def _whole(weights: Floats, allowed: np.typing.NDArray[np.bool_]) -> Scores:
    return np.where(allowed, np.round(weights * SCALE), NEVER).astype(np.int32)
