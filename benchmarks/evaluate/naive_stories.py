"""What the stories are compared with: each article joins the nearest centroid of TF-IDF that is near enough."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from benchmarks.evaluate.story_scores import Score, score
from services.enrich.stories.rarity import background_of
from services.enrich.stories.words import words_of

_THRESHOLDS = [step / 100 for step in range(16, 38, 3)]

Vector = dict[str, float]


def best_naive(lines: Sequence[str], gold: Sequence[str]) -> tuple[float, Score]:
    """The threshold of the highest B-cubed F1 in this very order, and its score."""
    vectors = [_vector(line) for line in lines]
    scored = [(threshold, score(gold, _grouped(vectors, threshold))) for threshold in _THRESHOLDS]
    return max(scored, key=lambda pair: pair[1].f1)


def _vector(line: str) -> Vector:
    told, background = json.loads(line), background_of("en")
    words = Counter(words_of(" ".join(filter(None, map(told.get, ("title", "summary", "text")))), "en"))
    weights = {
        word: (1 + math.log(count)) * math.log((background.texts + 1) / (background.counts.get(word, 0) + 1))
        for word, count in words.items()
    }
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / length for word, weight in weights.items()}


def _grouped(vectors: Sequence[Vector], threshold: float) -> list[int]:
    sums: list[Vector] = []
    squares: list[float] = []
    with_word = defaultdict[str, list[int]](list)
    groups = []
    for vector in vectors:
        shared = Counter[int]()
        for word, weight in vector.items():
            for group in with_word[word]:
                shared[group] += weight * sums[group][word]  # type: ignore[assignment]  # a Counter of floats
        nearest = max(shared, key=lambda group: shared[group] / math.sqrt(squares[group]), default=-1)
        if nearest < 0 or shared[nearest] / math.sqrt(squares[nearest]) < threshold:
            nearest = len(sums)
            sums.append({})
            squares.append(0.0)
        total = sums[nearest]
        for word, weight in vector.items():
            if word not in total:
                with_word[word].append(nearest)
            before = total.get(word, 0.0)
            total[word] = before + weight
            squares[nearest] += weight * (2 * before + weight)
        groups.append(nearest)
    return groups
