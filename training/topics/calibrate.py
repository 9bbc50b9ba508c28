"""From scores to probabilities: Platt's logistic regression, on scores by models that never saw the publisher."""

import numpy as np
from numpy.typing import NDArray

from services.enrich.topics.features import Features
from training.topics.fit import Targets, fit, squared_idf
from training.topics.labelled import Labelled

Doubles = NDArray[np.float64]

FEWEST = 100
"""Texts of a topic from which it gets a curve of its own; others share one, of those that have one or else of all."""

_FOLDS = 4


def scores_by_strangers(texts: list[Labelled], features: Features, targets: Targets) -> Doubles:
    """The scores of each text by a model that saw no text of its group (publisher or set)."""
    groups = sorted({one.group for one in texts})
    sizes = {group: sum(one.group == group for one in texts) for group in groups}
    loads, fold_of = [0] * _FOLDS, dict[str, int]()
    for group in sorted(groups, key=lambda group: (-sizes[group], group)):
        fold_of[group] = loads.index(min(loads))
        loads[fold_of[group]] += sizes[group]
    folds = np.array([fold_of[one.group] for one in texts])
    found = np.zeros(targets.signs.shape)
    for fold in range(_FOLDS):
        strangers, known = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        of_strangers = some_of(features, strangers)
        model = fit(
            of_strangers, Targets(targets.signs[strangers], targets.weight[strangers]), squared_idf(of_strangers)
        )
        found[known] = model.scores(some_of(features, known))
    return found


def curves(scores: Doubles, texts: list[Labelled], codes: tuple[str, ...]) -> tuple[Doubles, Doubles]:
    """Slope and shift for each topic, from the texts whose publisher says what they are about.

    Articles that a publisher filed elsewhere count against a topic even where they are about both, so that
    probabilities are rather too low than too high.
    """
    filed = np.array([bool(one.topics) for one in texts])
    wide = np.array([one.group not in ("bbc", "ag") for one in texts])
    gold = np.array([[code in one.topics for code in codes] for one in texts])
    tells = np.array([[code in one.topics or code in one.absent for code in codes] for one in texts])
    usable = filed[:, None] & (tells | wide[:, None])
    enough = [int((gold & usable)[:, column].sum()) >= FEWEST for column in range(len(codes))]
    shared = np.flatnonzero(enough) if any(enough) else range(len(codes))
    pooled = _platt(
        np.concatenate([scores[usable[:, column], column] for column in shared]),
        np.concatenate([gold[usable[:, column], column] for column in shared]),
    )
    found = [
        _platt(scores[usable[:, column], column], gold[usable[:, column], column]) if enough[column] else pooled
        for column in range(len(codes))
    ]
    return np.array([slope for slope, _ in found]), np.array([shift for _, shift in found])


def _platt(scores: Doubles, gold: NDArray[np.bool_]) -> tuple[float, float]:
    """Newton's method on two parameters, with Platt's targets (1999), which keep off 0 and 1."""
    yes, no = int(gold.sum()), int((~gold).sum())
    wanted = np.where(gold, (yes + 1) / (yes + 2), 1 / (no + 2))
    slope, shift = 2.0, 0.0
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(slope * scores + shift, -30, 30)))
        off, bend = chance - wanted, chance * (1 - chance) + 1e-9
        gradient = ((off * scores).sum(), off.sum())
        a, b, c = (bend * scores * scores).sum() + 1e-6, (bend * scores).sum(), bend.sum() + 1e-6
        determinant = a * c - b * b
        moves = (c * gradient[0] - b * gradient[1]) / determinant, (a * gradient[1] - b * gradient[0]) / determinant
        slope, shift = float(slope - moves[0]), float(shift - moves[1])
        if max(map(abs, moves)) < 1e-9:
            break
    return slope, shift


def some_of(features: Features, rows: NDArray[np.int64]) -> Features:
    counts = np.diff(features.bounds)
    taken = np.repeat(features.bounds[rows] - np.concatenate(([0], np.cumsum(counts[rows])[:-1])), counts[rows])
    ids = features.ids[taken + np.arange(len(taken))]
    return Features(ids, np.concatenate(([0], np.cumsum(counts[rows]))))
