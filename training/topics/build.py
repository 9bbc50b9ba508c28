"""From labelled texts to the model that ships."""

from collections.abc import Sequence

import numpy as np

from services.enrich.topics.features import features_of
from services.enrich.topics.text_model import TextModel
from training.topics.calibrate import curves, scores_by_strangers
from training.topics.fit import Linear, fit, squared_idf
from training.topics.labelled import Labelled, Seeds, targets_of

_WIDTH = 16
"""Columns of the table: one cache line holds four features."""


def build(texts: Sequence[Labelled], seeds: Seeds, codes: Sequence[str]) -> TextModel:
    """The same texts in the same order give the same model, bit for bit, on one kind of processor."""
    ordered = list(texts)
    features = features_of([one.whole for one in ordered])
    targets = targets_of(ordered, seeds, codes)
    slope, shift = curves(scores_by_strangers(ordered, features, targets), ordered, tuple(codes))
    return in_integers(fit(features, targets, squared_idf(features)), tuple(codes), slope, shift)


def in_integers(
    model: Linear, codes: tuple[str, ...], slope: np.ndarray | None = None, shift: np.ndarray | None = None
) -> TextModel:
    """Weights and norms as bytes. Without curves the logistic function of the score itself stands for a probability."""
    largest, highest = np.abs(model.weights).max(0), model.norms.max()
    table = np.zeros((len(model.weights), _WIDTH), np.int8)
    table[:, : len(codes)] = np.rint(model.weights / np.maximum(largest, 1e-9) * 127)
    table[:, -1] = np.maximum(np.rint(model.norms / highest * 127), 1)
    return TextModel(
        codes=codes,
        table=table,
        scale=(largest / 127 / np.sqrt(highest / 127)).astype(np.float64),
        bias=model.bias.astype(np.float64),
        slope=np.ones(len(codes)) if slope is None else np.round(slope, 6),
        shift=np.zeros(len(codes)) if shift is None else np.round(shift, 6),
    )
