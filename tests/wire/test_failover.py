"""The primary dies under a wire that runs: with sentinels, and in a cluster. Nobody has to step in."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot

from services.contracts.opml import Outline, write_opml
from services.contracts.streams import PAYLOAD, StreamNames
from services.wire.tasks import end
from tests.brokers.cluster import PREFIX, Cluster
from tests.brokers.trio import Trio
from tests.e2e.feed_server import FeedServer, rss
from tests.e2e.processes import NAMES, Processes
from tests.waiting import eventually

pytestmark = pytest.mark.anyio

STREAMS = StreamNames(prefix=PREFIX)
READ = (STREAMS.articles, STREAMS.enrichments, STREAMS.feeds, STREAMS.commands)
SUBMITTED = {"url": "https://own.example/ferry", "title": "Ferry runs again", "html": "<p>From Friday on.</p>"}
FEEDS = 5
WITHIN_S = 90.0


@pytest.fixture(params=[Trio, Cluster])
async def broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Trio | Cluster]:
    kind: type[Trio | Cluster] = request.param
    broker = kind(tmp_path / "broker", down_after_ms=1_000, password="of-a-test")
    try:
        await broker.start()
        yield broker
    finally:
        await broker.kill()


class Publisher:
    """Five feeds that list all they ever had, and `articles`: by URL the title that must be served in the end."""

    def __init__(self, server: FeedServer) -> None:
        self._server = server
        self.articles: dict[str, str] = {}
        self._render()

    def urls(self) -> list[str]:
        return [self._server.url(f"/{number}.xml") for number in range(FEEDS)]

    async def publish(self) -> None:
        """Four new articles and a revised one at a time."""
        while True:
            for _ in range(4):
                number = len(self.articles)
                self.articles[f"https://bureau-{number % FEEDS}.example/{number}"] = f"Report {number} of the harbour"
            revised = random.choice(list(self.articles))
            self.articles[revised] += ", again"
            self._render()
            await asyncio.sleep(0.15)

    def _render(self) -> None:
        for number in range(FEEDS):
            entries = [
                {"link": url, "title": title, "description": f"{title}. The council heard it on Friday."}
                for url, title in self.articles.items()
                if url.startswith(f"https://bureau-{number}.")
            ]
            self._server.documents[f"/{number}.xml"] = ("application/rss+xml", rss(f"Bureau {number}", entries))


class Wire:
    """The three services with the feeds of `source`, and what can be seen of them."""

    def __init__(self, broker: Trio | Cluster, source: Publisher, processes: Processes) -> None:
        self.broker, self.source, self.processes = broker, source, processes
        self.publishing = asyncio.create_task(source.publish())

    async def get(self, path: str) -> Any:
        return await asyncio.to_thread(self.processes.get, path)

    async def goes_on(self) -> None:
        """Wait until articles that are published from now on are served."""
        known = set(self.source.articles)

        def new_are_served(processes: Processes) -> bool:
            return any(article["url"] in self.source.articles.keys() - known for article in latest(processes))

        await asyncio.to_thread(self.processes.until, new_are_served, WITHIN_S)

    async def is_whole(self) -> None:
        """Wait until each article is served once, in its last version, with its enrichment and a story."""
        wanted = sorted(self.source.articles.items())

        def whole(processes: Processes) -> bool:
            served = [one for one in processes.every_article() if one["url"] != SUBMITTED["url"]]
            done = all(article["enriched"] and article["story"] for article in served)
            return done and sorted((one["url"], one["title"]) for one in served) == wanted

        await asyncio.to_thread(self.processes.until, whole, WITHIN_S)


def latest(processes: Processes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = processes.get("/v1/articles", limit=100)["articles"]
    return found


@pytest.fixture
async def wire(broker: Trio | Cluster, tmp_path: Path) -> AsyncIterator[Wire]:
    async with AsyncExitStack() as stack:
        source = Publisher(stack.enter_context(FeedServer().running()))
        opml = tmp_path / "feeds.opml"
        opml.write_text(write_opml([Outline(url) for url in source.urls()], title="through a failover"))
        processes = Processes(broker.url, tmp_path, DATELINE_STREAM_PREFIX=PREFIX, DATELINE_OPML=str(opml))
        stack.enter_context(processes.running())
        wire = Wire(broker, source, processes)
        stack.push_async_callback(end, wire.publishing)
        await wire.goes_on()
        yield wire


async def test_a_wire_outlives_its_primary(wire: Wire) -> None:
    if isinstance(wire.broker, Cluster):
        await wire.broker.failover()  # as an operator asks for it: the old one lives on, as a replica
        await wire.goes_on()
    dead = await wire.broker.primary()
    await dead.kill()
    await wire.goes_on()
    assert (await wire.broker.primary()) is not dead
    await end(wire.publishing)
    await asyncio.to_thread(wire.processes.http.post, "/v1/articles", json=SUBMITTED)
    await wire.is_whole()

    async with Redis.from_url((await wire.broker.primary()).url) as redis:
        poison: Any = await redis.xadd(STREAMS.articles, {PAYLOAD: "no JSON"})
        await eventually(lambda: _is_quiet(redis), WITHIN_S)
        held = await wire.get("/v1/quarantine")
        assert {one["entry"] for one in held["events"]} == {poison.decode()}, "an outage sends no event there"
        assert await _consumers(redis) == {socket.gethostname().encode()}, "nobody reads under another name"
        keys = [key async for key in redis.scan_iter(count=1000)]
    assert {key_slot(key) for key in keys} == {key_slot(PREFIX.encode())}
    assert {name: await asyncio.to_thread(wire.processes.stop, name) for name in NAMES} == dict.fromkeys(NAMES, 0)


async def _is_quiet(redis: Redis) -> bool:
    """Whether the poison is set aside and nothing waits. Owners of stories note where they are now and then only."""
    groups = [group for stream in READ for group in await redis.xinfo_groups(stream) if group["name"] != b"stories"]
    behind = any(group["pending"] or group["lag"] for group in groups)
    return bool(await redis.exists(STREAMS.quarantine)) and not behind


async def _consumers(redis: Redis) -> set[bytes]:
    groups = [(stream, group["name"]) for stream in READ for group in await redis.xinfo_groups(stream)]
    return {told["name"] for place in groups for told in await redis.xinfo_consumers(*place)}
