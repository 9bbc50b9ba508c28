"""The examples of docs/streams.md are run against a real server, and say what the page shows."""

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

from services.api.live.wanted import TYPES
from services.api.readmodel.position import EntryId
from tests.api.events import START, published
from tests.api.live.replica import Replica, replica
from tests.api.test_documented import ADDRESS, differences

pytestmark = pytest.mark.anyio

PAGE = (Path(__file__).parents[3] / "docs" / "streams.md").read_text()
EXAMPLES: list[tuple[str, str]] = re.findall(r"^```console\n\$ (curl [^\n]+)\n(.*?)^```$", PAGE, re.M | re.S)
[PROGRAM] = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)


@pytest.fixture
async def here(tmp_path: Path) -> Any:
    noon = EntryId(int(START.timestamp() * 1000))
    async with replica(tmp_path / "dateline.db") as here:
        await here.tell(noon, published(1, title="Ferry service is cut"), published(2, title="Rain"))
        yield here


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_every_command_says_what_is_shown(here: Replica) -> None:
    assert len(EXAMPLES) == 2
    for command, shown in EXAMPLES:
        address = f"http://127.0.0.1:{here.port}"
        process = await asyncio.create_subprocess_shell(command.replace(ADDRESS, address), stdout=subprocess.PIPE)
        said, _ = await process.communicate()
        assert differences(documents(shown), documents(said.decode())) == []


def documents(text: str) -> list[Any]:
    """The JSON documents that stand one after another."""
    found, decoder = [], json.JSONDecoder()
    while text := text.lstrip():
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:]
    return found


async def test_the_program_follows(here: Replica) -> None:
    names: dict[str, Any] = {}
    exec(PROGRAM, names)
    events: Iterator[dict[str, Any]] = names["follow"](
        f"http://127.0.0.1:{here.port}/v1/stream.ndjson", last="0-0_0-0_0-0"
    )
    told = await asyncio.to_thread(lambda: list(islice(events, 2)))
    assert [event["data"]["title"] for event in told] == ["Ferry service is cut", "Rain"]
    await asyncio.to_thread(events.close)  # type: ignore[attr-defined]


def test_every_type_is_described() -> None:
    described = re.findall(r"^\| `(\w+)` \|", PAGE, re.M)
    assert set(described) >= {*TYPES, "gap", "bye", "position"}
