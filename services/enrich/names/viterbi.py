"""The best tags of many runs of words at once, and by how much they are the best. Whole numbers only.

Sums of whole numbers do not depend on their order, so that a run's tags are the same in any batch on any machine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Scores = NDArray[np.int32]

NEVER = -(1 << 24)
"""The score of what may not be."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Scores of a tag after another, of beginning and of ending with a tag; `NEVER` where it may not be."""

    moves: Scores
    begin: Scores
    end: Scores


def best_tags(emission: Scores, begins: Ints, chain: Chain) -> tuple[Ints, Ints]:
    """For each word its tag on the best path, and how much lower the best path with another tag there scores.

    `emission` has a row of scores for each word, `begins` the index of each run's first word, ascending from 0.
    """
    count = len(emission)
    if not count:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    lengths = np.diff(np.append(begins, count))
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = begins[order], lengths[order]
    longest = int(lengths[0])
    active = np.searchsorted(-lengths, -np.arange(longest), side="left")

    forward = np.empty_like(emission)
    came_from = np.empty(emission.shape, np.int8)
    backward = np.empty_like(emission)
    onward = chain.moves.T[None]
    for place in range(longest):
        words = starts[: active[place]] + place
        if place == 0:
            forward[words] = emission[words] + chain.begin
            continue
        reached = forward[words - 1][:, None, :] + onward
        came_from[words] = source = reached.argmax(axis=2)
        forward[words] = emission[words] + np.take_along_axis(reached, source[:, :, None], axis=2)[:, :, 0]
    for place in reversed(range(longest)):
        words = starts[: active[place]] + place
        going = active[place + 1] if place + 1 < longest else 0
        backward[words[going:]] = chain.end
        if going:
            after = words[:going] + 1
            backward[words[:going]] = (chain.moves[None] + (emission[after] + backward[after])[:, None, :]).max(axis=2)

    through = forward + backward
    tags = np.empty(count, np.int64)
    for place in reversed(range(longest)):
        words = starts[: active[place]] + place
        going = active[place + 1] if place + 1 < longest else 0
        tags[words[going:]] = through[words[going:]].argmax(axis=1)
        if going:
            after = words[:going] + 1
            tags[words[:going]] = came_from[after, tags[after]]
    rows = np.arange(count)
    best = through[rows, tags].copy()
    through[rows, tags] = np.iinfo(np.int32).min
    return tags, (best - through.max(axis=1)).astype(np.int64)
