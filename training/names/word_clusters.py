"""Words grouped by the company they keep: positive pointwise mutual information, reduced, then k-means. No labels."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SEED = 11
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Clusters:
    """`of[i]` is the cluster of `words[i]`, from 1 on; `classes[c]` the class of cluster c (0: none)."""

    words: list[str]
    of: NDArray[np.uint16]
    classes: NDArray[np.uint8]


def cluster(
    sentences: Iterable[Sequence[str]],
    *,
    least: int = 4,
    most: int = 40_000,
    contexts: int = 2000,
    clusters: int = 600,
    classes: int = 60,
) -> Clusters:
    """Clusters of the commonest lower-cased words of `sentences`, seen by the words up to two places away."""
    numbered = [list(sentence) for sentence in sentences]
    counts = Counter(word for sentence in numbered for word in sentence)
    words = [
        word for word, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most] if count >= least
    ]
    ids = {word: number for number, word in enumerate(words)}
    stream = np.array(
        [number for one in numbered for number in (-1, -1, *(ids.get(word, -1) for word in one))], np.int64
    )
    vectors = _reduced(_positive_information(stream, len(words), contexts))
    fine, centres = _k_means(vectors, clusters)
    coarse, _ = _k_means(centres, classes)
    return Clusters(words, (fine + 1).astype(np.uint16), np.concatenate([[0], coarse + 1]).astype(np.uint8))


def _positive_information(stream: NDArray[np.int64], words: int, contexts: int) -> NDArray[np.float32]:
    """A row for each word: how much more often each frequent word stands at each place beside it than by chance."""
    blocks = []
    for distance in (-2, -1, 1, 2):
        centre = stream[2:-2]
        beside = stream[2 + distance : len(stream) - 2 + distance]
        valid = (centre >= 0) & (beside >= 0) & (beside < contexts)
        joint = np.bincount(centre[valid] * contexts + beside[valid], minlength=words * contexts)
        table = joint.reshape(words, contexts).astype(np.float32)
        # Smoothed counts of contexts keep rare ones from weighing most (Levy, Goldberg and Dagan 2015).
        column = table.sum(axis=0) ** 0.75
        chance = table.sum(axis=1, keepdims=True) * (column / column.sum())[None, :]
        with np.errstate(divide="ignore", invalid="ignore"):
            information = np.log(table / chance)
        blocks.append(
            np.where(table > 0, np.maximum(information, 0), 0).astype(np.float32) * (1 if abs(distance) == 1 else 0.6)
        )
    return np.concatenate(blocks, axis=1)


def _reduced(table: NDArray[np.float32], dimensions: int = 80) -> NDArray[np.float32]:
    """Rows in few dimensions, of length 1 (randomised singular value decomposition, Halko et al. 2011)."""
    random = np.random.default_rng(_SEED)
    basis = table @ random.standard_normal((table.shape[1], dimensions + 10)).astype(np.float32)
    for _ in range(2):
        basis = table @ (table.T @ np.linalg.qr(basis)[0])
    basis = np.linalg.qr(basis)[0]
    left, strength, _ = np.linalg.svd(basis.T @ table, full_matrices=False)
    vectors = (basis @ left)[:, :dimensions] * np.sqrt(strength[:dimensions])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit


def _k_means(vectors: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    random = np.random.default_rng(_SEED)
    centres = vectors[random.choice(min(len(vectors), 8 * count), min(count, len(vectors)), replace=False)]
    nearest = np.zeros(len(vectors), np.int64)
    for _ in range(_ROUNDS):
        nearest = (vectors @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-9), centres).astype(np.float32)
    return nearest, centres
