"""Which place a name means, where that is certain."""

from collections.abc import Collection, Sequence

from services.enrich.names.places import CAPITAL, COUNTRY, STATE, Place

DOMINANT = 10
"""So many times the people of the next place of that name, and a place is meant without being told so."""

KNOWN_FROM = 100_000
"""People; a smaller place is meant only where its country is named in the article."""

WORLD_KNOWN = 1_000_000


def certain_place(candidates: Sequence[Place], countries: Collection[str], states: Collection[str]) -> Place | None:
    """The one of `candidates` that is meant in an article that names these countries and these states, if one is.

    A country goes before cities of its name, unless a state has that name too (Georgia): then the company decides.
    """
    if not candidates:
        return None
    nations = [place for place in candidates if place.kind == COUNTRY]
    regions = [place for place in candidates if place.kind == STATE]
    if nations and regions:
        if "US" in countries and nations[0].country not in countries:
            return regions[0]
        return nations[0] if nations[0].country in countries else None
    if nations:
        return nations[0]
    cities = [place for place in candidates if place.kind != STATE]
    if regions and not _outweighs(cities, regions[0]):
        return regions[0]
    return _city(cities, countries, states)


def _outweighs(cities: Sequence[Place], region: Place) -> bool:
    """New York is the city; Washington is either, in one country; Victoria is none of the United States' states."""
    return bool(cities) and cities[0].country == region.country and cities[0].population > 500_000


def _city(cities: Sequence[Place], countries: Collection[str], states: Collection[str]) -> Place | None:
    in_state = [city for city in cities if city.state and city.state in states]
    if in_state and _leads(in_state):
        return in_state[0]
    near = [city for city in cities if city.country in countries]
    if near and _leads(near) and (near[0] is cities[0] or cities[0].population < WORLD_KNOWN):
        return near[0]
    if _leads(cities) and (cities[0].population >= KNOWN_FROM or cities[0].kind == CAPITAL):
        return cities[0]
    return None


def _leads(cities: Sequence[Place]) -> bool:
    if len(cities) < 2:
        return bool(cities)
    first, second = cities[0], cities[1]
    if first.kind == CAPITAL and first.population >= WORLD_KNOWN and first.population > 3 * second.population:
        return True
    return first.population >= DOMINANT * second.population
