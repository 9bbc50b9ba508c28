"""The examples of docs/http-api.md are run with curl against a real server, and answer as the page shows."""

import asyncio
import json
import re
import shlex
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from tests.api.conftest import Told
from tests.api.events import START, enriched, published, revised
from tests.api.serving import put, served, settings_for
from tests.conftest import Server

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]

PAGE = Path(__file__).parents[2] / "docs" / "http-api.md"
_EXAMPLE = re.compile(r"^```console\n\$ (curl [^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = _EXAMPLE.findall(PAGE.read_text())
ADDRESS = "http://127.0.0.1:8000"


_DIFFER = {"id", "next", "time", "seen", "hour"}
"""Members that are others in each run."""


def articles() -> list[Told | bytes]:
    """What the page's examples are about, as old as they say it is."""
    ferry, text = (
        "Ferry service to the outer islands is {}",
        "All ferries stay in the harbour & will sail again on Friday.",
    )
    bare: dict[str, Any] = {"summary": None, "text": None, "html": None}
    return [
        published(1, minutes=_ago(30), title="Rain expected until Thursday", **bare),
        published(2, minutes=_ago(1), title=ferry.format("late"), **bare | {"text": text}),
        revised(2, 2, minutes=_ago(1), title=ferry.format("cut"), **bare | {"text": text}),
        *(published(number, minutes=_ago(200 + number), title="Storm", **bare) for number in (3, 4)),
    ]


def enrichments() -> list[Told | bytes]:
    ages = {1: 30, 3: 203, 4: 204}
    return [enriched(number, minutes=_ago(age), tags=("storms", "weather")) for number, age in ages.items()]


def _ago(minutes: float) -> float:
    return (datetime.now(UTC) - START).total_seconds() / 60 - minutes


@pytest.fixture
async def client(server: Server, redis: Redis, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with served(settings_for(server, tmp_path)) as client:
        for events, address, count in (
            (articles(), "/v1/articles", 4),
            (enrichments(), "/v1/articles?tag=weather", 3),
        ):
            await put(redis, *events)
            async with asyncio.timeout(15):
                while len((await client.get(address)).json()["articles"]) < count:
                    await asyncio.sleep(0.02)
        yield client


async def test_every_example_answers_as_shown(client: httpx.AsyncClient) -> None:
    assert len(EXAMPLES) >= 9
    for command, shown in EXAMPLES:
        said = await curl(command.replace(ADDRESS, str(client.base_url).rstrip("/")))
        if shown.startswith("{"):
            assert differences(json.loads(shown), json.loads(said)) == [], command
        else:
            assert said == shown, command


def test_a_wrong_example_would_be_noticed() -> None:
    shown = {"a": 1, "id": "x", "list": [{"b": None}], "gone": 2}
    assert differences(shown, {"a": 1, "id": "y", "list": [{"b": None, "c": 3}], "gone": 2}) == []
    assert differences(shown, {"a": 2, "id": 7, "list": []}) == [
        "a: shown 1, is 2",
        "id: shown 'x', is 7",
        "list: shown 1 long, is 0",
        "gone: is missing",
    ]


async def curl(command: str) -> str:
    name, *arguments = shlex.split(command)
    assert name == "curl"
    process = await asyncio.create_subprocess_exec("curl", *arguments, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0, command
    return said.decode()


def differences(shown: Any, real: Any, name: str = "") -> list[str]:
    """Where the answer lacks what is shown of it, or says something else."""
    if isinstance(shown, dict) and isinstance(real, dict):
        found = []
        for key, value in shown.items():
            inside = f"{name}.{key}".lstrip(".")
            found += differences(value, real[key], inside) if key in real else [f"{inside}: is missing"]
        return found
    if isinstance(shown, list) and isinstance(real, list):
        if len(real) < len(shown):
            return [f"{name}: shown {len(shown)} long, is {len(real)}"]
        return [
            found
            for at, (one, other) in enumerate(zip(shown, real, strict=False))
            for found in differences(one, other, f"{name}[{at}]")
        ]
    same = type(shown) is type(real) if name.rsplit(".", 1)[-1] in _DIFFER else shown == real
    return [] if same else [f"{name}: shown {shown!r}, is {real!r}"]
