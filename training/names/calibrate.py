"""From margins to probabilities: a logistic curve for each kind, fitted on sentences that were not trained on."""

import math
from collections.abc import Sequence
from dataclasses import replace

from services.enrich.names.model import SCALE, Model
from services.enrich.names.tagger import KINDS, Tagger
from training.names.corpora import Sentence
from training.names.score import expected_of

_FLAT, _STEEP = 1e-9, 500.0
"""Where right and wrong names can be told apart without fault there is no best curve, and the last one is kept."""


def calibrated(model: Model, sentences: Sequence[Sentence]) -> Model:
    """The model with curves under which a name of confidence .8 was right in 80 % of `sentences`' names."""
    expected = expected_of(sentences)
    found = Tagger(model).find([sentence.text for sentence in sentences])
    curves: dict[str, tuple[float, float]] = {}
    for kind, name in KINDS.items():
        points = [
            (one.margin / SCALE, (one.start, one.end, name) in wanted)
            for wanted, names in zip(expected, found, strict=True)
            for one in names
            if one.kind == name
        ]
        curves[kind] = _logistic(points)
    return replace(model, calibration=curves)


def _logistic(points: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Slope and offset by Newton's method, steps of at most 1."""
    slope, offset = 1.0, 0.0
    for _ in range(60):
        first = second = 0.0
        a = b = c = 1e-6
        for x, right in points:
            p = 1 / (1 + math.exp(min(_STEEP, -(slope * x + offset))))
            error, weight = right - p, p * (1 - p)
            first += error * x
            second += error
            a += weight * x * x
            b += weight * x
            c += weight
        determinant = a * c - b * b
        if determinant < _FLAT:
            break
        slope += _short((c * first - b * second) / determinant)
        offset += _short((a * second - b * first) / determinant)
    return round(slope, 4), round(offset, 4)


def _short(step: float) -> float:
    return max(-1.0, min(1.0, step))
