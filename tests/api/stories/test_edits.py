"""Editors' words become commands on the stream; what cannot be is refused before."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from services.contracts.commands import MergeStories, PinArticle, RenameStory, SplitStory
from services.contracts.registry import read_event
from services.contracts.streams import StreamNames
from tests.api.events import article_id, published, story_changed
from tests.api.serving import put, served, settings_for
from tests.conftest import Server
from tests.waiting import until_stream_holds

pytestmark = pytest.mark.anyio

COMMANDS = StreamNames().commands


@pytest.fixture
async def client(server: Server, redis: Redis, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Story 1 of 1 and 2, story 3 of itself, 4 that was merged into 3, story 5 in Norwegian; 6 has none."""
    async with served(settings_for(server, tmp_path)) as client:
        await put(redis, *(published(number, minutes=number) for number in range(1, 7)))
        await put(
            redis,
            story_changed(1, 1, "opened", joined=(1,)),
            story_changed(1, 2, joined=(2,)),
            story_changed(3, 3, "opened", joined=(3,)),
            story_changed(4, 4, "opened", joined=(4,)),
            story_changed(4, 5, "merged", into=3),
            story_changed(5, 6, "opened", joined=(5,), language="no"),
        )
        async with asyncio.timeout(60):
            while sorted(one["size"] for one in (await client.get("/v1/stories")).json()["stories"]) != [1, 2, 2]:
                await asyncio.sleep(0.02)
            while len((await client.get("/v1/articles")).json()["articles"]) != 6:
                await asyncio.sleep(0.02)
        yield client


def story(number: int) -> str:
    return f"/v1/stories/{article_id(number)}"


@pytest.mark.parametrize(
    ("method", "path", "body", "model", "data", "look"),
    [
        (
            "POST", story(1) + "/merge", {"into": str(article_id(3))}, MergeStories,
            {"story": article_id(1), "into": article_id(3), "language": "en"}, story(3),
        ),
        (
            "POST", story(1) + "/merge", {"into": str(article_id(4))}, MergeStories,
            {"story": article_id(1), "into": article_id(3), "language": "en"}, story(3),
        ),
        (
            "POST", story(4) + "/split", {"articles": [str(article_id(4))] * 2}, SplitStory,
            {"story": article_id(3), "articles": (article_id(4),), "language": "en"}, f"/v1/articles/{article_id(4)}",
        ),
        (
            "POST", story(5) + "/pin", {"article": str(article_id(6))}, PinArticle,
            {"story": article_id(5), "article": article_id(6), "language": "no"}, f"/v1/articles/{article_id(6)}",
        ),
        (
            "PATCH", story(1), {"title": " The  harbour "}, RenameStory,
            {"story": article_id(1), "title": "The harbour", "language": "en"}, story(1),
        ),
        (
            "PATCH", story(1), {"title": None}, RenameStory,
            {"story": article_id(1), "title": None, "language": "en"}, story(1),
        ),
    ],
)  # fmt: skip
async def test_what_an_editor_asks_for_is_a_command(
    client: httpx.AsyncClient, redis: Redis, method: str, path: str, body: Any, model: type, data: Any, look: str
) -> None:
    answer = await client.request(method, path, json=body)
    assert answer.status_code == 202, answer.text
    assert (answer.headers["location"], answer.json()["look"]) == (look, look)
    assert (await client.get(look)).status_code == 200
    [payload] = await until_stream_holds(redis, COMMANDS, 1)
    command = read_event(payload)
    assert isinstance(command, model)
    assert command.data.model_dump() == data
    assert command.subject == str(data["story"])
    assert command.traceparent


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("POST", story(9) + "/merge", {"into": str(article_id(1))}, 404, "there is no story"),
        ("POST", story(1) + "/merge", {"into": str(article_id(9))}, 422, "into: there is no story"),
        ("POST", story(3) + "/merge", {"into": str(article_id(4))}, 422, "one story already"),
        ("POST", story(1) + "/merge", {"into": str(article_id(5))}, 422, "one language"),
        ("POST", story(1) + "/merge", {}, 422, "into: Field required"),
        ("POST", story(1) + "/split", {"articles": []}, 422, "articles"),
        ("POST", story(1) + "/split", {"articles": [str(article_id(3))]}, 422, "the story has no article"),
        ("POST", story(1) + "/split", {"articles": [str(article_id(1)), str(article_id(2))]}, 422, "at least one"),
        ("POST", story(1) + "/pin", {"article": str(article_id(9))}, 422, "there is no article"),
        ("PATCH", story(1), {"title": " \n "}, 422, "title"),
        ("PATCH", story(1), {}, 422, "title"),
        ("PATCH", story(1), {"name": "x", "title": "y"}, 422, "name"),
        ("PATCH", story(9), {"title": "x"}, 404, "there is no story"),
        ("DELETE", story(1), None, 405, "not possible"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_asked(
    client: httpx.AsyncClient, redis: Redis, method: str, path: str, body: Any, status: int, said: str
) -> None:
    answer = await client.request(method, path, json=body)
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text
    assert await redis.xlen(COMMANDS) == 0


@pytest.mark.parametrize("below", ["/merge", "/split", "/pin"])
async def test_only_an_admin_may(client: httpx.AsyncClient, below: str) -> None:
    async with httpx.AsyncClient(base_url=client.base_url, timeout=60) as stranger:
        assert (await stranger.post(story(1) + below, json={})).status_code == 401
        assert (await stranger.patch(story(1), json={"title": "x"})).status_code == 401


async def test_what_enrich_makes_of_it_is_read_and_heard_of(client: httpx.AsyncClient, redis: Redis) -> None:
    """The rest of the way, with enrich's word as it will be."""
    await client.post(story(1) + "/merge", json={"into": str(article_id(3))})
    await put(redis, story_changed(1, 10, "merged", into=3, by="editor"))
    async with client.stream("GET", "/v1/stream.ndjson?types=story&since=2026-01-01") as answer:
        async for line in answer.aiter_lines():
            if '"merged"' in line and str(article_id(1)) in line:
                break
    moved = await client.get(story(1), follow_redirects=True)
    assert (moved.url.path, moved.json()["size"]) == (story(3), 4)
