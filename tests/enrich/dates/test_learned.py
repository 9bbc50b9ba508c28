"""Whether a feed's clock is off, from the delays of its freshest articles."""

import random
from datetime import timedelta

import pytest

from services.enrich.dates.learned import FEWEST_POLLS, FeedDates, learned_offset


def delays(number: int = 48, *, off_min: int = 0, every_min: int = 60, seed: int = 1) -> tuple[int, ...]:
    """Of a feed that is polled every so often and publishes whenever it likes, whose dates are so far ahead."""
    chance = random.Random(seed)
    return tuple(int(2 + every_min * chance.random() ** 2) - off_min for _ in range(number))


@pytest.mark.parametrize("hours", [-12, -9.5, -5, -4, -3.5, -1, 1, 2, 3.5, 5.5, 8, 9.5, 13])
@pytest.mark.parametrize("every_min", [5, 15, 60])
def test_a_steady_lead_or_lag_of_whole_or_usual_half_hours_is_learned(hours: float, every_min: int) -> None:
    found = learned_offset(delays(off_min=int(hours * 60), every_min=every_min))
    assert found is not None
    assert (found.ahead, found.polls) == (timedelta(hours=hours), 48)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("every_min", [5, 60, 120, 240])
def test_a_feed_that_is_right_is_left_alone(every_min: int, seed: int) -> None:
    assert learned_offset(delays(every_min=every_min, seed=seed)) is None


def test_too_few_polls_teach_nothing() -> None:
    assert learned_offset(delays(FEWEST_POLLS - 1, off_min=120)) is None
    assert learned_offset(delays(FEWEST_POLLS, off_min=120)) is not None


def test_articles_planned_ahead_now_and_then_are_no_lead() -> None:
    assert learned_offset(tuple(-120 if number % 6 == 0 else 5 + number % 30 for number in range(48))) is None


def test_a_slow_feed_is_not_behind() -> None:
    assert learned_offset(tuple(65 + number * 7 % 240 for number in range(48))) is None


def test_a_publisher_who_repairs_the_clock_is_believed_again_at_once() -> None:
    assert learned_offset((*delays(40, off_min=120), *delays(8))) is None


def test_when_summer_time_begins_nothing_is_said_until_it_is_clear() -> None:
    learned = [learned_offset((*delays(48, off_min=60), *delays(new, off_min=120, seed=2))) for new in range(1, 49)]
    hours = [found and found.ahead / timedelta(hours=1) for found in learned]
    assert hours[0] == 1
    assert hours[-1] == 2
    assert None in hours
    assert set(hours[: hours.index(None)]) == {1.0}
    assert set(hours[-10:]) == {2.0}


def test_the_zone_is_written_as_zones_are() -> None:
    for hours, zone in ((2, "+02:00"), (-5, "-05:00"), (5.5, "+05:30"), (-3.5, "-03:30")):
        found = learned_offset(delays(off_min=int(hours * 60), every_min=5))
        assert found is not None
        assert found.zone == zone


def test_only_a_feed_that_never_names_a_time_knows_none() -> None:
    assert FeedDates(midnights=5).knows_no_time
    assert not FeedDates(midnights=4).knows_no_time
    assert not FeedDates(midnights=50, timed=1).knows_no_time
    assert FeedDates(midnights=1, timed=5).knows_the_time
    assert not FeedDates(midnights=2, timed=5).knows_the_time
    assert (FeedDates(day_first=1).order, FeedDates(day_first=1, month_first=1).order) == ("day", None)
