"""How soon to come back to a feed that works."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.rhythm import Bounds, Pulse, hourly_rates, interval, next_wait, observe

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOUNDS = Bounds(interval_s=900, longest_s=86_400, shortest_s=120)


def steady(per_day: float, days: float = 20) -> Pulse:
    return Pulse(until=NOON, days=days, hours=(per_day * days / 24,) * 24)


def watch(pulse: Pulse, polls: int, every: timedelta, new: int = 0) -> Pulse:
    for _ in range(polls):
        pulse = observe(pulse, new, pulse.until + every)
    return pulse


def test_a_feed_that_nothing_is_known_about_is_polled_at_the_interval() -> None:
    assert interval(Pulse(until=NOON), BOUNDS) == pytest.approx(900)


@pytest.mark.parametrize(
    ("per_day", "expected_s"), [(10, 900), (56.6, 450), (1.77, 1_800), (0.1, 5_678), (10_000, 120), (0, 5_678)]
)
def test_six_times_the_articles_are_polled_twice_as_often(per_day: float, expected_s: float) -> None:
    pulse = steady(per_day, days=10_000) if per_day else steady(0, days=9.9)
    assert interval(pulse, BOUNDS) == pytest.approx(expected_s, rel=0.01)


def test_no_feed_waits_longer_than_the_longest() -> None:
    assert interval(steady(0, days=10_000), BOUNDS) == 86_400


@pytest.mark.parametrize(("interval_s", "expected_s"), [(1.0, 1.0), (0.05, 0.05)])
def test_an_interval_below_the_shortest_lowers_it(interval_s: float, expected_s: float) -> None:
    bounds = Bounds(interval_s=interval_s, longest_s=86_400, shortest_s=120)
    assert interval(Pulse(until=NOON), bounds) == pytest.approx(expected_s)
    assert interval(steady(10_000), bounds) == pytest.approx(expected_s)


def test_a_silent_feed_slows_down_step_by_step() -> None:
    hours = [interval(watch(Pulse(until=NOON), polls, timedelta(hours=1)), BOUNDS) for polls in (0, 3, 24, 24 * 7)]
    assert hours == sorted(hours)
    assert 900 < hours[1] < 1_800 < hours[2] < 4_000


def test_a_feed_is_polled_more_often_in_the_hours_in_which_it_publishes() -> None:
    pulse = Pulse(until=NOON)
    for day in range(10):
        for hour in range(24):
            new = 4 if 12 <= hour < 16 else 0
            pulse = observe(pulse, new, NOON + timedelta(days=day, hours=hour - 11, minutes=1))
    rates = hourly_rates(pulse)
    assert min(rates[12:16]) > 5 * max(rates[19:24] + rates[:9])
    at_noon, at_night = (interval(pulse.model_copy(update={"until": NOON.replace(hour=h)}), BOUNDS) for h in (13, 1))
    assert at_noon < at_night / 2


def test_a_sleeping_feed_is_polled_when_it_wakes() -> None:
    hours = (0.0,) * 12 + (100.0,) + (0.0,) * 11
    evening, morning = (Pulse(until=NOON.replace(hour=hour, minute=40), days=20, hours=hours) for hour in (20, 10))
    assert hourly_rates(evening)[20] == hourly_rates(morning)[10]
    assert interval(morning, BOUNDS) < interval(evening, BOUNDS) * 4 / 5


def test_articles_count_for_the_hours_in_which_they_may_have_come() -> None:
    pulse = observe(Pulse(until=NOON - timedelta(minutes=30)), 4, NOON + timedelta(minutes=90))
    assert pulse.hours[11:14] == (1.0, 2.0, 1.0)
    assert pulse.days == pytest.approx(2 / 24, abs=1e-4)


def test_what_was_seen_fades_by_half_in_two_weeks() -> None:
    pulse = observe(steady(24, days=1), 0, NOON + timedelta(days=14))
    assert pulse.hours[0] == pytest.approx(0.5)
    assert pulse.days == pytest.approx(14.5)


def test_a_rate_is_named_after_a_day() -> None:
    assert watch(Pulse(until=NOON), 23, timedelta(hours=1), new=2).per_day is None
    assert watch(Pulse(until=NOON), 24, timedelta(hours=1), new=2).per_day == pytest.approx(48, rel=0.05)


def test_a_clock_that_went_back_changes_nothing() -> None:
    assert observe(steady(10), 3, NOON - timedelta(hours=1)) == steady(10)


@pytest.mark.parametrize(
    ("asked_s", "chance", "wait"),
    [(0, 0.5, 900), (0, 0.0, 810), (600, 0.5, 900), (3_600, 0.5, 3_600), (1e9, 0.5, 86_400)],
)
def test_wishes_are_lower_bounds(asked_s: float, chance: float, wait: float) -> None:
    assert next_wait(Pulse(until=NOON), asked_s, BOUNDS, chance) == pytest.approx(wait)


def test_spreading_leads_to_no_wait_below_the_shortest() -> None:
    assert next_wait(steady(10_000), 0, BOUNDS, 0.0) == 120


@pytest.mark.parametrize(
    ("shortest_s", "longest_s", "floor_s", "ceiling_s"),
    [
        (None, None, 120, 86_400),
        (3_600, None, 3_600, 86_400),
        (60, None, 60, 86_400),
        (None, 600, 120, 600),
        (None, 60, 60, 60),
        (None, 200_000, 120, 200_000),
        (100_000, None, 100_000, 100_000),
        (3_600, 600, 3_600, 3_600),
    ],
)
def test_a_feeds_own_bounds_count_before_those_of_all(
    shortest_s: float | None, longest_s: float | None, floor_s: float, ceiling_s: float
) -> None:
    bounds = BOUNDS.of_feed(shortest_s, longest_s)
    assert (bounds.floor_s, bounds.ceiling_s) == (floor_s, ceiling_s)
    for pulse in (steady(10_000), steady(10), steady(0, days=10_000)):
        for chance in (0.0, 0.5, 0.99):
            assert floor_s <= next_wait(pulse, 0, bounds, chance) <= ceiling_s


def test_own_bounds_cut_the_rhythm_and_do_not_change_it() -> None:
    pulse = steady(10, days=10_000)
    assert interval(pulse, BOUNDS.of_feed(600, 7_200)) == interval(pulse, BOUNDS)
