"""`dateline quarantine`, as a process, against an API with a broker."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from tests.api.events import published
from tests.api.serving import put, served, settings_for
from tests.cli.dateline import process
from tests.conftest import ADMIN_KEY, Server

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(server: Server, redis: Redis, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """An API that was given two events that it cannot read among those that it can."""
    async with served(settings_for(server, tmp_path)) as client:
        await put(redis, published(1), b"{", published(2), b'{"type":"unheard.of"}')
        await until_held(client, 2)
        yield client


async def until_held(client: httpx.AsyncClient, count: int) -> None:
    async with asyncio.timeout(60):
        while (await client.get("/v1/health")).json()["quarantine"] != count:
            await asyncio.sleep(0.02)


async def run(client: httpx.AsyncClient, *arguments: str, key: str = ADMIN_KEY) -> tuple[int, str]:
    """The status, and what was said."""
    api = str(client.base_url).rstrip("/")
    done = await asyncio.to_thread(process, "quarantine", *arguments, "--api", api, DATELINE_API_KEY=key)
    return done.returncode, (done.stdout if done.returncode == 0 else done.stderr).decode()


async def test_they_are_listed_and_shown(client: httpx.AsyncClient) -> None:
    status, said = await run(client, "list")
    assert (status, len(said.splitlines())) == (0, 4)
    events = json.loads((await run(client, "list", "--json", "--reason", "EOF"))[1])
    assert [(event["stream"], event["group"]) for event in events] == [("dateline:articles", "api")]
    status, said = await run(client, "show", events[0]["id"])
    assert (status, said.splitlines()[-1]) == (0, "{")
    assert await run(client, "list", "--stream", "feeds") == (0, "nothing of this is in quarantine\n")
    assert (await run(client, "list", key="of-nobody-that-is-known-here"))[0] == 1
    assert {article["title"] for article in (await client.get("/v1/articles")).json()["articles"]} == {
        "Article 1",
        "Article 2",
    }


async def test_they_are_put_back_and_come_again_with_their_count(client: httpx.AsyncClient, redis: Redis) -> None:
    [event, other] = json.loads((await run(client, "list", "--json"))[1])
    status, said = await run(client, "retry", event["id"])
    assert (status, said.startswith("put back to dateline:articles as ")) == (0, True), said
    async with asyncio.timeout(60):
        while (await client.get("/v1/quarantine")).json()["events"][0]["retries"] != 1:
            await asyncio.sleep(0.02)
    status, said = await run(client, "retry", event["id"])
    assert (status, "there is no event" in said) == (1, True)
    assert await run(client, "retry", "--reason", "EOF") == (0, "1 put back\n")
    await until_held(client, 2)
    assert (await client.get(f"/v1/quarantine/{other['id']}")).status_code == 404
    assert await redis.xlen("dateline:articles") == 6


async def test_they_are_dropped(client: httpx.AsyncClient, redis: Redis) -> None:
    status, said = await run(client, "drop")
    assert (status, "say which events" in said) == (1, True)
    [event, _] = json.loads((await run(client, "list", "--json"))[1])
    assert await run(client, "drop", event["id"]) == (0, f"dropped {event['id']}\n")
    assert await run(client, "drop", "--all") == (0, "1 dropped\n")
    assert await run(client, "list") == (0, "nothing is in quarantine\n")
    assert await redis.xlen("dateline:articles") == 4


async def test_over_http_all_must_be_said(client: httpx.AsyncClient) -> None:
    for method in ("POST", "DELETE"):
        refused = await client.request(method, "/v1/quarantine")
        assert (refused.status_code, refused.json()["parameter"]) == (400, "all")
    await until_held(client, 2)
