"""B-cubed and pairwise precision, recall and F1 of a partition against another."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Score:
    precision: float
    recall: float
    f1: float
    pair_precision: float
    pair_recall: float
    pair_f1: float
    stories: float

    def __str__(self) -> str:
        return (
            f"B-cubed {self.f1:.3f} ({self.precision:.3f}/{self.recall:.3f}) pairwise {self.pair_f1:.3f} "
            f"({self.pair_precision:.3f}/{self.pair_recall:.3f}) {self.stories:3.0f} stories"
        )

    @classmethod
    def mean(cls, scores: Sequence["Score"]) -> "Score":
        return cls(*(sum(values) / len(scores) for values in zip(*map(astuple, scores), strict=True)))


def score(gold: Sequence[Hashable], found: Sequence[Hashable]) -> Score:
    """B-cubed after Bagga and Baldwin (1998), each article weighing alike; pairs after Rand (1971)."""
    both, in_gold, in_found = Counter(zip(gold, found, strict=True)), Counter(gold), Counter(found)
    precision = sum(both[pair] / in_found[pair[1]] for pair in zip(gold, found, strict=True)) / len(gold)
    recall = sum(both[pair] / in_gold[pair[0]] for pair in zip(gold, found, strict=True)) / len(gold)
    right, said, there = (sum(n * (n - 1) // 2 for n in counts.values()) for counts in (both, in_found, in_gold))
    pair_precision, pair_recall = right / said if said else 1.0, right / there if there else 1.0
    return Score(
        precision, recall, _f1(precision, recall),
        pair_precision, pair_recall, _f1(pair_precision, pair_recall),
        len(in_found),
    )  # fmt: skip


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
