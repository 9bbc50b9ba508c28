"""The examples of docs/searches.md are run against a real server, and answer as the page shows."""

import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from services.api.settings import ApiSettings
from tests.api.events import enriched, published
from tests.api.http.operations import document
from tests.api.searches.conftest import saved
from tests.api.serving import put, served
from tests.api.test_documented import ADDRESS, curl, differences
from tests.conftest import ADMIN_KEY, free_port
from tests.waiting import eventually, until

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]

PAGE = (Path(__file__).parents[3] / "docs" / "searches.md").read_text()
EXAMPLES = re.findall(r"^```console\n\$ (curl [^\n]+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
async def client(settings: ApiSettings, redis: Redis) -> AsyncIterator[httpx.AsyncClient]:
    async with served(settings) as client:
        await put(redis, published(1, title="Rain"), published(2, title="Ferry service to the outer islands is cut"))
        await put(redis, enriched(2, tags=("storms", "weather")))
        async with asyncio.timeout(60):
            while not (await client.get("/v1/articles?q=ferry tag:storms")).json()["articles"]:
                await asyncio.sleep(0.02)
        yield client


def test_there_are_no_examples_that_no_test_runs() -> None:
    assert PAGE.count("\n```") == 2 * (len(EXAMPLES) + len(PROGRAMS))
    assert (len(EXAMPLES), len(PROGRAMS)) == (3, 1)


async def test_every_example_answers_as_shown(client: httpx.AsyncClient) -> None:
    search = (await saved(client))["id"]
    for command, shown in EXAMPLES:
        meant = command.replace(ADDRESS, str(client.base_url).rstrip("/"))
        said = await curl(meant.replace("$KEY", ADMIN_KEY).replace("$SEARCH", search))
        assert differences(json.loads(shown), json.loads(said)) == [], command


async def test_the_program_verifies_and_prints_what_is_sent(
    client: httpx.AsyncClient, redis: Redis, tmp_path: Path
) -> None:
    port, said = free_port(), tmp_path / "said"
    webhooks = (await saved(client, "article"))["links"]["webhooks"]
    answer = await client.post(webhooks, json={"url": f"http://127.0.0.1:{port}/hook"})
    program = f"SECRET, PORT = {answer.json()['secret']!r}, {port}\n{PROGRAMS[0]}"
    with said.open("w") as out:
        hook = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, stdout=out, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            await eventually(lambda: listens(port))  # three tries are over in a moment
            await put(redis, published(7), published(8))
            await until(lambda: said.read_text().count("\n") == 2)
        finally:
            hook.kill()
            await hook.wait()
    assert said.read_text().splitlines() == [f"dateline.search.article.v1 Article {number}" for number in (7, 8)]


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


def test_the_page_names_every_address_that_there_is_for_searches() -> None:
    last = {path.rsplit("/", 1)[1] for path in document()["paths"] if path.startswith("/v1/searches")}
    assert len(last) > 8
    assert [name for name in last if not name.startswith("{") and name not in PAGE] == []
