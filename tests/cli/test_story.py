"""`dateline story`: what an editor types becomes a command on the stream."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.contracts.registry import read_event
from services.contracts.streams import PAYLOAD, StreamNames
from tests.api.events import article_id, published, story_changed
from tests.api.serving import put, served, settings_for
from tests.cli.dateline import dateline
from tests.conftest import ADMIN_KEY, Server

ONE, TWO, OTHER = (str(article_id(number)) for number in (1, 2, 3))


@pytest.fixture
def api(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An API with story 1 of articles 1 and 2, and story 3 of its own."""
    settings = settings_for(server, tmp_path)
    ready, done = threading.Event(), threading.Event()

    async def run() -> None:
        async with served(settings) as client, AsyncRedis.from_url(server.url) as redis:
            await put(redis, *(published(number, minutes=number) for number in (1, 2, 3)))
            await put(redis, story_changed(1, 1, "opened", joined=(1, 2)), story_changed(3, 2, "opened", joined=(3,)))
            async with asyncio.timeout(60):
                while sum(one["size"] for one in (await client.get("/v1/stories")).json()["stories"]) < 3:
                    await asyncio.sleep(0.02)
            ready.set()
            await asyncio.to_thread(done.wait)

    serving = threading.Thread(target=lambda: asyncio.run(run()))
    serving.start()
    assert ready.wait(30)
    monkeypatch.setenv("DATELINE_API_KEY", ADMIN_KEY)
    yield f"http://127.0.0.1:{settings.http_port}"
    done.set()
    serving.join()


@pytest.mark.parametrize(
    ("arguments", "kind", "data"),
    [
        (("merge", ONE, "--into", OTHER), "merge-stories", {"story": ONE, "into": OTHER}),
        (("split", ONE, TWO), "split-story", {"story": ONE, "articles": [TWO]}),
        (("pin", TWO, "--to", OTHER), "pin-article", {"article": TWO, "story": OTHER}),
        (("rename", ONE, "A better title"), "rename-story", {"story": ONE, "title": "A better title"}),
        (("rename", ONE, "--automatic"), "rename-story", {"story": ONE, "title": None}),
        (("rename", f"http://a.example/v1/stories/{ONE}/", "X"), "rename-story", {"story": ONE, "title": "X"}),
    ],
)
def test_a_word_becomes_a_command(
    api: str, server: Server, arguments: tuple[str, ...], kind: str, data: dict[str, object]
) -> None:
    done = dateline("story", *arguments, "--api", api)
    assert (done.status, done.err) == (0, "")
    assert f"; look at {api}/v1/" in done.out
    with Redis(port=server.port) as redis:
        [(_entry, fields)] = redis.xrange(StreamNames().commands)
    command = read_event(fields[PAYLOAD.encode()])
    assert command.type == f"dateline.command.{kind}.v1"
    assert command.data.model_dump(mode="json") == data | {"language": "en"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("merge", ONE, "--into", ONE), "one story already"),
        (("merge", str(article_id(9)), "--into", ONE), "there is no story"),
        (("split", ONE, OTHER), "the story has no article"),
        (("split", ONE, "first"), "'first' is no id"),
        (("rename", ONE), "either a title or --automatic"),
        (("rename", ONE, "X", "--automatic"), "either a title or --automatic"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(api: str, arguments: tuple[str, ...], said: str) -> None:
    done = dateline("story", *arguments, "--api", api)
    assert (done.status, done.err.count("\n"), said in done.err) == (1, 1, True), done.err
