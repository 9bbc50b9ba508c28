"""How near an article is to each of some stories, and which of its terms make it so."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.enrich.stories.setting import Setting
from services.enrich.stories.shelf import FINE, MEMBERS, OF_TITLE, SECTIONS, Places, Shelf, Table, section_of
from services.enrich.stories.vector import ONE, Vector

_DAY_MS = 86_400_000.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of the stories at `places`, the scores, and the numbers of the members whose words and whose titles are most like
    the article's."""

    places: Places
    scores: Floats
    nearest: NDArray[np.int64]
    nearest_title: NDArray[np.int64]


def likeness(
    places: Places, vector: Vector, time: int, in_series: bool, shelf: Shelf, setting: Setting, table: Table
) -> Likeness:
    """`time` is the article's own, in ms; `in_series` whether its headline is one of a series. `table` is all zeros,
    before and after."""
    _put(vector, table)
    products = np.multiply(table[shelf.terms[places]], shelf.weights[places], dtype=np.int32)
    shared = np.add.reduceat(products, SECTIONS, axis=1)
    _wipe(vector, table)
    members, titles = shared[:, 1 : 1 + MEMBERS], shared[:, 1 + MEMBERS :]
    away = np.maximum(np.maximum(shelf.first[places] - time, time - shelf.last[places]), 0) / _DAY_MS
    scores = (
        setting.of_centroid / (ONE * FINE) * shared[:, 0]
        + setting.of_member / (ONE * ONE) * members.max(axis=1)
        + setting.of_title / (ONE * ONE) * titles.max(axis=1)
        - setting.for_age * np.minimum(np.log1p(away) / np.log1p(setting.oldest_days), 1.0)
        - setting.for_size * np.log2(shelf.articles[places] + 1.0)
        - setting.for_series * (shelf.series[places] | in_series)
    )
    return Likeness(places, scores, members.argmax(axis=1), titles.argmax(axis=1))


def parts(near: Likeness, number: int, vector: Vector, shelf: Shelf, setting: Setting, table: Table) -> Floats:
    """What each of the article's terms adds to the score against the story at `near.places[number]`, before anything
    is taken off."""
    place = near.places[number]
    member, title = 1 + int(near.nearest[number]), 1 + MEMBERS + int(near.nearest_title[number])
    terms, weights = shelf.terms[place], shelf.weights[place]
    found = np.zeros(len(vector.ids))
    for section, factor in ((0, setting.of_centroid / (ONE * FINE)), (member, setting.of_member / (ONE * ONE))):
        chosen = section_of(section)
        table[terms[chosen]] = weights[chosen]
        found += factor * table[vector.ids] * vector.weights
        table[terms[chosen]] = 0
    chosen = section_of(title)
    table[terms[chosen]] = weights[chosen]
    of_title = table[vector.title_ids + OF_TITLE]
    table[terms[chosen]] = 0
    table[vector.title_ids] = of_title
    of_title = table[vector.ids]
    table[vector.title_ids] = vector.title_weights
    found += setting.of_title / (ONE * ONE) * of_title * table[vector.ids]
    table[vector.title_ids] = 0
    return found


def _put(vector: Vector, table: Table) -> None:
    table[vector.ids] = vector.weights
    table[vector.title_ids + OF_TITLE] = vector.title_weights


def _wipe(vector: Vector, table: Table) -> None:
    table[vector.ids] = 0
    table[vector.title_ids + OF_TITLE] = 0
