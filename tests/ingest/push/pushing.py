"""Ingest and the API as they are, over a real Redis, with a publisher and a hub on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import HttpUrl
from redis.asyncio import Redis

from services.contracts.opml import Outline
from services.ingest.app import serve
from services.ingest.settings import IngestSettings
from services.wire.broker_url import BrokerUrl
from tests.api.serving import served, settings_for
from tests.conftest import Server
from tests.ingest.feed_server import FeedServer, answer, feed_server
from tests.ingest.feeds import rss
from tests.ingest.push.hub_server import Hub
from tests.waiting import until_stream_holds

Push = dict[str, Any]


@dataclass
class Wire:
    """What a test sees. The feed is `pages.pages["/feed"]`; it is polled once, and then when a test wants it."""

    http: httpx.AsyncClient
    redis: Redis
    pages: FeedServer
    hub: Hub

    @property
    def polls(self) -> int:
        return self.pages.count("/feed")

    def publish(self, *entries: str, hub: bool = True) -> bytes:
        """Change the feed, without a word to the hub. Returns what the hub would deliver."""
        links = f'<atom:link rel="self" href="{self.pages.url}/feed"/>'
        if hub:
            links += f'<atom:link rel="hub" href="{self.hub.url}"/>'
        spaces = b'<rss xmlns:atom="http://www.w3.org/2005/Atom" '
        body = rss(*entries, channel=f"<title>Harbour Courier</title>{links}").replace(b"<rss ", spaces)
        self.pages.pages["/feed"] = answer(body)
        return body

    async def feed(self) -> dict[str, Any]:
        [feed] = (await self.http.get("/v1/feeds")).json()["feeds"]
        found: dict[str, Any] = feed
        return found

    async def until_push(self, condition: Callable[[Push], bool], within_s: float = 15.0) -> Push:
        """The feed's `push` as the API shows it, as soon as `condition` holds."""
        push: Push = {}
        try:
            async with asyncio.timeout(within_s):
                while True:
                    feeds = (await self.http.get("/v1/feeds")).json()["feeds"]
                    push = (feeds[0]["push"] if feeds else None) or {}
                    if push and condition(push):
                        return push
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"it stayed {push}") from None

    async def until_active(self) -> Push:
        return await self.until_push(lambda push: push["status"] == "active")

    async def until_titles(self, *titles: str) -> None:
        async with asyncio.timeout(60):
            while True:
                payloads = await until_stream_holds(self.redis, "dateline:articles", 0)
                found = [json.loads(payload)["data"]["title"] for payload in payloads]
                if sorted(found) == sorted(titles):
                    return
                await asyncio.sleep(0.02)

    async def until_settled(self) -> None:
        """Until ingest has carried out all commands."""
        async with asyncio.timeout(60):
            while True:
                groups = await self.redis.xinfo_groups("dateline:commands")
                if groups and not groups[0]["pending"] and not groups[0].get("lag"):
                    return
                await asyncio.sleep(0.02)

    async def poll(self) -> None:
        """Have the feed polled, and wait until that is written down."""
        before = (await self._state())["polled_at"]
        feed = (await self.feed())["id"]
        (await self.http.post(f"/v1/feeds/{feed}/refresh")).raise_for_status()
        async with asyncio.timeout(60):
            while (await self._state())["polled_at"] == before:
                await asyncio.sleep(0.02)

    async def deliver(self, body: bytes, **how: Any) -> list[int]:
        return await asyncio.to_thread(lambda: self.hub.deliver(body, **how))

    async def call_back(self, callback: str, **parameters: str) -> httpx.Response:
        return await asyncio.to_thread(lambda: self.hub.call_back(callback, **parameters))

    async def due_in_s(self, now: float) -> float:
        feed = (await self._state())["id"]
        due_ms = await self.redis.zscore("dateline:ingest:due", feed)
        return float(due_ms or 0) / 1000 - now

    async def pass_time(self, minutes: float) -> None:
        """Have all that is known of the subscription be older."""
        state = await self._state()
        for holder in (state["push"], *state["push"].get("suspects", ())):
            for name, value in holder.items():
                if name in ("since", "asked_at", "next_ask_at", "until", "pinged_at", "at"):
                    moved = datetime.fromisoformat(value) - timedelta(minutes=minutes)
                    holder[name] = moved.isoformat()
        await self.redis.hset("dateline:ingest:feeds", state["id"], json.dumps(state))

    async def _state(self) -> dict[str, Any]:
        [stored] = (await self.redis.hgetall("dateline:ingest:feeds")).values()
        state: dict[str, Any] = json.loads(stored)
        return state


@asynccontextmanager
async def pushing(
    server: Server, redis: Redis, folder: Path, hub: Hub, *, replicas: int = 1, **settings: Any
) -> AsyncIterator[Wire]:
    api = settings_for(server, folder)
    base = f"http://127.0.0.1:{api.http_port}"
    async with feed_server() as pages, served(api) as http:
        wire = Wire(http, redis, pages, hub)
        wire.publish()
        stop = asyncio.Event()
        values: dict[str, Any] = {
            "public_url": HttpUrl(base),
            "allow_hosts": frozenset({"127.0.0.1"}),
            "poll_min_s": 0.05,
        } | settings
        listed, url = [Outline(f"{pages.url}/feed")], BrokerUrl.parse(server.url)
        ingests = [IngestSettings(redis_url=url, consumer=str(number), **values) for number in range(replicas)]
        running = [asyncio.create_task(serve(ingest, listed, stop)) for ingest in ingests]
        try:
            yield wire
        finally:
            stop.set()
            async with asyncio.timeout(60):
                await asyncio.gather(*running)
