"""The examples of docs/http-api.md are run against a real server, and answer as the page shows."""

import asyncio
import json
import re
import shlex
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from tests.api.conftest import Told
from tests.api.events import START, article_id, enriched, published, revised, story_changed
from tests.api.serving import put, served, settings_for
from tests.conftest import Server

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]

PAGE = Path(__file__).parents[2] / "docs" / "http-api.md"
_EXAMPLE = re.compile(r"^```console\n\$ (curl [^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = _EXAMPLE.findall(PAGE.read_text())
BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
[COPY] = [text for language, text in BLOCKS if language == "python"]
[FETCH] = [text for language, text in BLOCKS if language == "javascript"]
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
    about = [enriched(number, minutes=_ago(age), tags=("storms", "weather")) for number, age in ages.items()]
    ferry: dict[str, Any] = {"title": "Ferry service to the outer islands is cut", "title_from": article_id(2)}
    ferry["terms"] = [{"text": "ferry", "weight": 0.44}, {"text": "harbour", "weight": 0.38}]
    return [
        *about,
        story_changed(1, 1, "opened", joined=(1,), title="Rain expected until Thursday"),
        story_changed(1, 2, joined=(2,), **ferry),
        story_changed(4, 3, "opened", joined=(4,), title="Storm"),
        story_changed(4, 4, joined=(3,), title="Storm"),
    ]


def _ago(minutes: float) -> float:
    return (datetime.now(UTC) - START).total_seconds() / 60 - minutes


@pytest.fixture
async def client(server: Server, redis: Redis, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with served(settings_for(server, tmp_path)) as client:
        for events, address, count in (
            (articles(), "/v1/articles", 4),
            (enrichments(), "/v1/articles?tag=weather", 3),
            ([], f"/v1/articles?story={article_id(4)}", 2),
        ):
            await put(redis, *events)
            async with asyncio.timeout(60):
                while len((await client.get(address)).json()["articles"]) < count:
                    await asyncio.sleep(0.02)
        yield client


def test_there_are_no_examples_that_no_test_runs() -> None:
    assert {language for language, _text in BLOCKS} == {"console", "python", "javascript"}
    assert len(EXAMPLES) == sum(language == "console" for language, _text in BLOCKS) >= 9


class NothingNew(Exception):
    pass


async def test_the_program_copies_every_article_once_and_then_waits(client: httpx.AsyncClient) -> None:
    def sleep(_seconds: float) -> None:
        raise NothingNew

    names: dict[str, Any] = {}
    exec(COPY, names)
    names["time"] = SimpleNamespace(sleep=sleep)
    copied: list[int] = []

    def copy() -> None:
        with suppress(NothingNew):
            copied.extend(one["revision"] for one in names["changes"](str(client.base_url).rstrip("/"), "2026-01-01"))

    await asyncio.to_thread(copy)
    assert sorted(copied) == [1, 1, 1, 2]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
async def test_the_script_prints_headlines(client: httpx.AsyncClient, tmp_path: Path) -> None:
    program = tmp_path / "headlines.mjs"
    program.write_text(FETCH.replace(ADDRESS, str(client.base_url).rstrip("/")))
    process = await asyncio.create_subprocess_exec("node", str(program), stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert said.decode().splitlines() == [
        "Ferry service to the outer islands is cut, 1 min ago",
        "Rain expected until Thursday, 30 mins ago",
    ]


async def test_every_example_answers_as_shown(client: httpx.AsyncClient) -> None:
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
