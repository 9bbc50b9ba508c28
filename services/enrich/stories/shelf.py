"""The stories that an article may still join, as rows of numbers: some 1.1 KB each beside their words."""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from services.enrich.stories.rarity import BUCKETS
from services.enrich.stories.vector import ONE, Vector

CENTROID = 64
MEMBERS = 3
MEMBER_TERMS = 20
TITLE_TERMS = 12

_TITLES = CENTROID + MEMBERS * MEMBER_TERMS
_WIDTH = _TITLES + MEMBERS * TITLE_TERMS
SECTIONS = np.array([0, *range(CENTROID, _TITLES, MEMBER_TERMS), *range(_TITLES, _WIDTH, TITLE_TERMS)])
"""Where the centroid, each member and each title begins in a row."""

OF_TITLE = BUCKETS
"""What is added to the bucket of a word of a title, so that it meets words of titles alone."""

FINE = 1 << 15
"""The length of a centroid, as `ONE` is that of an article."""

_INERTIA = 32
_MORE = 1.05

Places = NDArray[np.int64]
Numbers = NDArray[np.int64]

Table = NDArray[np.uint16]
"""A number for each bucket, and for each of a title's."""


@dataclass(slots=True)
class Shelf:
    """Row `i` of each array is of the story at place `i`; `articles` is 0 where there is none. A row of `terms` has the
    story's centroid, its latest members and their titles (`SECTIONS`), heaviest first; a term that is not there has
    weight 0. Moments are ms since 1970."""

    terms: NDArray[np.int32]
    weights: NDArray[np.uint16]
    member_ids: NDArray[np.uint8]
    members: NDArray[np.int32]
    articles: NDArray[np.int32]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    arrived: NDArray[np.int64]
    series: NDArray[np.bool_]

    @classmethod
    def begin(cls, places: int = 64) -> "Shelf":
        return cls(
            np.zeros((places, _WIDTH), np.int32),
            np.zeros((places, _WIDTH), np.uint16),
            np.zeros((places, MEMBERS, 16), np.uint8),
            np.zeros(places, np.int32),
            np.zeros(places, np.int32),
            np.zeros(places, np.int64),
            np.zeros(places, np.int64),
            np.zeros(places, np.int64),
            np.zeros(places, np.bool_),
        )

    def __len__(self) -> int:
        return len(self.articles)

    def arrays(self) -> Iterator[tuple[str, NDArray[np.generic]]]:
        for field in fields(self):
            yield field.name, getattr(self, field.name)

    def grow(self) -> None:
        """Make room for a twentieth more."""
        more = max(64, int(len(self) * (_MORE - 1)))
        for name, array in list(self.arrays()):
            setattr(self, name, np.concatenate([array, np.zeros((more, *array.shape[1:]), array.dtype)]))

    def clear(self, place: int) -> None:
        for _, array in self.arrays():
            array[place] = 0

    def centroid(self, place: int) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Terms and weights, which can be written to."""
        return self.terms[place, :CENTROID], self.weights[place, :CENTROID]

    def add(self, place: int, vector: Vector, article: bytes, time: int, at: int, table: Table) -> None:
        """Let the article be the latest of the story."""
        self._draw_near(place, vector, table)
        self._add_member(place, vector, article)
        alone = self.articles[place] == 0
        self.articles[place] += 1
        self.first[place] = time if alone else min(int(self.first[place]), time)
        self.last[place] = time if alone else max(int(self.last[place]), time)
        self.arrived[place] = max(int(self.arrived[place]), at)

    def _draw_near(self, place: int, vector: Vector, table: Table) -> None:
        """The mean of the articles, in which not more than `_INERTIA` earlier ones weigh against the latest."""
        terms, weights = self.centroid(place)
        table[vector.ids] = vector.weights
        held = weights * np.int64(min(int(self.articles[place]), _INERTIA)) + table[terms] * np.int64(FINE // ONE)
        table[terms] = 0
        new = table[vector.ids]
        table[vector.ids] = 0
        fresh = new > 0
        self.set_centroid(
            place,
            np.concatenate([terms, vector.ids[fresh]]),
            np.concatenate([held, new[fresh] * np.int64(FINE // ONE)]),
        )

    def set_centroid(self, place: int, terms: Numbers, weights: Numbers) -> None:
        """Of terms that come once; the heaviest are kept."""
        order = np.argsort(-weights, kind="stable")[:CENTROID]
        kept = weights[order]
        length = math.isqrt(int((kept * kept).sum())) or 1
        to_terms, to_weights = self.centroid(place)
        to_terms[: len(order)] = terms[order]
        to_weights[: len(order)] = np.minimum(kept * FINE // length, FINE)

    def mix(self, into: int, parts: list[tuple[NDArray[np.int32], Numbers]]) -> None:
        """The sum of several sets of terms as the story's centroid."""
        terms, where = np.unique(np.concatenate([terms for terms, _ in parts]), return_inverse=True)
        sums = np.bincount(where, np.concatenate([weights for _, weights in parts]))
        self.set_centroid(into, terms, sums.astype(np.int64))

    def _add_member(self, place: int, vector: Vector, article: bytes) -> None:
        number = int(self.members[place]) % MEMBERS
        self.members[place] += 1
        _write(self.terms[place], self.weights[place], 1 + number, vector.ids, vector.weights)
        _write(
            self.terms[place], self.weights[place], 1 + MEMBERS + number,
            vector.title_ids + OF_TITLE, vector.title_weights,
        )  # fmt: skip
        self.member_ids[place, number] = np.frombuffer(article, np.uint8)

    def take_member(self, place: int, into: int) -> None:
        """Let the latest member of one story stand among the other's."""
        self._copy_member(place, (int(self.members[place]) - 1) % MEMBERS, into)

    def take_members(
        self, place: int, into: int, articles: Collection[bytes]
    ) -> list[tuple[NDArray[np.int32], Numbers]]:
        """Let those of the members of one story that are among `articles` be the other's. Returns their terms."""
        taken = []
        for number in range(MEMBERS):
            if self.member_ids[place, number].tobytes() in articles:
                section = section_of(1 + number)
                taken.append((self.terms[place, section].copy(), self.weights[place, section].astype(np.int64)))
                self._copy_member(place, number, into)
                self.weights[place, section] = 0
                self.weights[place, section_of(1 + MEMBERS + number)] = 0
                self.member_ids[place, number] = 0
        return taken

    def _copy_member(self, place: int, number: int, into: int) -> None:
        to = int(self.members[into]) % MEMBERS
        for first in (1, 1 + MEMBERS):
            source, target = section_of(first + number), section_of(first + to)
            self.terms[into, target] = self.terms[place, source]
            self.weights[into, target] = self.weights[place, source]
        self.member_ids[into, to] = self.member_ids[place, number]
        self.members[into] += 1


_ENDS = [*SECTIONS[1:].tolist(), _WIDTH]


def section_of(number: int) -> slice:
    """The part of a row: 0 is the centroid, then come the members, then their titles."""
    return slice(int(SECTIONS[number]), _ENDS[number])


def _write(
    terms: NDArray[np.int32], weights: NDArray[np.uint16], number: int, ids: Numbers, ids_weights: NDArray[np.int32]
) -> None:
    section = section_of(number)
    kept = min(len(ids), section.stop - section.start)
    terms[section.start : section.start + kept] = ids[:kept]
    weights[section.start : section.start + kept] = ids_weights[:kept]
    weights[section.start + kept : section.stop] = 0
