"""Fitting one linear classifier a topic, all at once: squared hinge loss, L2, by L-BFGS in numpy alone.

Every sum runs in a fixed order on one thread, so the same texts give the same weights.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.enrich.topics.features import BITS, Features

Floats = NDArray[np.float32]

ITERATIONS = 60
_MEMORY = 8
_CHUNK = 4096
_RAREST = 2
"""Texts that a feature must stand in: what was seen once says nothing."""


@dataclass(frozen=True, slots=True)
class Targets:
    """For each text (row) and topic (column): 1 yes, -1 no, 0 not known. `weight` is of each row."""

    signs: NDArray[np.int8]
    weight: Floats


@dataclass(frozen=True, slots=True)
class Linear:
    """The score of a text for a topic: `weights[ids].sum(0) / sqrt(norms[ids].sum()) + bias`.

    `weights` has a row for each of the 2 ** BITS features, `norms` one positive number (their squared IDF).
    """

    weights: Floats
    norms: Floats
    bias: Floats

    def scores(self, features: Features) -> Floats:
        return _sums(self.weights, features) / _lengths(self.norms, features) + self.bias


def squared_idf(features: Features) -> Floats:
    """Of each feature by its number of texts; what was never seen counts as much as the rarest."""
    texts = len(features.bounds) - 1
    frequency = np.bincount(features.ids, minlength=1 << BITS)
    idf: Floats = (np.log((1 + texts) / (1 + np.maximum(frequency, 1))) + 1).astype(np.float32)
    return np.square(idf)


def fit(features: Features, targets: Targets, norms: Floats, strength: float = 0.2) -> Linear:
    """`strength` is the loss's weight against the penalty (C). Rare topics count more, by the root of their rarity."""
    known = np.bincount(features.ids, minlength=1 << BITS) >= _RAREST
    number = np.cumsum(known) - 1
    kept = known[features.ids]
    ids, rows = number[features.ids[kept]], features.rows[kept]
    texts, size = len(features.bounds) - 1, int(known.sum())
    by_text = Features(ids, np.searchsorted(rows, np.arange(texts + 1)))
    order = np.argsort(ids, kind="stable")
    by_feature = Features(rows[order], np.searchsorted(ids[order], np.arange(size + 1)))
    idf = np.sqrt(norms[known])[:, None].astype(np.float32)
    scale = (1 / _lengths(norms, features)).astype(np.float32)
    signs = targets.signs.astype(np.float32)
    yes, no = (signs > 0).sum(0), (signs < 0).sum(0)
    rarity = np.sqrt((yes + no + 1) / (yes + 1)).astype(np.float32)
    costs = np.where(signs > 0, rarity, np.abs(signs)) * targets.weight[:, None] * np.float32(strength)

    def loss(weights: Floats) -> tuple[float, Floats]:
        spread, bias = weights[:-1], weights[-1:]
        short = np.maximum(0, 1 - signs * (_sums(spread * idf, by_text) * scale + bias))
        value = float((np.square(weights, dtype=np.float64)).sum() / 2 + (costs * np.square(short)).sum(dtype=float))
        slope = -2 * costs * signs * short
        gradient = np.concatenate((_sums(slope * scale, by_feature) * idf, slope.sum(0, keepdims=True)))
        return value, weights + gradient

    found = minimum(loss, np.zeros((size + 1, signs.shape[1]), np.float32))
    weights = np.zeros((1 << BITS, signs.shape[1]), np.float32)
    weights[known] = found[:-1] * idf
    return Linear(weights, norms, found[-1])


def minimum(loss: Callable[[Floats], tuple[float, Floats]], start: Floats, iterations: int = ITERATIONS) -> Floats:
    """Limited-memory BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.5) with halved steps."""
    at = start
    value, gradient = loss(at)
    steps: list[tuple[Floats, Floats, float]] = []
    for _ in range(iterations):
        direction = -_towards(gradient, steps)
        slope, step = _dot(direction, gradient), 1.0 if steps else 1 / (_dot(gradient, gradient) ** 0.5 + 1e-12)
        while True:
            there = at + np.float32(step) * direction
            there_value, there_gradient = loss(there)
            if there_value <= value + 1e-4 * step * slope or step < 1e-6:
                break
            step /= 2
        moved, bent = there - at, there_gradient - gradient
        if (curvature := _dot(moved, bent)) > 1e-10:
            steps = [*steps[1 - _MEMORY :], (moved, bent, curvature)]
        finished = value - there_value < 1e-4 * abs(value) / iterations
        at, value, gradient = there, there_value, there_gradient
        if finished:
            break
    return at


def _towards(gradient: Floats, steps: list[tuple[Floats, Floats, float]]) -> Floats:
    """The inverse of the approximated Hessian, times the gradient."""
    found, shares = gradient, []
    for moved, bent, curvature in reversed(steps):
        share = _dot(moved, found) / curvature
        found = found - np.float32(share) * bent
        shares.append(share)
    if steps:
        _, bent, curvature = steps[-1]
        found = found * np.float32(curvature / _dot(bent, bent))
    for (moved, bent, curvature), share in zip(steps, reversed(shares), strict=True):
        found = found + np.float32(share - _dot(bent, found) / curvature) * moved
    return found


def _dot(one: Floats, other: Floats) -> float:
    """Not by BLAS, whose order of adding depends on the machine."""
    return float((one * other).sum(dtype=np.float64))


def _sums(values: Floats, features: Features) -> Floats:
    """For each text the sum of the rows of its features."""
    found = np.zeros((len(features.bounds) - 1, values.shape[1]), np.float32)
    for start in range(0, len(found), _CHUNK):
        bounds = features.bounds[start : start + _CHUNK + 1]
        some = np.flatnonzero(np.diff(bounds))
        if len(some):
            taken = values.take(features.ids[bounds[0] : bounds[-1]], axis=0)
            found[start + some] = np.add.reduceat(taken, bounds[some] - bounds[0], axis=0)
    return found


def _lengths(norms: Floats, features: Features) -> Floats:
    return np.sqrt(np.maximum(_sums(norms[:, None], features), np.float32(1e-6))).astype(np.float32)
