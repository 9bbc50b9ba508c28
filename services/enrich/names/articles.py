"""The names of whole articles: found, joined, and placed on the map where that is certain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from services.contracts.enrichments import Name
from services.enrich.names.certain import NO_PLACE, certain_place
from services.enrich.names.features import LOWER, text_keys
from services.enrich.names.foreign import ForeignNames
from services.enrich.names.lists import FIRST_NAME, SURNAME, WRITTEN, WRITTEN_CAPITAL
from services.enrich.names.merge import Field, Group, Spot, merged
from services.enrich.names.model import Model, load_model
from services.enrich.names.namesakes import without_namesakes
from services.enrich.names.places import COUNTRY, STATE, Gazetteer, Place, load_gazetteer
from services.enrich.names.propagate import overlooked
from services.enrich.names.reasons import reasons
from services.enrich.names.tagger import Found, Kind, Tagger
from services.enrich.names.telling import Decided, told
from services.enrich.slugs import plain_slug_of

BY_MODEL, BY_GAZETTEER = "names:model", "names:gazetteer"

LEAST = 0.5
"""A name that is less likely right than wrong is not told."""

MOST = 60
"""Names of one article; those that are mentioned most."""

_REMEMBERED = 20_000

_PREFIX = {"person": "person", "organisation": "org", "place": "place"}


@dataclass(frozen=True, slots=True)
class Texts:
    """What is read of an article, by field, and its language if it is known."""

    fields: dict[Field, str]
    language: str | None

    @property
    def english(self) -> bool:
        """Where the language is unknown, plain letters are held to be English enough."""
        return self.language == "en" or (self.language is None and all(map(str.isascii, self.fields.values())))

    @property
    def method(self) -> str:
        return BY_MODEL if self.english else BY_GAZETTEER


@dataclass(slots=True)
class Namer:
    """Names the persons, organisations and places of articles. One thread at a time."""

    model: Model
    gazetteer: Gazetteer
    least: float = LEAST
    _tagger: Tagger = field(init=False)
    _foreign: ForeignNames = field(init=False)
    _known_bits: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tagger = Tagger(self.model)
        self._foreign = ForeignNames(
            self.gazetteer, lambda word: self._listed(word, FIRST_NAME), lambda word: self._listed(word, SURNAME)
        )

    def _listed(self, word: str, bit: int) -> bool:
        return bool(self._bits(word) & bit)

    def _bits(self, word: str) -> int:
        known = self._known_bits.get(word)
        if known is None:
            if len(self._known_bits) > _REMEMBERED:
                self._known_bits.clear()
            key = np.array([text_keys(word)[LOWER]], np.uint32)
            known = self._known_bits[word] = int(self.model.lexicon.of(key)[2][0])
        return known

    def _could_be_a_person(self, first: str, last: str) -> bool:
        surname = self._bits(last)
        return bool(surname & SURNAME) and surname // WRITTEN == WRITTEN_CAPITAL and self._listed(first, FIRST_NAME)

    def names(self, articles: Sequence[Texts]) -> list[tuple[Name, ...]]:
        """For each article its names, in the order of their first mentions."""
        return [
            told(self.decided(self.groups(article, found)), article.method) if any(found) else ()
            for article, found in zip(articles, self._found(articles), strict=True)
        ]

    def explain(self, article: Texts) -> str:
        """Why the names of an article are what they are."""
        [found] = self._found([article])
        groups = self.groups(article, found)
        decided = self.decided(self.groups(article, found))
        return reasons(decided, groups, self.least, by_model=article.english)

    def _found(self, articles: Sequence[Texts]) -> Iterator[list[list[Found]]]:
        """For each article what is found in each of its fields."""
        english = [article for article in articles if article.english]
        readings = iter(self._tagger.find([text for article in english for text in article.fields.values()]))
        for article in articles:
            if article.english:
                yield [next(readings) for _ in article.fields]
            else:
                yield [self._foreign.find(text, article.language) for text in article.fields.values()]

    def groups(self, article: Texts, found: Sequence[Sequence[Found]]) -> list[Group]:
        spots = [
            Spot(name, one.start, one.end, text[one.start : one.end], one.kind, one.confidence)
            for (name, text), ones in zip(article.fields.items(), found, strict=True)
            for one in ones
        ]
        spots = without_namesakes(spots, article.fields, self._could_be_a_person)
        if again := overlooked(spots, article.fields):
            order = {name: number for number, name in enumerate(article.fields)}
            spots += again
            spots.sort(key=lambda spot: (order[spot.field], spot.start))
        return merged(spots, self.gazetteer)

    def decided(self, groups: Sequence[Group]) -> dict[str, Decided]:
        """By slug what is told of the names of one article, in order."""
        groups = [group for group in groups if group.confidence >= self.least]
        if len(groups) > MOST:
            most = sorted(range(len(groups)), key=lambda number: (-len(groups[number].spots), number))[:MOST]
            groups = [groups[number] for number in sorted(most)]
        countries, states = _company([group.candidates for group in groups if group.candidates])
        by_slug: dict[str, Decided] = {}
        for group in groups:
            found = certain_place(group.candidates, countries, states) if group.kind == "place" else NO_PLACE
            slug = _slug_of(group.kind, group.slug or (found.place.label if found.place else group.label))
            if not slug:
                continue
            if slug in by_slug:
                by_slug[slug].group.spots += group.spots
            else:
                by_slug[slug] = Decided(group, found)
        return by_slug


def _company(named: Sequence[Sequence[Place]]) -> tuple[set[str], set[str]]:
    """The countries and the states of the United States that an article names; `named` has who bears each name."""
    countries = set()
    states = set()
    for places in named:
        if places[0].kind == COUNTRY and not any(place.kind == STATE for place in places):
            countries.add(places[0].country)
        elif places[0].kind == STATE:
            states.add(places[0].state)
    if states:
        countries.add("US")
    return countries, states


@lru_cache(_REMEMBERED)
def _slug_of(kind: Kind, label: str) -> str:
    """Empty for a label without letters."""
    slug = plain_slug_of(label.removeprefix("the "))
    return slug and f"{_PREFIX[kind]}:{slug}"


def load_namer() -> Namer:
    """Read the model and the gazetteer (some 100 ms, 40 MB)."""
    return Namer(load_model(), load_gazetteer())
