"""Replicas that are gone leave their names behind; those are removed, with nothing that anybody still needs."""

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis

from services.wire.consumers import remove_gone
from tests.conftest import server_binaries
from tests.wire.test_inbox import GROUP, STREAM, add

pytestmark = pytest.mark.anyio


@pytest.fixture(params=server_binaries())
def broker_binary(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def names(redis: Redis) -> set[str]:
    told: Any = await redis.xinfo_consumers(STREAM, GROUP)
    return {consumer["name"].decode() for consumer in told}


async def test_only_who_holds_nothing_and_is_silent_is_removed(redis: Redis) -> None:
    await add(redis, b"1")
    await redis.xgroup_create(STREAM, GROUP, id="0")
    await redis.xreadgroup(GROUP, "holds", {STREAM: ">"})
    for name in ("gone", "own"):
        await redis.xgroup_createconsumer(STREAM, GROUP, name)
    await asyncio.sleep(0.6)
    await redis.xgroup_createconsumer(STREAM, GROUP, "reads")
    assert await remove_gone(redis, STREAM, GROUP, "own", gone_ms=500) == ["gone"]
    assert await names(redis) == {"holds", "own", "reads"}
    assert (await redis.xpending(STREAM, GROUP))["pending"] == 1


async def test_who_comes_back_is_made_anew(redis: Redis) -> None:
    await redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    await redis.xgroup_createconsumer(STREAM, GROUP, "slept")
    assert await remove_gone(redis, STREAM, GROUP, "own", gone_ms=0) == ["slept"]
    await add(redis, b"1")
    answer: Any = await redis.xreadgroup(GROUP, "slept", {STREAM: ">"})
    assert len(answer[0][1]) == 1
