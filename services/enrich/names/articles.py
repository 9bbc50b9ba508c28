"""The names of whole articles: found, joined, and placed on the map where that is certain."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from services.contracts.enrichments import Name
from services.enrich.names.certain import certain_place
from services.enrich.names.features import LOWER, text_keys
from services.enrich.names.foreign import ForeignNames
from services.enrich.names.lists import FIRST_NAME, SURNAME, WRITTEN, WRITTEN_CAPITAL
from services.enrich.names.merge import Field, Group, Spot, merged
from services.enrich.names.model import Model, load_model
from services.enrich.names.namesakes import without_namesakes
from services.enrich.names.places import COUNTRY, STATE, Gazetteer, Place, load_gazetteer
from services.enrich.names.propagate import overlooked
from services.enrich.names.tagger import Found, Tagger
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
        english = [article for article in articles if article.english]
        readings = iter(self._tagger.find([text for article in english for text in article.fields.values()]))
        result: list[tuple[Name, ...]] = []
        for article in articles:
            if article.english:
                found = [next(readings) for _ in article.fields]
            else:
                found = [self._foreign.find(text, article.language) for text in article.fields.values()]
            result.append(self._names(article, found) if any(found) else ())
        return result

    def groups(self, article: Texts, found: Sequence[Sequence[Found]]) -> list[Group]:
        spots = [
            Spot(name, one.start, one.end, text[one.start : one.end], one.kind, one.confidence)
            for (name, text), ones in zip(article.fields.items(), found, strict=True)
            for one in ones
        ]
        spots = without_namesakes(spots, article.fields, self._could_be_a_person)
        spots += overlooked(spots, article.fields)
        order = {name: number for number, name in enumerate(article.fields)}
        spots.sort(key=lambda spot: (order[spot.field], spot.start))
        return merged(spots, self.gazetteer)

    def _names(self, article: Texts, found: Sequence[Sequence[Found]]) -> tuple[Name, ...]:
        groups = [group for group in self.groups(article, found) if group.confidence >= self.least]
        if len(groups) > MOST:
            most = sorted(range(len(groups)), key=lambda number: (-len(groups[number].spots), number))[:MOST]
            groups = [groups[number] for number in sorted(most)]
        named = [group.candidates for group in groups if group.kind == "place"]
        countries = {
            places[0].country
            for places in named
            if places and places[0].kind == COUNTRY and not any(place.kind == STATE for place in places)
        }
        states = {place.state for places in named for place in places if place.kind == STATE and place is places[0]}
        if states:
            countries.add("US")
        method = BY_MODEL if article.english else BY_GAZETTEER
        by_slug: dict[str, tuple[Group, Place | None]] = {}
        for group in groups:
            place = certain_place(group.candidates, countries, states) if group.kind == "place" else None
            slug = _slug_of(group.slug or (place.label if place else group.label).removeprefix("the "))
            if not slug:
                continue
            slug = f"{_PREFIX[group.kind]}:{slug}"
            if slug in by_slug:
                by_slug[slug][0].spots += group.spots
            else:
                by_slug[slug] = group, place
        return tuple(_name(slug, group, place, method) for slug, (group, place) in by_slug.items())


@lru_cache(_REMEMBERED)
def _slug_of(label: str) -> str:
    return plain_slug_of(label)


def _name(slug: str, group: Group, place: Place | None, method: str) -> Name:
    # As one document, which is checked faster than its mentions one by one.
    return Name.model_validate(
        {
            "slug": slug,
            "label": " ".join(group.label.split()),
            "kind": group.kind,
            "mentions": [{"field": spot.field, "start": spot.start, "end": spot.end} for spot in group.spots],
            "method": method,
            "confidence": group.confidence,
            "country": place.country if place else None,
            "latitude": place.latitude if place else None,
            "longitude": place.longitude if place else None,
        }
    )


def load_namer() -> Namer:
    """Read the model and the gazetteer (some 100 ms, 40 MB)."""
    return Namer(load_model(), load_gazetteer())
