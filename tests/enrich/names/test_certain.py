"""Which place a name means, and when nobody can tell."""

import pytest

from services.enrich.names.certain import certain_place
from services.enrich.names.places import Gazetteer, load_gazetteer


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.mark.parametrize(
    ("name", "countries", "meant"),
    [
        ("Seoul", set(), ("Seoul", "KR")),
        ("London", set(), ("London", "GB")),
        ("London", {"CA"}, ("London", "GB")),
        ("Paris", set(), ("Paris", "FR")),
        ("the U.S.", set(), ("United States", "US")),
        ("USA", set(), ("United States", "US")),
        ("Britain", set(), ("United Kingdom", "GB")),
        ("Kiev", set(), ("Kyiv", "UA")),
        ("Bombay", set(), ("Mumbai", "IN")),
        ("São Paulo", set(), ("São Paulo", "BR")),
        ("Sao Paulo", set(), ("São Paulo", "BR")),
        ("New York", set(), ("New York", "US")),
        ("Москва", set(), ("Moscow", "RU")),
        ("東京", set(), ("Tokyo", "JP")),
        ("Georgia", set(), None),
        ("Georgia", {"GE"}, ("Georgia", "GE")),
        ("Georgia", {"US"}, ("Georgia", "US")),
        ("Springfield", set(), None),
        ("Springfield", {"US"}, None),
        ("Cambridge", set(), None),
        ("Cambridge", {"GB"}, ("Cambridge", "GB")),
        ("Nowhere-on-Sea", set(), None),
    ],
)
def test_a_place_is_told_only_where_it_is_certain(
    gazetteer: Gazetteer, name: str, countries: set[str], meant: tuple[str, str] | None
) -> None:
    place, why = certain_place(gazetteer.named(name), countries, set())
    assert (place and (place.label, place.country)) == meant
    assert why


def test_a_state_tells_which_town_is_meant(gazetteer: Gazetteer) -> None:
    town, why = certain_place(gazetteer.named("Portland"), {"US"}, {"ME"})
    assert town is not None
    assert (town.state, town.country) == ("ME", "US")
    assert why == "in a state that the article names"


def test_cities_have_coordinates_and_countries_do_not(gazetteer: Gazetteer) -> None:
    seoul, france = gazetteer.named("Seoul")[0], gazetteer.named("France")[0]
    assert seoul.latitude == pytest.approx(37.57, abs=0.1)
    assert seoul.longitude == pytest.approx(126.98, abs=0.1)
    assert france.latitude is france.longitude is None
