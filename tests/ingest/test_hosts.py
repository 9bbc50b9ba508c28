"""Whose turn it is at a site, among all replicas; on a real server, at moments that the test names."""

import asyncio
from uuid import UUID

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError

from services.ingest.hosts import Hosts, Manners
from tests.conftest import Server

pytestmark = pytest.mark.anyio

URL = "https://feeds.e.co.uk/{}"
NOW = 1_900_000_000.0
"""Far ahead: keys that expire by the server's own clock have to outlast the test."""


def feed(number: int) -> UUID:
    return UUID(int=number)


async def enter(hosts: Hosts, number: int, after_s: float, url: str = URL) -> float | None:
    """Seconds after `NOW` at which the feed's turn comes; None where it was let in."""
    turn = await hosts.enter(feed(number), url, NOW + after_s)
    return None if turn is None else round(turn - NOW, 3)


def replica(redis: Redis, concurrency: int, spacing_s: float, own: frozenset[str] = frozenset()) -> Hosts:
    return Hosts(redis, "dateline", Manners(concurrency, spacing_s, own, place_s=15))


async def test_readings_from_one_site_begin_apart(redis: Redis) -> None:
    hosts = replica(redis, 10, 1)
    assert await enter(hosts, 1, 0) is None
    assert [await enter(hosts, number, 0) for number in (2, 3, 4)] == [1, 2, 3]
    assert [await enter(hosts, number, number - 1) for number in (2, 3, 4)] == [None, None, None]


async def test_replicas_share_the_places_and_the_turns(redis: Redis) -> None:
    one, other = replica(redis, 1, 0), replica(redis, 1, 0)
    assert await enter(one, 1, 0) is None
    assert await enter(other, 2, 0) == 0.25
    await one.leave(feed(1))
    assert await enter(one, 3, 0.1) == 0.5
    assert await enter(other, 2, 0.25) is None


async def test_a_newcomer_does_not_take_the_turn_of_who_waits(redis: Redis) -> None:
    hosts = replica(redis, 10, 1)
    await enter(hosts, 1, 0)
    assert await enter(hosts, 2, 0.5) == 1.5
    assert await enter(hosts, 3, 1.2) == 2.5
    assert await enter(hosts, 2, 1.5) is None


async def test_who_comes_before_its_turn_keeps_it(redis: Redis) -> None:
    hosts = replica(redis, 10, 1)
    await enter(hosts, 1, 0)
    assert [await enter(hosts, 2, at) for at in (0, 0.5, 0.9)] == [1, 1, 1]
    assert await enter(hosts, 3, 0.9) == 2


async def test_a_late_start_puts_the_next_turn_off_and_takes_it_from_nobody(redis: Redis) -> None:
    hosts = replica(redis, 10, 1)
    await enter(hosts, 1, 0)
    assert [await enter(hosts, number, 0) for number in (2, 3, 4)] == [1, 2, 3]
    assert await enter(hosts, 2, 1.2) is None
    assert await enter(hosts, 3, 2) == 2.2
    assert await enter(hosts, 3, 2.2) is None


async def test_a_full_site_lets_the_next_in_when_one_leaves(redis: Redis) -> None:
    hosts = replica(redis, 2, 0)
    assert [await enter(hosts, number, 0) for number in (1, 2)] == [None, None]
    assert await enter(hosts, 3, 0) == 0.25
    assert await enter(hosts, 3, 0.25) == 0.5
    await hosts.leave(feed(1))
    assert await enter(hosts, 3, 0.5) is None


async def test_a_place_that_is_kept_stays_and_that_of_a_killed_replica_is_freed(redis: Redis) -> None:
    killed, other = replica(redis, 1, 0), replica(redis, 1, 0)
    await enter(killed, 1, 0)
    await killed.keep(NOW + 10)
    assert await enter(other, 2, 20) == 20.25
    assert await enter(other, 2, 25) is None


async def test_asking_twice_over_a_broken_connection_takes_one_place(redis: Redis) -> None:
    hosts = replica(redis, 2, 0)
    assert [await enter(hosts, 1, 0), await enter(hosts, 1, 0), await enter(hosts, 2, 0)] == [None, None, None]


async def test_own_hosts_have_no_limits(redis: Redis) -> None:
    hosts = replica(redis, 1, 10, own=frozenset({"127.0.0.1"}))
    url = "http://127.0.0.1:8080/"
    assert [await enter(hosts, number, 0, url) for number in range(5)] == [None] * 5
    await hosts.leave(feed(0))
    assert await redis.dbsize() == 0


async def test_idle_sites_are_forgotten(redis: Redis) -> None:
    hosts = replica(redis, 1, 0.1)
    long_ago = -NOW + 1.0
    await enter(hosts, 1, long_ago, "https://idle.example/")
    await asyncio.sleep(0.01)  # the server expires keys by its own clock
    assert await redis.dbsize() == 0
    await enter(hosts, 1, 0)
    for key in await redis.keys():
        assert await redis.ttl(key) > 0


async def test_without_redis_nobody_enters_and_leaving_does_no_harm(server: Server, redis: Redis) -> None:
    hosts = replica(redis, 1, 0)
    assert await enter(hosts, 1, 0) is None
    server.kill()
    with pytest.raises(ConnectionError):
        await enter(hosts, 2, 100)
    await hosts.leave(feed(1))
