"""The formula of the documentation, number by number."""

import math
from itertools import pairwise

import pytest

from services.api.readmodel.stories_momentum import WINDOW_MS, Arrival, momentum

NOW = 100 * WINDOW_MS
HOUR = WINDOW_MS // 6


def told(*ago_hours: float, source: str = "") -> list[Arrival]:
    """Articles that came so long ago, each of its own source unless one is named."""
    return [Arrival(NOW - int(ago * HOUR), source or f"{place}.example") for place, ago in enumerate(ago_hours)]


def deviation(now: float, expected: float) -> float:
    return math.sqrt(2 * (now * math.log(now / expected) - (now - expected)))


@pytest.mark.parametrize(
    ("arrivals", "opened_hours", "expected"),
    [
        (told(0), 0, 0.0),
        (told(0, 0), 0, deviation(4, 2)),
        (told(0, 0, source="a.example"), 0, deviation(3, 2)),
        (told(0, 0, 0, 0, 0), 0, deviation(10, 2)),
        (told(3, 3, 3, 3, 3), 3, deviation(5, 2)),
        (told(6, 7, 8), 8, 0.0),
        (told(0, 0) + told(9, 9, 9), 12, 0.0),
        (told(0, 0, 0) + told(9, 9), 12, deviation(6, 2 + 4 / 2)),
        (told(0, 0, 0) + told(9, 15, source="a.example"), 18, deviation(6, 2 + 4 / 2 / 2)),
        (told(0, 0) + told(6 * 29, source="a.example"), 6 * 40, deviation(4, 2)),
        (told(0, 0) + [Arrival(NOW + 1, "late.example")] * 9, 0, deviation(4, 2)),
    ],
)
def test_it_is_what_the_formula_says(arrivals: list[Arrival], opened_hours: float, expected: float) -> None:
    found = momentum(arrivals, NOW - int(opened_hours * HOUR), NOW)
    assert found == pytest.approx(expected, abs=1e-6)


def test_it_fades_without_a_jump() -> None:
    ages = [momentum([Arrival(0, str(n)) for n in range(6)], 0, minute * HOUR // 60) for minute in range(0, 400, 5)]
    assert ages[0] > 4
    assert ages[-1] == 0
    assert all(0 <= before - after < 0.3 for before, after in pairwise(ages))


def test_more_sources_say_more_than_more_articles_of_one() -> None:
    assert momentum(told(0, 1, 2), NOW, NOW) > momentum(told(0, 1, 2, source="a.example"), NOW, NOW)


def test_a_story_that_is_always_told_has_none_until_more_is() -> None:
    steady = [Arrival(NOW - hour * HOUR, f"{hour % 5}.example") for hour in range(7 * 24)]
    assert momentum(steady, NOW - 200 * HOUR, NOW) == 0
    assert momentum(steady + told(*[0] * 20), NOW - 200 * HOUR, NOW) > 4
