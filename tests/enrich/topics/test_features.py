"""Texts as numbered features: the same whatever stands beside them."""

import numpy as np

from services.enrich.topics.features import BITS, MOST_WORDS, Features, features_of

TEXTS = ["Ferry strike ends", "", "?!", "Ferry strike ends", "A naïve café \ud800 政府発表", "ferries strike END"]


def each(features: Features) -> list[list[int]]:
    return [features.ids[start:end].tolist() for start, end in zip(features.bounds, features.bounds[1:], strict=False)]


def test_a_text_has_its_words_and_pairs_of_neighbours() -> None:
    [found] = each(features_of(["ferry strike ends"]))
    assert len(found) == 5
    assert found == sorted(set(found))
    assert all(0 <= feature < 1 << BITS for feature in found)
    [reordered] = each(features_of(["ends strike ferry"]))
    assert len(set(found) & set(reordered)) == 3


def test_a_text_has_the_same_features_alone_and_among_others() -> None:
    assert each(features_of(TEXTS)) == [found for text in TEXTS for found in each(features_of([text]))]


def test_nothing_is_found_in_nothing() -> None:
    assert each(features_of([])) == []
    assert each(features_of(["", "a . !"])) == [[], []]
    assert features_of([]).bounds.tolist() == [0]


def test_case_and_plurals_do_not_matter_and_numbers_count_by_their_length() -> None:
    one, other = each(features_of(["Ferries in 1984", "FERRY in 2026"]))
    assert one == other


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    words = " ".join(f"word{number}x" for number in range(MOST_WORDS))
    alone, longer = each(features_of([words, f"{words} and what follows"]))
    assert alone == longer


def test_features_are_the_same_in_every_process_and_on_every_machine() -> None:
    assert features_of(["Parliament votes"]).ids.tolist() == [13612, 59880, 106837]
    assert features_of(["Parliament votes"]).ids.dtype == np.int64
