"""`dateline searches`, as a process, against an API."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from tests.api.serving import served, settings_for
from tests.cli.dateline import process
from tests.conftest import ADMIN_KEY, Server

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(server: Server, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with served(settings_for(server, tmp_path)) as client:
        yield client


async def run(client: httpx.AsyncClient, *arguments: str) -> tuple[int, str]:
    """The status, and what was said."""
    api = str(client.base_url).rstrip("/")
    done = await asyncio.to_thread(process, "searches", *arguments, "--api", api, DATELINE_API_KEY=ADMIN_KEY)
    return done.returncode, (done.stdout if done.returncode == 0 else done.stderr).decode().replace(api, "API")


async def test_searches_are_saved_listed_and_removed(client: httpx.AsyncClient) -> None:
    assert await run(client, "list") == (0, "no saved searches yet; save one: dateline searches add NAME QUERY\n")
    status, said = await run(client, "add", "Storms", "storm -intitle:brief", "--limit", "10", "--fold", "repeats")
    [search] = (await client.get("/v1/searches")).json()["searches"]
    assert (status, said) == (0, f"saved Storms: API{search['links']['atom']}\n")
    assert (search["q"], search["limit"], search["fold"]) == ("storm -intitle:brief", 10, "repeats")
    assert await run(client, "list") == (0, f"Storms  (storm -intitle:brief)\n    API{search['links']['atom']}\n")
    assert json.loads((await run(client, "list", "--json"))[1]) == [search]
    listed = ElementTree.fromstring((await run(client, "list", "--opml"))[1])
    assert [outline.attrib["text"] for outline in listed.findall("./body/outline")] == ["Storms"]
    assert await run(client, "remove", "Storms") == (0, "removed Storms\n")
    assert (await client.get("/v1/searches")).json()["searches"] == []


async def test_what_cannot_be_done_is_one_line_that_says_why(client: httpx.AsyncClient) -> None:
    status, said = await run(client, "add", "Storms", "storm OR (rain")
    assert status == 1
    assert said.startswith("dateline: this ( is not closed\n")
    status, said = await run(client, "remove", "Snow")
    assert (status, said) == (
        1, "dateline: there is no saved search 'Snow'. `dateline searches list` shows those that are.\n",
    )  # fmt: skip
    for _ in range(2):
        await run(client, "add", "Twice", "storm")
    status, said = await run(client, "remove", "Twice")
    assert (status, said[:51]) == (1, "dateline: 2 saved searches are called 'Twice'; name")
    [first, _second] = (await client.get("/v1/searches")).json()["searches"]
    assert await run(client, "remove", first["id"]) == (0, "removed Twice\n")
