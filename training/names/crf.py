"""Training of a linear-chain conditional random field by AdaGrad, in numpy, the same bit for bit each time.

The likelihood of each run of words is differentiated by forward-backward in the linear domain, scaled at each place.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

_LEAST = 1e-20
"""No tag is held to be less likely than this beside the likeliest, so that no run becomes impossible by rounding."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs to learn from. `slots` has a row for each word, `tags` the right tag, `begins` where each run begins."""

    slots: NDArray[np.int32]
    tags: NDArray[np.int8]
    begins: Ints

    @property
    def lengths(self) -> Ints:
        return np.diff(np.append(self.begins, len(self.tags)))


@dataclass(slots=True)
class Weights:
    """Of features (a row for each slot), of transitions from tag to tag, of the tags at a run's begin and end."""

    features: Floats
    moves: Floats
    begin: Floats
    end: Floats


@dataclass(frozen=True, slots=True)
class Course:
    epochs: int = 8
    batch: int = 256
    rate: float = 0.05
    decay: float = 2e-6
    dropped: float = 0.3
    seed: int = 7


def train(
    runs: Runs,
    slots: int,
    allowed: NDArray[np.bool_],
    begins: NDArray[np.bool_],
    ends: NDArray[np.bool_],
    course: Course,
    told: Callable[[int, float], None] = lambda _epoch, _loss: None,
) -> Weights:
    """Weights for `slots` rows; slot 0 stays zero. `allowed`, `begins`, `ends`: which tags may follow, begin, end.

    The weights are the mean of those after each batch of the last half of the epochs.
    """
    tags = len(allowed)
    random = np.random.default_rng(course.seed)
    weights = Weights(*(np.zeros(shape, np.float32) for shape in ((slots, tags), (tags, tags), tags, tags)))
    squares = Weights(*(np.full(part.shape, 1e-2, np.float32) for part in _parts(weights)))
    sums = Weights(*(np.zeros(part.shape, np.float32) for part in _parts(weights)))
    lengths = runs.lengths
    counted = 0
    for epoch in range(course.epochs):
        # Runs of like length go together, so that little is padded; which of them do differs by epoch.
        order = np.lexsort((random.random(len(lengths)), np.minimum(lengths, 24)))
        batches = _cut(order, lengths[order], course.batch * 3)
        loss = 0.0
        for number in random.permutation(len(batches)):
            loss += _learn(runs, batches[number], weights, squares, (allowed, begins, ends), course, random)
        told(epoch, loss / len(runs.tags))
        if epoch >= course.epochs // 2:
            counted += 1
            for total, part in zip(_parts(sums), _parts(weights), strict=True):
                np.add(total, part, out=total)
    for part, total in zip(_parts(weights), _parts(sums), strict=True):
        part[...] = total / counted
    weights.moves[~allowed] = weights.begin[~begins] = weights.end[~ends] = 0
    return weights


def _parts(weights: Weights) -> tuple[Floats, Floats, Floats, Floats]:
    return weights.features, weights.moves, weights.begin, weights.end


def _cut(order: Ints, lengths: Ints, words: int) -> list[Ints]:
    """The runs in batches of about so many words."""
    total = np.cumsum(lengths)
    cuts = np.searchsorted(total, np.arange(words, int(total[-1]), words))
    return [batch for batch in np.split(order, np.unique(cuts)) if len(batch)]


