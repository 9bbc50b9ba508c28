"""Clients that others wrote, cut off on purpose and resumed: every article once and in order."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.api.live.replica import BEGINNING, Replica, replica
from tests.cutting import Cutter, cutting
from tests.npm import npm_folder
from tests.waiting import until

pytestmark = pytest.mark.anyio

COUNT = 120
EXPECTED = [f"Article {number}" for number in range(COUNT)]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Replica]:
    async with replica(tmp_path / "dateline.db") as here:
        yield here


async def write(here: Replica, heard: list[str]) -> None:
    """Articles in portions: the first is replayed, the next ones come while the reader is nearly up to date."""
    for first in range(0, COUNT, 20):
        for number in range(first, first + 20):
            await here.article(number + 1, title=f"Article {number}", id=_id(number))
        await until(lambda first=first: len(heard) >= first + 10, within_s=60)  # type: ignore[misc]


def _id(number: int) -> str:
    return f"00000000-0000-5000-8000-{number:012}"


@asynccontextmanager
async def ended_with(task: "asyncio.Task[None]") -> AsyncIterator[None]:
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def curl(url: str, *options: str) -> str:
    """What curl prints until the connection ends, whoever ended it."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("no curl on PATH")
    process = await asyncio.create_subprocess_exec(
        curl, "-sSN", "--noproxy", "*", *options, url, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return printed.decode(errors="replace")


async def curl_events(cutter: Cutter, heard: list[str]) -> None:
    """A shell loop would do: what was not ended by an empty line is no event."""
    last = BEGINNING
    while len(heard) < COUNT:
        *events, _broken = (
            await curl(f"{cutter.url}/v1/stream", "-H", f"Last-Event-ID: {last}", "--max-time", "0.5")
        ).split("\n\n")
        for event in events:
            fields = dict(line.split(": ", 1) for line in event.splitlines() if not line.startswith(":"))
            last = fields.get("id", last)
            if fields.get("event") == "article":
                heard.append(json.loads(fields["data"])["title"])


async def curl_lines(cutter: Cutter, heard: list[str]) -> None:
    last = BEGINNING
    while len(heard) < COUNT:
        printed = await curl(f"{cutter.url}/v1/stream.ndjson?since={last}", "--max-time", "0.5")
        for line in printed.split("\n")[:-1]:
            event = json.loads(line)
            last = event["id"]
            if event["event"] == "article":
                heard.append(event["data"]["title"])


@pytest.mark.parametrize("read", [curl_events, curl_lines])
async def test_curl_hears_every_article_once(
    here: Replica, read: Callable[[Cutter, list[str]], Awaitable[None]]
) -> None:
    heard: list[str] = []
    with cutting(here.port, cuts=8) as cutter:
        async with ended_with(asyncio.create_task(write(here, heard))), asyncio.timeout(60):
            await read(cutter, heard)
        assert heard == EXPECTED
        assert cutter.cut == 8
        assert cutter.inside > 0


PROGRAM = """
import { EventSource } from "eventsource";
const source = new EventSource(process.argv[2]);
source.addEventListener("article", (event) => console.log(JSON.parse(event.data).title));
"""


async def test_an_event_source_from_npm_hears_every_article_once(here: Replica) -> None:
    folder, heard = npm_folder("eventsource"), list[str]()
    (folder / "read.mjs").write_text(PROGRAM)
    with cutting(here.port, cuts=4, at_most=40_000) as cutter:
        address = f"{cutter.url}/v1/stream?since={BEGINNING}"
        node = await asyncio.create_subprocess_exec("node", "read.mjs", address, cwd=folder, stdout=subprocess.PIPE)
        try:
            async with ended_with(asyncio.create_task(write(here, heard))), asyncio.timeout(60):
                assert node.stdout is not None
                while len(heard) < COUNT:
                    heard.append((await node.stdout.readline()).decode().rstrip("\n"))
        finally:
            node.kill()
            await node.wait()
        assert heard == EXPECTED
        assert cutter.cut == 4
        assert cutter.inside > 0
