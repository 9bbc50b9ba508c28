"""Whose turn it is at a site."""

from uuid import UUID

import pytest

from services.ingest.hosts import Hosts, Manners

URL = "https://feeds.e.co.uk/{}"


def feed(number: int) -> UUID:
    return UUID(int=number)


def test_readings_from_one_site_begin_apart() -> None:
    hosts = Hosts(Manners(concurrency=10, spacing_s=1))
    assert hosts.enter(feed(1), URL, 100.0) is None
    assert [hosts.enter(feed(number), URL, 100.0) for number in (2, 3, 4)] == [101.0, 102.0, 103.0]
    assert [hosts.enter(feed(number), URL, 99.0 + number) for number in (2, 3, 4)] == [None, None, None]


def test_a_newcomer_does_not_take_the_turn_of_who_waits() -> None:
    hosts = Hosts(Manners(concurrency=10, spacing_s=1))
    hosts.enter(feed(1), URL, 100.0)
    assert hosts.enter(feed(2), URL, 100.5) == 101.5
    assert hosts.enter(feed(3), URL, 101.2) == 102.5
    assert hosts.enter(feed(2), URL, 101.5) is None


def test_a_full_site_lets_the_next_in_when_one_leaves() -> None:
    hosts = Hosts(Manners(concurrency=2, spacing_s=0))
    assert [hosts.enter(feed(number), URL, 100.0) for number in (1, 2)] == [None, None]
    turn = hosts.enter(feed(3), URL, 100.0)
    assert turn == 100.25
    assert hosts.enter(feed(3), URL, turn) == 100.5
    hosts.leave(URL)
    assert hosts.enter(feed(3), URL, 100.5) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://feeds.e.co.uk/a", "http://www.E.co.uk:8080/b", True),
        ("https://e.co.uk/", "https://f.co.uk/", False),
        ("https://one.github.io/", "https://two.github.io/", False),
        ("http://192.0.2.1/", "http://192.0.2.1/b", True),
        ("http://192.0.2.1/", "http://192.0.3.1/", False),
        ("http://[2001:db8::1]/", "http://[2001:0db8::1]/b", True),
        ("http://intranet/a", "http://intranet/b", True),
        ("http://intranet/a", "http://other/b", False),
    ],
)
def test_a_site_is_a_registrable_domain_or_a_host(one: str, other: str, same: bool) -> None:
    hosts = Hosts(Manners(concurrency=1, spacing_s=1))
    hosts.enter(feed(1), one, 100.0)
    assert (hosts.enter(feed(2), other, 100.0) is not None) is same


def test_own_hosts_have_no_limits() -> None:
    hosts = Hosts(Manners(concurrency=1, spacing_s=10, own=frozenset({"127.0.0.1"})))
    assert [hosts.enter(feed(number), "http://127.0.0.1:8080/", 100.0) for number in range(5)] == [None] * 5
    hosts.leave("http://127.0.0.1:8080/")


def test_idle_sites_are_forgotten_and_busy_ones_are_not() -> None:
    hosts = Hosts(Manners(concurrency=1, spacing_s=1))
    hosts.enter(feed(0), "https://busy.example/", 0.0)
    for number in range(10_000):
        url = f"https://e{number}.example/"
        assert hosts.enter(feed(number), url, 2.0 * number) is None
        hosts.leave(url)
    assert len(hosts) < 5_000
    assert hosts.enter(feed(1), "https://busy.example/", 30_000.0) is not None
