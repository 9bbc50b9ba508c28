"""One replica of the API without Redis: a read model, its hub, and the HTTP server over both."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from redis.asyncio import Redis

from services.api.app import Running, create_app, http_server
from services.api.live.hub import Hub
from services.api.readmodel.changes import Incoming
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import EntryId, Position, Stream
from services.api.settings import ApiSettings
from services.wire.broker_url import BrokerUrl
from services.wire.process import utc_now
from tests.api.conftest import Told, stream_of
from tests.api.events import enriched, published

BEGINNING = str(Position())


class Replica:
    def __init__(self, model: ReadModel, hub: Hub, client: httpx.AsyncClient, port: int) -> None:
        self.model, self.hub, self.client, self.port = model, hub, client, port

    async def tell(self, entry: int | EntryId, *events: Told) -> None:
        """Apply the events as one batch; the first has this entry's id, the next ones the next."""
        first = entry if isinstance(entry, EntryId) else EntryId(entry)
        batch = [Incoming(EntryId(first.ms + count, first.seq), event) for count, event in enumerate(events)]
        await self.model.apply(stream_of(events[0]), batch)

    async def article(self, number: int, **fields: Any) -> None:
        await self.tell(number, published(number, **fields))

    async def article_at(self, number: int, entry: EntryId) -> None:
        await self.tell(entry, published(number))

    async def enrichment(self, number: int, **fields: Any) -> None:
        await self.model.apply(Stream.ENRICHMENTS, [Incoming(EntryId(number), enriched(number, **fields))])


@asynccontextmanager
async def replica(
    path: Path, *, backlog: int = 1_000, heartbeat_s: float = 15.0, per_address: int = 100
) -> AsyncIterator[Replica]:
    """Serving on a port of its own while this is entered."""
    settings = ApiSettings(redis_url=BrokerUrl.parse("redis://127.0.0.1:1/0"), stream_per_address=per_address)
    hub = Hub(backlog, heartbeat_s)
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(ReadModel(path, hub.publish))
        hub.begin((await model.counts()).changes, await model.position())
        await stack.enter_async_context(hub.delivering())
        redis = await stack.enter_async_context(Redis.from_url(str(settings.redis_url)))
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        server = http_server(create_app(settings, Running(model, hub, redis, []), utc_now))
        serving = asyncio.create_task(server.serve([listener]))
        try:
            port = listener.getsockname()[1]
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                yield Replica(model, hub, client, port)
        finally:
            hub.close()
            server.should_exit = True
            await serving
