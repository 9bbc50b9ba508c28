"""Which place a name means, where that is certain."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from services.enrich.names.places import CAPITAL, COUNTRY, STATE, Place

DOMINANT = 10
"""So many times the people of the next place of that name, and a place is meant without being told so."""

KNOWN_FROM = 100_000
"""People; a smaller place is meant only where its country is named in the article."""

WORLD_KNOWN = 1_000_000


class Certainty(NamedTuple):
    """The place that is meant, if one is certain, and why."""

    place: Place | None
    why: str


NO_PLACE = Certainty(None, "not a place")


def certain_place(candidates: Sequence[Place], countries: Collection[str], states: Collection[str]) -> Certainty:
    """The one of `candidates` that is meant in an article that names these countries and these states, if one is.

    A country goes before cities of its name, unless a state has that name too (Georgia): then the company decides.
    """
    if not candidates:
        return Certainty(None, "no place of that name is known")
    nations = [place for place in candidates if place.kind == COUNTRY]
    regions = [place for place in candidates if place.kind == STATE]
    if nations:
        return _by_company(nations[0], regions[0], countries) if regions else Certainty(nations[0], "a country")
    cities = [place for place in candidates if place.kind != STATE]
    if regions and not _outweighs(cities, regions[0]):
        return Certainty(regions[0], "a state of the United States")
    return _city(cities, countries, states)


def _by_company(nation: Place, region: Place, countries: Collection[str]) -> Certainty:
    if nation.country in countries:
        return Certainty(nation, "a country that the article names in another way, too")
    if "US" in countries:
        return Certainty(region, "a state and a country, and the article names the United States")
    return Certainty(None, "a country and a state, and nothing says which")


def _outweighs(cities: Sequence[Place], region: Place) -> bool:
    """New York is the city; Washington is either, in one country; Victoria is none of the United States' states."""
    return bool(cities) and cities[0].country == region.country and cities[0].population > 500_000


def _city(cities: Sequence[Place], countries: Collection[str], states: Collection[str]) -> Certainty:
    in_state = [city for city in cities if city.state and city.state in states]
    if in_state and _leads(in_state):
        return Certainty(in_state[0], "in a state that the article names")
    near = [city for city in cities if city.country in countries]
    if near and _leads(near) and (near[0] is cities[0] or cities[0].population < WORLD_KNOWN):
        return Certainty(near[0], "in a country that the article names")
    if not _leads(cities):
        return Certainty(None, f"one of {len(cities)} places of that name, and nothing says which")
    if cities[0].population < KNOWN_FROM and cities[0].kind != CAPITAL:
        return Certainty(None, "too small a place to be meant without its country")
    return Certainty(cities[0], "the largest of that name by far" if len(cities) > 1 else "the only place of that name")


def _leads(cities: Sequence[Place]) -> bool:
    if len(cities) < 2:
        return bool(cities)
    first, second = cities[0], cities[1]
    if first.kind == CAPITAL and first.population >= WORLD_KNOWN and first.population > 3 * second.population:
        return True
    return first.population >= DOMINANT * second.population
