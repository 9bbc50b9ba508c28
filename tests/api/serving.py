"""The API on a real port over a real broker, and a reader of its live stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from redis.asyncio import Redis

from services.api.app import serve
from services.api.settings import ApiSettings
from services.contracts.streams import PAYLOAD, StreamNames
from services.wire.broker_url import BrokerUrl
from tests.api.conftest import Told, stream_of
from tests.conftest import ADMIN_KEY, AS_ADMIN, Server, free_port

_NAMES = StreamNames()
STREAMS = (_NAMES.articles, _NAMES.enrichments, _NAMES.feeds)


async def put(redis: Redis, *events: Told | bytes, stream: str = _NAMES.articles) -> None:
    """Append the events to their streams; bytes as they are to `stream`."""
    for event in events:
        if isinstance(event, bytes):
            await redis.xadd(stream, {PAYLOAD: event})
        else:
            await redis.xadd(STREAMS[stream_of(event)], {PAYLOAD: event.to_wire()})


def settings_for(server: Server, folder: Path, **further: Any) -> ApiSettings:
    settings: dict[str, Any] = {
        "consumer": "test",
        "retry_after_s": 0.2,
        "admin_key": ADMIN_KEY,
        "http_port": free_port(),
    }
    url = BrokerUrl.parse(server.url)
    return ApiSettings(redis_url=url, database_path=folder / "dateline.db", **(settings | further))


@asynccontextmanager
async def served(settings: ApiSettings) -> AsyncIterator[httpx.AsyncClient]:
    """The API in this process, ready, and a client with its admin key; it is stopped as by a signal."""
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(settings, stop))
    base = f"http://127.0.0.1:{settings.http_port}"
    try:
        async with httpx.AsyncClient(base_url=base, headers=AS_ADMIN, timeout=60) as client:
            await until_ready(client, serving)
            yield client
    finally:
        stop.set()
        async with asyncio.timeout(60):
            await serving


async def until_ready(client: httpx.AsyncClient, serving: "asyncio.Task[None] | None" = None) -> None:
    async with asyncio.timeout(60):
        while serving is None or not serving.done():
            with suppress(httpx.TransportError):
                if (await client.get("/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.02)
        serving.result()


@dataclass(frozen=True)
class Heard:
    """One server-sent event."""

    id: str
    event: str
    data: dict[str, Any]

    @property
    def what(self) -> str:
        """Such as `article 7`: what happened to the article of which number."""
        return f"{self.event} {self.data.get('title', '').removeprefix('Article ')}"


@dataclass
class Listener:
    """What has come so far. `position` is the last id, as a browser keeps it; `ended` when the server closed."""

    heard: list[Heard] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    position: str = ""
    ended: bool = False

    @property
    def what(self) -> list[str]:
        return [heard.what for heard in self.heard]

    def line(self, line: str) -> None:
        """As the standard tells a client to read: https://html.spec.whatwg.org/multipage/server-sent-events.html"""
        name, _, value = line.partition(": ")
        if name == "id":
            self.position = value
        elif name == "event":
            self._event = value
        elif name == "data":
            self.heard.append(Heard(self.position, self._event, json.loads(value)))
        elif line.startswith(":"):
            self.comments.append(line)


@asynccontextmanager
async def listening(
    client: httpx.AsyncClient, address: str = "/v1/stream", last_event_id: str | None = None
) -> AsyncIterator[Listener]:
    """A reader that has been greeted: what happens from now on reaches it."""
    listener = Listener()
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}

    async def read() -> None:
        async with client.stream("GET", address, headers=headers, timeout=30) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream"), await answer.aread()
            async for line in answer.aiter_lines():
                listener.line(line)
        listener.ended = True

    reading = asyncio.create_task(read())
    try:
        async with asyncio.timeout(60):
            while not listener.position and not reading.done():
                await asyncio.sleep(0.01)
        yield listener
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError, httpx.TransportError):
            await reading
