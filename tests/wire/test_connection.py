"""What a service asks of Redis before it begins."""

import logging

import pytest
from redis.asyncio import Redis

from services.wire.broker_url import BrokerUrl
from services.wire.connection import BrokerForgets, BrokerUnreachable, connect
from tests.conftest import Server, free_port

pytestmark = pytest.mark.anyio


async def test_where_no_redis_answers_the_address_is_named_without_its_password() -> None:
    url = BrokerUrl.parse(f"redis://:secret@127.0.0.1:{free_port()}/0")
    with pytest.raises(BrokerUnreachable, match=r"no Redis answers at redis://127\.0\.0\.1") as raised:
        await connect(url, patience_s=0.1)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("maxmemory", "policy", "is_fit"),
    [
        ("0", "allkeys-lru", True),
        ("100mb", "noeviction", True),
        ("100mb", "allkeys-lru", False),
        ("100mb", "volatile-ttl", False),
    ],
)
async def test_a_redis_that_evicts_is_refused(
    server: Server, redis: Redis, maxmemory: str, policy: str, is_fit: bool
) -> None:
    await redis.config_set("maxmemory", maxmemory)
    await redis.config_set("maxmemory-policy", policy)
    if is_fit:
        await (await connect(BrokerUrl.parse(server.url))).aclose()
    else:
        with pytest.raises(BrokerForgets, match="set maxmemory-policy noeviction"):
            await connect(BrokerUrl.parse(server.url))


async def test_a_redis_that_keeps_nothing_is_warned_of(
    server: Server, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    await redis.config_set("appendonly", "no")
    with caplog.at_level(logging.WARNING):
        await (await connect(BrokerUrl.parse(server.url))).aclose()
    assert "has no append-only file" in caplog.text
