"""Which mentions are one name."""

import pytest

from services.enrich.names.merge import Spot, merged
from services.enrich.names.places import Gazetteer, load_gazetteer
from services.enrich.names.propagate import overlooked
from services.enrich.names.tagger import Kind
from services.enrich.slugs import plain_slug_of


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def spots(*named: tuple[str, Kind]) -> list[Spot]:
    return [Spot("text", 100 * at, 100 * at + len(name), name, kind, 0.9) for at, (name, kind) in enumerate(named)]


@pytest.mark.parametrize(
    ("named", "labels"),
    [
        ([("Vladimir Putin", "person"), ("Putin", "person")], ["Vladimir Putin"]),
        ([("Putin", "person"), ("Vladimir Putin", "person")], ["Vladimir Putin"]),
        ([("Xi Jinping", "person"), ("Xi", "person")], ["Xi Jinping"]),
        ([("Donald Trump", "person"), ("Donald J. Trump", "person")], ["Donald J. Trump"]),
        ([("Bill Clinton", "person"), ("Hillary Clinton", "person"), ("Clinton", "person")],
         ["Bill Clinton", "Hillary Clinton", "Clinton"]),
        ([("Carol Paris", "person"), ("Paris", "place")], ["Carol Paris", "Paris"]),
        ([("Apple", "organisation"), ("Apple Inc", "organisation")], ["Apple Inc"]),
        ([("World Health Organization", "organisation"), ("WHO", "organisation")], ["World Health Organization"]),
        ([("Harbour Rescue Association", "organisation"), ("HRA", "organisation")], ["Harbour Rescue Association"]),
        ([("Harbour Rescue Association", "organisation"), ("Home Rule Alliance", "organisation"),
          ("HRA", "organisation")], ["Harbour Rescue Association", "Home Rule Alliance", "HRA"]),
        ([("U.S.", "place"), ("US", "place")], ["U.S."]),
    ],
)  # fmt: skip
def test_one_name_stands_once(gazetteer: Gazetteer, named: list[tuple[str, Kind]], labels: list[str]) -> None:
    assert [group.label for group in merged(spots(*named), gazetteer)] == labels


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Selby waits. Rain fell on Selby.", [0, 26]),
        ("Selby waits. The Selby Bank is open.", [0]),
        ("Selby waits. Mary Selby spoke, and Selbyville too.", [0]),
        ("Selby waits at selby.example/Selby", [0]),
    ],
)
def test_the_same_name_is_found_wherever_it_stands_alone(text: str, places: list[int]) -> None:
    known = Spot("text", 0, 5, "Selby", "place", 0.95)
    assert [0, *(spot.start for spot in overlooked([known], {"text": text}))] == places


def test_what_the_model_was_unsure_of_is_not_looked_for() -> None:
    assert overlooked([Spot("text", 0, 5, "Selby", "place", 0.6)], {"text": "Selby waits. Selby goes."}) == []


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ("São Paulo", "sao-paulo"),
        ("Recep Tayyip Erdoğan", "recep-tayyip-erdogan"),
        ("Lech Wałęsa", "lech-walesa"),
        ("O'Brien & Sons", "obrien-sons"),
        ("Москва", "москва"),
        ("दिल्ली", "दिल्ली"),
        ("…", ""),
    ],
)
def test_slugs_of_names_have_no_accents(label: str, slug: str) -> None:
    assert plain_slug_of(label) == slug


def test_a_book_full_of_one_name_has_so_many_mentions_and_no_more() -> None:
    found = overlooked([Spot("text", 0, 5, "Selby", "place", 0.9)], {"text": "Selby waits. " * 50_000})
    assert len(found) == 500
