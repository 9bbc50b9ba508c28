"""How what streams deliver gets into the read model: after a silence at once, where it comes all the time together."""

import asyncio
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.api.app import Running, running
from tests.api.events import published
from tests.api.serving import put, settings_for
from tests.conftest import Server

pytestmark = pytest.mark.anyio


async def test_events_that_come_all_the_time_are_applied_together(server: Server, redis: Redis, tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with running(settings_for(server, tmp_path)) as service:
        await put(redis, published(0))
        await _applied(service, 1)
        assert service.model.commits == 1
        began = loop.time()
        for number in range(1, 41):
            await put(redis, published(number, minutes=number))
        await _applied(service, 41)
        assert service.model.commits <= 3 + (loop.time() - began) / 0.05


async def _applied(service: Running, articles: int) -> None:
    async with asyncio.timeout(60):
        while (await service.model.counts()).articles < articles:
            await asyncio.sleep(0.01)
