"""The best path, against trying every path."""

from itertools import pairwise, product

import numpy as np
import pytest

from services.enrich.names.viterbi import NEVER, Chain, Decoder

TAGS = 3


def chain(random: np.random.Generator) -> Chain:
    moves = random.integers(-50, 50, (TAGS, TAGS)).astype(np.int32)
    moves[0, 2] = NEVER
    begin, end = (random.integers(-20, 20, TAGS).astype(np.int32) for _ in range(2))
    begin[2] = NEVER
    return Chain(moves, begin, end)


def total(path: tuple[int, ...], emission: np.ndarray[tuple[int, int], np.dtype[np.int32]], given: Chain) -> int:
    score = int(given.begin[path[0]] + given.end[path[-1]])
    score += sum(int(emission[place, tag]) for place, tag in enumerate(path))
    return score + sum(int(given.moves[before, after]) for before, after in pairwise(path))


@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_best_of_all_paths_and_knows_by_how_much(seed: int) -> None:
    random = np.random.default_rng(seed)
    given = chain(random)
    lengths = random.integers(1, 6, 7)
    emission = random.integers(-60, 60, (int(lengths.sum()), TAGS)).astype(np.int32)
    begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    tags, margins = Decoder(given).best_tags(emission, begins)
    for begin, length in zip(begins, lengths, strict=True):
        own = emission[begin : begin + length]
        scores = {path: total(path, own, given) for path in product(range(TAGS), repeat=int(length))}
        found = tuple(tags[begin : begin + length].tolist())
        assert scores[found] == max(scores.values())
        for place in range(length):
            others = max(score for path, score in scores.items() if path[place] != found[place])
            assert margins[begin + place] == scores[found] - others


def test_of_equally_good_paths_one_is_taken_whole() -> None:
    """Two paths, each as good as the other: the tags of the one may not follow those of the other."""
    moves = np.array([[5, NEVER], [NEVER, 5]], np.int32)
    nothing = np.zeros(2, np.int32)
    tags, margins = Decoder(Chain(moves, nothing, nothing)).best_tags(np.zeros((6, 2), np.int32), np.array([0, 4]))
    assert tags.tolist() == [0] * 6
    assert margins.tolist() == [0] * 6


def test_no_words_have_no_tags() -> None:
    tags, margins = Decoder(chain(np.random.default_rng(1))).best_tags(
        np.zeros((0, TAGS), np.int32), np.zeros(0, np.int64)
    )
    assert len(tags) == len(margins) == 0
