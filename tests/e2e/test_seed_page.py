"""The page that Dateline began with: its ten titles, served from a feed at those ages, come out as its ten lines."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
from anyio import sleep
from redis.asyncio import Redis

from services.api.app import create_app, running
from services.api.settings import ApiSettings
from services.contracts.articles import FeedRef
from services.contracts.identity import feed_id
from services.enrich.assembly import load_pipeline
from services.enrich.emit import Emitter
from services.enrich.enricher import GROUP, Enricher
from services.enrich.setups import Setups
from services.ingest.compose import feed_source, find_articles
from services.ingest.fetch import Fetcher, Limits
from services.ingest.memory import Memory
from services.ingest.outcomes import Fetched
from services.ingest.parse import parse_feed
from services.ingest.publish import Origin, Publisher
from services.wire.broker_url import BrokerUrl
from services.wire.messages import deliveries_of
from tests.conftest import Server
from tests.e2e.feed_server import FeedServer, rss

SEED = Path(__file__).parents[3] / "shared" / "seed" / "front-page.txt"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def seed_lines() -> list[str]:
    """`Title - age`, ten of them."""
    return [line for line in SEED.read_text().splitlines() if line.endswith(" ago")]


def as_time(age: str) -> timedelta:
    """Some moment of which `age` is the right description."""
    words = age.removeprefix("about ").split()
    unit = {"min": "minutes", "hour": "hours", "day": "days"}[words[1].rstrip("s")]
    return timedelta(**{unit: int(words[0])}, seconds=30)


@pytest.mark.anyio
@pytest.mark.skipif(not SEED.exists(), reason="the seed page is not on this machine")
async def test_the_seed_page_comes_out_to_the_letter(server: Server, redis: Redis, tmp_path: Path) -> None:
    lines = seed_lines()
    entries = []
    for number, line in enumerate(lines):
        title, age = line.rsplit(" - ", 1)
        time = NOW - as_time(age) - timedelta(seconds=number)
        link = f"https://wire.example/{number}"
        entries.append({"title": title, "link": link, "pubDate": format_datetime(time)})
    assert len(entries) == 10
    with FeedServer().running() as feeds:
        feeds.documents["/feed.xml"] = ("application/rss+xml", rss("The Wire", entries))
        await publish(feeds.url("/feed.xml"), redis)

    settings = ApiSettings(redis_url=BrokerUrl.parse(server.url), database_path=tmp_path / "dateline.db")
    await enrich(redis, settings)
    async with running(settings, clock=lambda: NOW) as service:
        app = create_app(settings, service, clock=lambda: NOW)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wire") as client:
            text = await headlines(client, until=lambda text: text.count("\n") == 10 and "just now" not in text)
    assert text == "".join(f"- {line}\n" for line in lines)


async def publish(url: str, redis: Redis) -> None:
    fetcher = Fetcher(user_agent="test", allowed_hosts=frozenset({"127.0.0.1"}), limits=Limits(), clock=lambda: NOW)
    async with fetcher:
        fetched = await fetcher.fetch(url)
    assert isinstance(fetched, Fetched)
    parsed = parse_feed(fetched.body, url=url)
    origin = Origin(FeedRef(id=feed_id(url), url=url), feed_source(url=url, site=parsed.site, title=parsed.title))
    publisher = Publisher(Memory(redis, "dateline", "dateline:articles"))
    await publisher.publish(find_articles(parsed, origin=url), origin, NOW)


async def enrich(redis: Redis, settings: ApiSettings) -> None:
    stream = settings.streams.articles
    await redis.xgroup_create(stream, GROUP, id="0")
    answer: Any = await redis.xreadgroup(GROUP, "test", {stream: ">"})
    [[_stream, entries]] = answer
    setups, emitter = Setups(redis, settings.streams), Emitter(redis, settings.streams, GROUP)
    enricher = Enricher(load_pipeline(), setups, emitter, lambda: NOW)
    await enricher(deliveries_of(stream, entries))


async def headlines(client: httpx.AsyncClient, until: Callable[[str], bool]) -> str:
    deadline = monotonic() + 30
    while True:
        text = (await client.get("/v1/headlines", headers={"Accept": "text/plain"})).text
        if until(text) or monotonic() > deadline:
            return text
        await sleep(0.01)
