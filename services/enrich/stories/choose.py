"""Which story an article belongs to, and why."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from services.enrich.stories.arrival import Arrival
from services.enrich.stories.likeness import Floats, Likeness, likeness, parts
from services.enrich.stories.setting import Setting
from services.enrich.stories.state import State
from services.enrich.stories.told import Reason
from services.enrich.stories.vector import Vector

CANDIDATES = 16
"""Stories that are looked at closely."""

_SHARED = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """`place` is None for a story of its own. `also` are another story's place where that is near enough, too.
    `series` is whether the headline comes again and again."""

    place: int | None
    because: Reason
    also: int | None = None
    series: bool = False


def choose(arrival: Arrival, vector: Vector, state: State, setting: Setting) -> Choice:
    article = arrival.article.bytes
    pinned = state.edits.pinned.get(article)
    if pinned is not None:
        place = None if pinned == article else state.place_of(pinned)
        if pinned == article or place is not None:
            return Choice(place, Reason("editor"))
    series = state.series.take(arrival.source, arrival.title, arrival.at)
    repeated = state.places.get(arrival.repeats.bytes) if arrival.repeats else None
    if repeated is not None:
        return Choice(repeated, Reason("repeat", nearest=arrival.repeats), series=series)
    places = state.index.near(vector.ids, vector.weights, CANDIDATES)
    places = places[state.shelf.articles[places] > 0]
    if not len(places):
        return Choice(None, Reason("opened", threshold=setting.threshold), series=series)
    near = likeness(places, vector, arrival.time, series, state.shelf, setting, state.table)
    return _nearest(near, vector, state, setting, series)


def _nearest(near: Likeness, vector: Vector, state: State, setting: Setting, series: bool) -> Choice:
    order = np.argsort(-near.scores, kind="stable")[:2].tolist()
    best = order[0]
    place, score = int(near.places[best]), float(near.scores[best])
    enough = score >= setting.threshold
    weights = parts(near, best, vector, state.shelf, setting, state.table) if enough else None
    if weights is not None:
        score -= max(0.0, _of_one_name(weights, vector) - setting.of_one_name)
        enough = score >= setting.threshold
    because = Reason(
        "similarity" if enough else "opened",
        round(score, 3),
        setting.threshold,
        _shared(weights, vector) if enough and weights is not None else (),
        UUID(bytes=state.shelf.member_ids[place, near.nearest[best]].tobytes()),
    )
    two = enough and len(order) > 1 and near.scores[order[1]] >= setting.threshold
    return Choice(place if enough else None, because, int(near.places[order[1]]) if two else None, series)


def _of_one_name(weights: Floats, vector: Vector) -> float:
    """The most that one word, or one name with the words that it is made of, brings."""
    brings: dict[str, float] = dict(zip(vector.texts, weights.tolist(), strict=True))
    names = [
        weight + sum(brings.get(word, 0.0) for word in text.partition(":")[2].split("-"))
        for text, weight in brings.items()
        if weight and ":" in text
    ]
    return max(0.0, *names, *brings.values())


def _shared(weights: Floats, vector: Vector) -> list[tuple[str, float]]:
    heaviest = np.argsort(-weights, kind="stable")[:_SHARED].tolist()
    return [(vector.texts[at], round(weight, 3)) for at in heaviest if (weight := float(weights[at]))]
