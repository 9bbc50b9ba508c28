"""`/v1/health`: who lives, what the steps of enrich did, and whether its rules file is in use."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD
from tests.api.serving import served, settings_for
from tests.conftest import Server
from tests.enrich.articles import article, published
from tests.waiting import until_stream_holds

pytestmark = pytest.mark.anyio

RULES = '[[tag]]\nslug = "ferries"\nwords = ["ferry"]\n'


@contextmanager
def enrich(server: Server, **settings: str) -> Iterator[None]:
    environment = os.environ | {"DATELINE_REDIS_URL": server.url, "DATELINE_CONSUMER": "first"} | settings
    command = [sys.executable, "-m", "services.enrich"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


async def until_told(ask: Callable[[], Awaitable[object]], within_s: float = 30) -> None:
    async with asyncio.timeout(within_s):
        while not await ask():
            await asyncio.sleep(0.1)


async def health(client: httpx.AsyncClient) -> dict[str, object]:
    answer = await client.get("/v1/health")
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


async def test_without_ingest_and_enrich_it_says_that_they_are_missing(server: Server, tmp_path: Path) -> None:
    async with served(settings_for(server, tmp_path)) as client:
        found = await health(client)
    assert (found["status"], found["replicas"]) == ("degraded", [])
    checks = found["checks"]
    assert isinstance(checks, dict)
    assert {name for name, said in checks.items() if said != "ok"} == {"ingest", "enrich"}
    assert checks["enrich"] == "no replica shows a sign of life"


async def test_it_counts_what_each_step_did_and_tells_of_a_broken_rules_file(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    rules = tmp_path / "tags.toml"
    rules.write_text(RULES)

    async def first() -> dict[str, object]:
        replicas = (await health(client))["replicas"]
        assert isinstance(replicas, list)
        return dict(replicas[0]) if replicas else {}

    async def ran(step: str) -> object:
        steps = (await first()).get("steps", {})
        assert isinstance(steps, dict)
        return steps.get(step, {}).get("ran")

    settings = {"DATELINE_TAGS_FILE": str(rules), "DATELINE_ENRICH_SKIP": "names"}
    async with served(settings_for(server, tmp_path)) as client:
        with enrich(server, **settings):
            await redis.xadd("dateline:articles", {PAYLOAD: published(article("Ferry")).to_wire()})
            await until_stream_holds(redis, "dateline:enrichments", 1, within_s=60)
            await until_told(lambda: ran("language"))
            told = await first()
            assert (told["service"], told["replica"], told.get("broken_rules")) == ("enrich", "first", None)
            assert isinstance(told["steps"], dict)
            assert told["steps"]["reading"]["ran"] == 1
            assert "names" not in told["steps"]
            rules.write_text(RULES.replace("slug", "slog"))

            async def broken() -> object:
                await redis.xadd("dateline:articles", {PAYLOAD: published(article("Another")).to_wire()})
                return (await first()).get("broken_rules")

            await until_told(broken)
            assert "tags.toml: tag number 1: unknown key 'slog'" in str(await broken())
            assert str(tmp_path) not in str(await broken())