def _learn(  # noqa: PLR0915  one pass forward and back is one thing
    runs: Runs,
    chosen: Ints,
    weights: Weights,
    squares: Weights,
    masks: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]],
    course: Course,
    random: np.random.Generator,
) -> float:
    """One step down the gradient of a batch; its negative log likelihood."""
    allowed, begins, ends = masks
    lengths = runs.lengths[chosen]
    order = np.argsort(-lengths, kind="stable")
    chosen, lengths = chosen[order], lengths[order]
    longest = int(lengths[0])
    # Words by place: all first words, then all second ones, …; runs that are over fall away at the end.
    active = [int(np.searchsorted(-lengths, -place, side="left")) for place in range(longest)]
    words = np.concatenate([runs.begins[chosen[: active[place]]] + place for place in range(longest)])
    at = np.concatenate([[0], np.cumsum(active)])
    slots, gold = runs.slots[words], runs.tags[words].astype(np.int64)
    # Whatever is missing at random must be made up for by the rest, so that no word is learned by heart.
    slots = np.where(random.random(slots.shape, np.float32) < course.dropped, 0, slots)
    emission = weights.features[slots].sum(axis=1) / np.float32(1 - course.dropped)
    top = emission.max(axis=1, keepdims=True)
    likely = np.maximum(np.exp((emission - top).astype(np.float64)), _LEAST)
    moves = np.exp(weights.moves.astype(np.float64)) * allowed
    begin, end = (np.exp(part.astype(np.float64)) * may for part, may in ((weights.begin, begins), (weights.end, ends)))
    tags = len(moves)

    forward = np.empty_like(likely)
    scale = np.empty(len(likely))
    for place in range(longest):
        here = slice(at[place], at[place + 1])
        into = begin[None, :] if place == 0 else forward[at[place - 1] : at[place - 1] + active[place]] @ moves
        step = into * likely[here]
        scale[here] = step.sum(axis=1)
        forward[here] = step / scale[here, None]
    backward = np.empty_like(likely)
    expected = np.zeros((tags, tags))
    last = np.empty(len(chosen))
    for place in reversed(range(longest)):
        here = slice(at[place], at[place + 1])
        following = active[place + 1] if place + 1 < longest else 0
        beta = np.broadcast_to(end, (active[place], tags)).copy()
        if following:
            after = slice(at[place + 1], at[place + 2])
            ahead = likely[after] * backward[after] / scale[after, None]
            beta[:following] = ahead @ moves.T
        over = slice(at[place] + following, at[place + 1])
        final = (forward[over] * end).sum(axis=1)
        last[following : active[place]] = final
        beta[following:] /= final[:, None]
        backward[here] = beta
        if following:
            expected += forward[at[place] : at[place] + following].T @ ahead
    marginal = forward * backward
    marginal /= marginal.sum(axis=1, keepdims=True)
    expected *= moves

    score = float(emission[np.arange(len(gold)), gold].sum())
    one = np.zeros_like(marginal)
    one[np.arange(len(gold)), gold] = 1
    moved = np.zeros((tags, tags))
    for place in range(1, longest):
        before = gold[at[place - 1] : at[place - 1] + active[place]]
        np.add.at(moved, (before, gold[at[place] : at[place + 1]]), 1)
    firsts, lasts = np.arange(active[0]), np.array([at[length - 1] + row for row, length in enumerate(lengths)])
    score += float((weights.moves * moved).sum() + weights.begin[gold[firsts]].sum() + weights.end[gold[lasts]].sum())
    norm = float(np.log(scale).sum() + top.sum() + np.log(last).sum())

    _step_rows(
        weights.features, squares.features, slots, ((marginal - one) / (1 - course.dropped)).astype(np.float32), course
    )
    for part, square, gradient in (
        (weights.moves, squares.moves, expected - moved),
        (weights.begin, squares.begin, (marginal[firsts] - one[firsts]).sum(axis=0)),
        (weights.end, squares.end, (marginal[lasts] - one[lasts]).sum(axis=0)),
    ):
        square[...] += (gradient * gradient).astype(np.float32)
        part[...] -= (course.rate * gradient / np.sqrt(square)).astype(np.float32)
    return norm - score


def _step_rows(features: Floats, squares: Floats, slots: NDArray[np.int32], gradient: Floats, course: Course) -> None:
    """AdaGrad for the rows that the batch touched."""
    flat = slots.ravel()
    order = np.argsort(flat, kind="stable")
    sorted_slots = flat[order]
    starts = np.flatnonzero(np.concatenate([[True], sorted_slots[1:] != sorted_slots[:-1]]))
    rows = sorted_slots[starts]
    sums = np.add.reduceat(gradient[order // slots.shape[1]], starts, axis=0)
    if rows[0] == 0:
        rows, sums = rows[1:], sums[1:]
    sums += course.decay * len(slots) * features[rows]
    squares[rows] += sums * sums
    features[rows] -= course.rate * sums / np.sqrt(squares[rows])
