"""Hubs that call back, as the API alone sees them, and the sums by hub."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from services.contracts.identity import feed_id
from services.contracts.streams import StreamNames
from services.wire.expectations import Expectation, Expectations
from tests.api.conftest import Wire
from tests.api.events import at, feed_changed
from tests.api.serving import served, settings_for
from tests.conftest import Server

pytestmark = pytest.mark.anyio

FEED, TOPIC = feed_id("https://e.example/feed"), "https://e.example/feed"
CALLBACK = f"/v1/push/{FEED}/token"
RIGHT = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "echo", "hub.lease_seconds": "60"}


def push(hub: str, status: str = "active", **counts: int) -> dict[str, Any]:
    return {"hub": hub, "topic": TOPIC, "status": status, "since": at(0), **counts}


async def test_hubs_are_summed_up_over_the_feeds_that_are_there(wire: Wire, http: httpx.AsyncClient) -> None:
    one, two = "https://one.example/", "https://two.example/"
    await wire.tell(
        feed_changed("https://e.example/1", push=push(one, received=3, missed=1)),
        feed_changed("https://e.example/2", push=push(one, "denied", received=1, refused=2)),
        feed_changed("https://e.example/3", push=push(two)),
        feed_changed("https://e.example/4", push=push(two), status="removed"),
        feed_changed("https://e.example/5"),
    )
    assert (await http.get("/v1/hubs")).json()["hubs"] == [
        {"hub": one, "feeds": 2, "active": 1, "received": 4, "refused": 2, "missed": 1},
        {"hub": two, "feeds": 1, "active": 1, "received": 0, "refused": 0, "missed": 0},
    ]
    assert (await http.get("/v1/hubs?colour=red")).status_code == 400


async def test_a_hub_is_never_told_that_nobody_asked_while_redis_is_away(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    await Expectations(redis, "dateline").expect(FEED, "token", Expectation(mode="subscribe", topic=TOPIC), 60)
    async with served(settings_for(server, tmp_path)) as http:
        assert (await http.get(CALLBACK, params=RIGHT)).text == "echo"
        assert (await http.post(CALLBACK, content=b"x")).status_code == 202
        server.kill()
        for answer in (await http.get(CALLBACK, params=RIGHT, timeout=30), await http.post(CALLBACK, timeout=30)):
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "5"


async def test_a_hub_that_delivers_without_end_or_too_much_is_told_so(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    await Expectations(redis, "dateline").expect(FEED, "token", Expectation(mode="subscribe", topic=TOPIC), 60)
    async with served(settings_for(server, tmp_path)) as http:
        assert (await http.post(CALLBACK, content=b"x" * 2_000_001)).status_code == 413
        answers = [(await http.post(CALLBACK, content=b"x")).status_code for _ in range(60)]
        assert answers == [202] * 59 + [429]
        assert await redis.xlen(StreamNames().commands) == 59


async def test_only_what_was_asked_leaves_a_command(server: Server, redis: Redis, tmp_path: Path) -> None:
    expectations = Expectations(redis, "dateline")
    await expectations.expect(FEED, "token", Expectation(mode="unsubscribe", topic=TOPIC), 60)
    async with served(settings_for(server, tmp_path)) as http:
        assert (await http.get(CALLBACK, params=RIGHT)).status_code == 404
        assert (await http.post(CALLBACK, content=b"x")).status_code == 410
        assert (await http.get(CALLBACK, params=RIGHT | {"hub.mode": "denied"})).status_code == 404
        assert await redis.xlen(StreamNames().commands) == 0
        assert (await http.get(CALLBACK, params=RIGHT | {"hub.mode": "unsubscribe", "x": "y"})).text == "echo"
        assert await redis.xlen(StreamNames().commands) == 1
        await expectations.forget(FEED, "token")
        assert (await http.get(CALLBACK, params=RIGHT | {"hub.mode": "unsubscribe"})).status_code == 404
