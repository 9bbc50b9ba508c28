"""The best tags of many runs of words at once, and by how much they are the best. Whole numbers only.

Sums of whole numbers do not depend on their order, so that a run's tags are the same in any batch on any machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

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


class _Block(NamedTuple):
    """Groups of as many tags that come from as many others: rows of `to`, rows of `of`, their scores."""

    to: Ints
    of: Ints
    scores: Scores


class Decoder:
    """Finds the best tags by a chain. Most tags follow few others, and only those are looked at."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._onward = list(_blocks(chain.moves.T))
        self._back = list(_blocks(chain.moves))

    def best_tags(self, emission: NDArray[np.integer], begins: Ints) -> tuple[Ints, Ints]:
        """For each word its tag on the best path, and how much lower the best path with another tag there scores.

        `emission` has a row of scores for each word, `begins` the index of each run's first word, ascending from 0.
        """
        count = len(emission)
        if not count:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        lengths = np.diff(begins, append=count)
        order = np.argsort(-lengths, kind="stable")
        starts, lengths = begins[order], lengths[order]
        # All first words of runs, then all second ones, and so on; the longer runs first, so each has its own column.
        active = np.searchsorted(-lengths, -np.arange(int(lengths[0])), side="left")
        words = np.concatenate([starts[:going] + place for place, going in enumerate(active.tolist())])
        scores = np.ascontiguousarray(emission[words].T, np.int32)
        best, second, tags = _first_two(self._through(scores, active.tolist()))
        found, margins = np.empty(count, np.int64), np.empty(count, np.int64)
        found[words], margins[words] = tags, best - second
        self._settle(found, margins, emission, begins)
        return found, margins

    def _through(self, scores: Scores, active: list[int]) -> Scores:
        """The score of the best path through each tag (row) at each word (column)."""
        chain = self._chain
        over = np.cumsum(active).tolist()
        steps = [
            (slice(end - before, end - before + going), slice(end, end + going))
            for end, before, going in zip(over, active, active[1:], strict=False)
        ]
        forward = np.empty_like(scores)
        forward[:, : active[0]] = scores[:, : active[0]] + chain.begin[:, None]
        for at, after in steps:
            forward[:, after] = _best(self._onward, forward[:, at]) + scores[:, after]
        backward = np.repeat(chain.end[:, None], scores.shape[1], axis=1)
        for at, after in reversed(steps):
            backward[:, at] = _best(self._back, backward[:, after] + scores[:, after])
        return forward + backward

    def _settle(self, tags: Ints, margins: Ints, emission: NDArray[np.integer], begins: Ints) -> None:
        """Where paths are equally good the words of one path are taken: that of the lowest tags, from the end on."""
        if margins.all():
            return
        ends = np.append(begins[1:], len(tags))
        for run in np.unique(np.searchsorted(begins, np.flatnonzero(margins == 0), side="right") - 1).tolist():
            own = slice(int(begins[run]), int(ends[run]))
            tags[own] = _traced(emission[own].astype(np.int32), self._chain)


def _blocks(moves: Scores) -> Iterator[_Block]:
    """`moves` has a row for each tag that is reached, a column for each that it is reached from."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for to, row in enumerate(moves):
        groups.setdefault(tuple(np.flatnonzero(row != NEVER).tolist()), []).append(to)
    alike = sorted((len(of), len(to), of, to) for of, to in groups.items() if of)
    for _, same in groupby(alike, key=lambda group: group[:2]):
        groups_alike = list(same)
        of_rows = np.array([group[2] for group in groups_alike])
        to_rows = np.array([group[3] for group in groups_alike])
        yield _Block(to_rows, of_rows, moves[to_rows[:, None, :], of_rows[:, :, None]][..., None])


def _best(blocks: list[_Block], scores: Scores) -> Scores:
    """For each tag the best score that it is reached with."""
    reached = np.full(scores.shape, NEVER, np.int32)
    for to, of, moves in blocks:
        reached[to] = (scores[of][:, :, None] + moves).max(axis=1)
    return reached


def _first_two(through: Scores) -> tuple[Scores, Scores, NDArray[np.int8]]:
    """The highest score of each column, the next, and the row of the highest; the first such row."""
    best, second = through[0].copy(), np.full(through.shape[1], np.iinfo(np.int32).min, np.int32)
    tags = np.zeros(through.shape[1], np.int8)
    for tag, scores in enumerate(through[1:], 1):
        np.maximum(second, np.minimum(best, scores), out=second)
        tags[scores > best] = tag
        np.maximum(best, scores, out=best)
    return best, second, tags


def _traced(emission: Scores, chain: Chain) -> list[int]:
    """The tags of one run by Viterbi's algorithm."""
    score, came_from = emission[0] + chain.begin, []
    for row in emission[1:]:
        reached = score[:, None] + chain.moves
        came_from.append(reached.argmax(axis=0))
        score = reached.max(axis=0) + row
    tags = [int((score + chain.end).argmax())]
    for source in reversed(came_from):
        tags.append(int(source[tags[-1]]))
    return tags[::-1]
