"""The token bucket, told the time."""

import pytest

from services.api.access.limits import Limits, client_of, headers, take


def test_a_minutes_requests_can_come_at_once_and_then_at_the_pace_at_which_the_bucket_fills() -> None:
    limits = Limits()
    first = [limits.take("a", 60, 1_000.0) for _ in range(61)]
    assert [taken.left for taken in first[:3]] == [59, 58, 57]
    assert [taken.wait_s > 0 for taken in first] == [False] * 60 + [True]
    assert first[-1].wait_s == pytest.approx(1.0)
    assert limits.take("a", 60, 1_000.5).wait_s == pytest.approx(0.5)
    assert limits.take("a", 60, 1_001.0).wait_s == 0
    assert limits.take("a", 60, 1_001.0).wait_s > 0


def test_what_was_refused_costs_nothing() -> None:
    limits = Limits()
    for _ in range(1_000):
        limits.take("a", 10, 0.0)
    assert limits.take("a", 10, 60.0).left == 9


@pytest.mark.parametrize("quota", [1, 7, 600, 6_000])
def test_over_an_hour_no_more_pass_than_the_quota_and_one_bucket(quota: int) -> None:
    limits, passed = Limits(), 0
    for tick in range(36_000):
        passed += sum(limits.take("a", quota, tick / 10).wait_s == 0 for _ in range(2 + quota // 300))
    assert 60 * quota <= passed <= 61 * quota + 1


def test_one_client_does_not_wait_for_another() -> None:
    limits = Limits()
    assert [limits.take(client, 1, 0.0).wait_s == 0 for client in "aabb"] == [True, False, True, False]


def test_clients_are_forgotten_when_their_buckets_are_full_and_those_that_ask_most_last() -> None:
    limits = Limits(most=100)
    for number in range(1_000):
        limits.take(f"once {number}", 60, number * 2.0)
    assert len(limits) <= 100
    limits = Limits(most=100)
    for _ in range(60):
        limits.take("flood", 60, 0.0)
    for number in range(1_000):
        limits.take(f"other {number}", 60, 0.0)
        assert limits.take("flood", 60, 0.0).wait_s > 0
    assert len(limits) <= 101


def test_a_bucket_that_is_not_known_is_full() -> None:
    taken, full_at = take(60, None, 5.0)
    assert (taken.left, taken.wait_s, full_at) == (59, 0.0, 6.0)
    assert headers("address", taken) == [
        (b"ratelimit-policy", b'"address";q=60;w=60'),
        (b"ratelimit", b'"address";r=59;t=1'),
    ]


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", None),
        ("127.8.8.8", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("a unix socket", "a unix socket"),
    ],
)
def test_an_address_counts_as(address: str, client: str | None) -> None:
    assert client_of(address) == client
