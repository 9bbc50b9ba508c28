"""An article as weighted terms: words of its title, summary and text, and its names."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.enrich.stories.arrival import Arrival
from services.enrich.stories.rarity import Ids, Rarity, bucket
from services.enrich.stories.setting import Setting
from services.enrich.stories.words import words_of, words_of_address

ONE = 1 << 12
"""Weights are whole numbers, of which the root of the sum of squares is this: sums of products are exact then, and the
same on every machine."""

_FINE = 1024.0
_OF_COUNT = [0.0, *(1.0 + math.log(count) for count in range(1, 1000))]

Weights = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Vector:
    """`texts[i]` is the word or the slug behind `ids[i]`, `weights[i]` its weight; heaviest first. `title_ids` and
    `title_weights` are those of the title alone, `all_ids` of all that was read."""

    texts: tuple[str, ...]
    ids: Ids
    weights: Weights
    title_ids: Ids
    title_weights: Weights
    all_ids: Ids


def vector_of(arrival: Arrival, language: str | None, rarity: Rarity, setting: Setting) -> Vector:
    title = dict.fromkeys(words_of(arrival.title, language))
    if not title and not arrival.terms:
        title = dict.fromkeys(words_of_address(arrival.url, language))
    most, bonus = len(_OF_COUNT) - 1, setting.title_bonus
    parts = {word: _OF_COUNT[min(count, most)] for word, count in arrival.terms.items()}
    for word in title:
        parts[word] = parts.get(word, 0.0) + bonus
    if setting.digits_weight != 1.0:
        for word in parts:
            if word[0] in "0123456789":
                parts[word] *= setting.digits_weight
    for slug, mentions, in_title in arrival.names:
        parts[slug] = setting.name_weight * (_OF_COUNT[min(mentions, most)] + (bonus if in_title else 0.0))
    ids = np.array([bucket(text) for text in parts], np.int64)
    rare = rarity.weigh(ids)
    weighed = np.fromiter(parts.values(), np.float64, len(parts)) * rare
    order = np.argsort(-weighed, kind="stable")[: setting.article_terms]
    texts = tuple(parts)
    at = {text: number for number, text in enumerate(texts)}
    of_title = [at[word] for word in title]
    return Vector(
        tuple(texts[number] for number in order.tolist()),
        ids[order],
        whole(weighed[order], setting.silent),
        ids[of_title],
        whole(rare[of_title], setting.title_silent),
        ids,
    )


def whole(weights: NDArray[np.float64], silent: float) -> Weights:
    """Of length `ONE` together with `silent`, in whole numbers."""
    fine = np.rint(weights * _FINE).astype(np.int64)
    length = math.isqrt(int((fine * fine).sum()) + int(silent * _FINE) ** 2) or 1
    return (fine * ONE // length).astype(np.int32)
