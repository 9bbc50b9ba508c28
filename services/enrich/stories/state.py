"""All that the engine of one language remembers, and what can be done to it. What is decided, `engine` decides."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from services.enrich.stories.arrival import Arrival
from services.enrich.stories.index import Index
from services.enrich.stories.rarity import BUCKETS, Background, Rarity, bucket
from services.enrich.stories.series import Series
from services.enrich.stories.shelf import FINE, Shelf, Table
from services.enrich.stories.told import TOLD_TERMS, Told
from services.enrich.stories.vector import ONE, Vector

_LOOKED_AT = 16


@dataclass(slots=True)
class Edits:
    """What editors said, kept for ever. Stories and articles that are not known yet are waited for."""

    pinned: dict[bytes, bytes] = field(default_factory=dict)
    """Article to story."""
    merged: dict[bytes, bytes] = field(default_factory=dict)
    """Stories to be merged into others as soon as both are there."""
    apart: set[tuple[bytes, bytes]] = field(default_factory=set)
    """Stories that the wire may not merge, the lesser id first."""
    titles: dict[bytes, str | None] = field(default_factory=dict)
    """Of stories that are not there yet."""

    def __bool__(self) -> bool:
        return bool(self.pinned or self.merged or self.titles)


@dataclass(slots=True)
class State:
    """`told[place]` is the story of row `place` of the shelf; `places` has that of each known article. `into` has
    the ids of merged stories. `clock` is the latest arrival, in ms."""

    rarity: Rarity
    shelf: Shelf
    index: Index
    series: Series
    told: list[Told | None]
    free: list[int]
    places: dict[bytes, int] = field(default_factory=dict)
    ids: dict[bytes, int] = field(default_factory=dict)
    into: dict[bytes, bytes] = field(default_factory=dict)
    edits: Edits = field(default_factory=Edits)
    clock: int = 0
    sequence: int = 0
    table: Table = field(default_factory=lambda: np.zeros(2 * BUCKETS, np.uint16))
    """To calculate with: all zeros between two uses."""

    @classmethod
    def begin(cls, background: Background) -> "State":
        shelf = Shelf.begin()
        return cls(
            Rarity.begin(background), shelf, Index.begin(), Series.begin(), [None] * len(shelf), _free(len(shelf))
        )

    def story(self, place: int) -> Told:
        told = self.told[place]
        if told is None:
            raise LookupError(f"no story is at place {place}")
        return told

    def place_of(self, story: bytes) -> int | None:
        """Where the story is, or the one that it was merged into; None where neither is known (any more)."""
        while (into := self.into.get(story)) is not None:
            story = into
        return self.ids.get(story)

    def next_sequence(self) -> int:
        self.sequence = max(self.sequence + 1, self.clock)
        return self.sequence

    def elder_first(self, one: int, other: int) -> tuple[int, int]:
        pair = sorted((self.story(place).opened, self.story(place).id, place) for place in (one, other))
        return pair[0][2], pair[1][2]

    def open(self, story: bytes, title: str, article: bytes, at: int) -> int:
        """An empty place for a story that its first article is to be added to."""
        if not self.free:
            self.grow()
        place = self.free.pop()
        self.told[place] = Told(story, at, title, article)
        self.ids[story] = place
        if self.index.too_small_for(len(self.ids)):
            self.index = self.reindexed()
        return place

    def grow(self) -> None:
        before = len(self.shelf)
        self.shelf.grow()
        more = len(self.shelf) - before
        self.told += [None] * more
        self.free += [before + number for number in _free(more)]

    def reindexed(self) -> Index:
        index = Index.begin(2 * len(self.index.rows))
        places = np.flatnonzero(self.shelf.articles)
        for place in places[np.argsort(self.shelf.arrived[places], kind="stable")].tolist():
            index.post(self.shelf.centroid(place)[0].astype(np.int64), place)
        return index

    def add(self, place: int, vector: Vector, arrival: Arrival, series: bool) -> None:
        article = arrival.article.bytes
        self.shelf.series[place] = series and (not self.shelf.articles[place] or self.shelf.series[place])
        self.shelf.add(place, vector, article, arrival.time, arrival.at, self.table)
        self.index.post(vector.ids, place)
        told = self.story(place)
        told.add(article, arrival.source)
        told.quiet = False
        self.places[article] = place

    def heaviest(self, place: int, vector: Vector | None) -> list[tuple[str, float]]:
        """The story's heaviest terms of those whose texts are known: from before, or as terms of this article."""
        words = tuple(self.story(place).words.split("\n")) if self.story(place).words else ()
        texts, ids = words, np.array([bucket(text) for text in words], np.int64)
        if vector is not None:
            texts += vector.texts[:_LOOKED_AT]
            ids = np.concatenate([ids, vector.ids[:_LOOKED_AT]])
        terms, centroid = self.shelf.centroid(place)
        self.table[terms] = centroid
        weights = self.table[ids].astype(np.int32)
        self.table[terms] = 0
        heaviest: dict[str, float] = {}
        for number in np.argsort(-weights, kind="stable").tolist():
            if weights[number] and len(heaviest) < TOLD_TERMS:
                heaviest.setdefault(texts[number], round(float(weights[number]) / FINE, 3))
        return list(heaviest.items())

    def like_each_other(self, one: int, other: int) -> float:
        """The cosine of two stories' centroids."""
        terms, weights = self.shelf.centroid(one)
        other_terms, other_weights = self.shelf.centroid(other)
        self.table[terms] = weights
        shared = int((self.table[other_terms].astype(np.int64) * other_weights).sum())
        self.table[terms] = 0
        return shared / (FINE * FINE)

    def merge(self, place: int, into: int) -> None:
        """All of one story becomes the other's."""
        shelf, gone, kept = self.shelf, self.story(place), self.story(into)
        shelf.mix(into, [(shelf.centroid(one)[0], shelf.centroid(one)[1] * np.int64(shelf.articles[one]))
                         for one in (into, place)])  # fmt: skip
        shelf.take_member(place, into)
        shelf.series[into] &= shelf.series[place]
        shelf.articles[into] += shelf.articles[place]
        shelf.first[into] = min(shelf.first[into], shelf.first[place])
        shelf.last[into] = max(shelf.last[into], shelf.last[place])
        shelf.arrived[into] = max(shelf.arrived[into], shelf.arrived[place])
        self.index.post(shelf.centroid(into)[0].astype(np.int64), into)
        kept.take_over(gone.entries)
        for article in gone.articles:
            self.places[article] = into
        self.into[gone.id] = kept.id
        renamed = ({kept.id if one == gone.id else one for one in pair} for pair in self.edits.apart)
        self.edits.apart = {(min(pair), max(pair)) for pair in renamed if len(pair) == 2}
        self._leave(place)

    def move(self, articles: Collection[bytes], place: int, to: int) -> None:
        """Some articles of one story become another's. Only of those that are its latest members it is still known what
        they are like: the others leave no trace in the other story, and none leaves one less in its own."""
        shelf = self.shelf
        told = self.story(place)
        self.story(to).take_over(told.give_up(articles))
        if told.title_from in articles:
            told.title, told.title_from = "", told.articles[0]
        for article in articles:
            self.places[article] = to
        known = shelf.take_members(place, to, articles)
        terms, weights = shelf.centroid(to if shelf.articles[to] else place)
        if not known or shelf.articles[to]:
            known.append((terms.copy(), weights * np.int64(ONE) // FINE))
        shelf.mix(to, known)
        self.index.post(shelf.centroid(to)[0].astype(np.int64), to)
        if not shelf.articles[to]:
            shelf.first[to], shelf.last[to] = shelf.first[place], shelf.last[place]
        shelf.arrived[to] = max(shelf.arrived[to], shelf.arrived[place])
        shelf.articles[to] += len(articles)
        shelf.articles[place] -= len(articles)

    def forget(self, place: int) -> None:
        """Its articles keep it; none can join it any more."""
        for article in self.story(place).articles:
            del self.places[article]
        self._leave(place)

    def _leave(self, place: int) -> None:
        del self.ids[self.story(place).id]
        self.told[place] = None
        self.shelf.clear(place)
        self.free.append(place)


def _free(places: int) -> list[int]:
    return list(range(places - 1, -1, -1))
