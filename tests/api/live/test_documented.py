"""The examples of docs/streams.md are run against a real server and a real broker, and say what the page shows."""

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.api.live.gap import GapDocument
from services.api.live.told import TOLD
from services.api.live.wanted import TYPES
from services.api.readmodel.position import EntryId
from services.contracts.streams import PAYLOAD
from tests.api.events import START, published
from tests.api.live.replica import Replica, replica
from tests.api.test_documented import ADDRESS, differences
from tests.conftest import Server
from tests.npm import npm_folder

pytestmark = pytest.mark.anyio

PAGE = (Path(__file__).parents[3] / "docs" / "streams.md").read_text()
BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.M | re.S)
COMMANDS = [tuple(text.removeprefix("$ ").split("\n", 1)) for language, text in BLOCKS if language == "console"]
CURL = [example for example in COMMANDS if example[0].startswith("curl ")]
[BROKER] = [example for example in COMMANDS if example not in CURL]
[FOLLOW, READ] = [text for language, text in BLOCKS if language == "python"]
[LISTEN] = [text for language, text in BLOCKS if language == "javascript"]
[GAP] = [text for language, text in BLOCKS if language == "json"]
NOON = EntryId(int(START.timestamp() * 1000))


@pytest.fixture
async def here(tmp_path: Path) -> Any:
    async with replica(tmp_path / "dateline.db") as here:
        await here.tell(NOON, published(1, title="Ferry service is cut"), published(2, title="Rain"))
        yield here


def at(here: Replica, program: str) -> str:
    assert ADDRESS in program
    return program.replace(ADDRESS, f"http://127.0.0.1:{here.port}")


def test_there_are_no_examples_that_no_test_runs() -> None:
    assert {language for language, _text in BLOCKS} == {"console", "python", "javascript", "json"}


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(("command", "shown"), CURL)
async def test_curl_says_what_is_shown(here: Replica, command: str, shown: str) -> None:
    process = await asyncio.create_subprocess_shell(at(here, command), stdout=subprocess.PIPE)
    said, _ = await process.communicate()
    assert without_documents(said.decode()) == without_documents(shown)
    assert differences(documents(shown), documents(said.decode())) == []


def documents(text: str) -> list[Any]:
    """The JSON documents that stand one after another, with or without text before each."""
    found, decoder = [], json.JSONDecoder()
    while (start := text.find("{")) >= 0:
        document, end = decoder.raw_decode(text[start:])
        found.append(document)
        text = text[start + end :]
    return found


def without_documents(text: str) -> list[str]:
    """The lines of server-sent events, and nothing of lines of JSON."""
    lines = [line.partition("{")[0].strip() for line in text.splitlines()]
    return [line for line in lines if re.match(r"\w+:", line)]


async def test_the_program_follows(here: Replica) -> None:
    names: dict[str, Any] = {}
    exec(FOLLOW, names)
    events: Iterator[dict[str, Any]] = names["follow"](
        f"http://127.0.0.1:{here.port}/v1/stream.ndjson", last="0-0_0-0_0-0"
    )
    told = await asyncio.to_thread(lambda: list(islice(events, 2)))
    assert [event["data"]["title"] for event in told] == ["Ferry service is cut", "Rain"]
    await asyncio.to_thread(events.close)  # type: ignore[attr-defined]


async def test_the_event_source_listens(here: Replica) -> None:
    folder = npm_folder("eventsource")
    (folder / "listen.mjs").write_text(at(here, LISTEN))
    node = await asyncio.create_subprocess_exec("node", "listen.mjs", cwd=folder, stdout=subprocess.PIPE)
    try:
        assert node.stdout is not None
        async with asyncio.timeout(30):
            assert [await node.stdout.readline() for _ in range(2)] == [b"Ferry service is cut\n", b"Rain\n"]
    finally:
        node.kill()
        await node.wait()


@pytest.mark.skipif(shutil.which("redis-cli") is None, reason="redis-cli is not installed")
async def test_redis_cli_says_what_is_shown(server: Server, redis: AsyncRedis) -> None:
    event = published(1, title="Ferry service is cut")
    await redis.xadd("dateline:articles", {PAYLOAD: event.to_wire()}, id=str(NOON))
    command, shown = BROKER
    process = await asyncio.create_subprocess_shell(
        command.replace("-p 6379", f"-p {server.port}"), stdout=subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert said.decode().splitlines()[:2] == shown.splitlines()[:2]
    assert differences(documents(shown), documents(said.decode())) == []


async def test_the_reader_of_the_broker_gets_everything_once(server: Server, redis: AsyncRedis) -> None:
    names: dict[str, Any] = {}
    exec(READ, names)
    for number in range(3):
        await redis.xadd("dateline:articles", {PAYLOAD: published(number).to_wire()})
    with Redis(port=server.port) as broker:
        for titles in (["Article 0", "Article 1", "Article 2"], []):
            events = await asyncio.to_thread(names["read"], broker, "dateline:articles", "mine", "one")
            assert [event["data"]["title"] for event in events] == titles


def test_the_gap_is_one() -> None:
    assert set(json.loads(GAP)) == set(GapDocument.model_fields)
    GapDocument.model_validate_json(GAP)


def test_every_type_is_described() -> None:
    described = re.findall(r"^\| `(\w+)` \|", PAGE, re.M)
    assert set(described) >= {*TYPES, "gap", "bye", "position"}
    missing = {*TYPES} - set(TOLD)
    assert not missing, f"say in services/api/live/told.py what the data of {missing} is: AsyncAPI and /schemas need it"
