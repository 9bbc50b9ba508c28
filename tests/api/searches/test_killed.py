"""Killed at any moment, the API sends everything once more than it did, and never once less."""

import asyncio
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from tests.api.events import enriched, published
from tests.api.searches.conftest import hooked, state
from tests.api.searches.receiver import Receiver
from tests.api.serving import put
from tests.api.test_process import api, client_of
from tests.conftest import ADMIN_KEY, AS_ADMIN, Server
from tests.waiting import until

pytestmark = pytest.mark.anyio

COUNT = 300


async def test_killed_again_and_again_while_it_sends_nothing_is_lost_and_the_order_is_kept(
    server: Server, redis: Redis, tmp_path: Path, here: Receiver
) -> None:
    environment = {"DATELINE_ADMIN_KEY": ADMIN_KEY, "DATELINE_ALLOW_HOSTS": "127.0.0.1"}
    with api(server.url, tmp_path, **environment, DATELINE_API_BATCH="20", DATELINE_WEBHOOK_RETRY_S="0.1") as process:
        async with client_of(process) as client:
            client.headers.update(AS_ADMIN)
            webhook = await hooked(client, here.url)
            await put(redis, *(published(number) for number in range(COUNT)))
            for kill in range(1, 4):
                await until(lambda kill=kill: len(here.once) >= kill * COUNT // 5, within_s=30)  # type: ignore[misc]
                process.process.kill()
                process.ended()
                if kill == 2:  # it may also die between Redis and its read model
                    await put(redis, *(enriched(number) for number in range(COUNT)))
                process.start()
            await until(lambda: len(here.once) == 2 * COUNT, within_s=60)
            await _until_settled(client, webhook["links"]["self"], 2 * COUNT)
        once = here.once
        assert [what for what in once if what.startswith("article")] == [f"article {number}" for number in range(COUNT)]
        assert [what for what in once if what.startswith("enri")] == [f"enrichment {number}" for number in range(COUNT)]
        assert len(here.came) <= 2 * COUNT + 3, "only what was under way is sent twice"


async def _until_settled(client: httpx.AsyncClient, address: str, count: int) -> None:
    """Each delivery counted is one that was kept; those that a kill hid from it are not."""
    async with asyncio.timeout(60):
        while (await state(client, {"links": {"self": address}}))["delivered"] < count:
            await asyncio.sleep(0.02)
