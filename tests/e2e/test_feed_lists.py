"""Feed lists through the HTTP API: what is imported is given away again the same. Nothing is polled."""

import asyncio
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from services.contracts.opml import Outline, read_opml
from services.ingest.commands import GROUP, CommandHandler, FeedList
from services.ingest.memory import Memory
from services.ingest.publish import Publisher
from services.ingest.registry import Registry
from services.ingest.submissions import Submissions
from services.wire.connection import new_broker
from services.wire.group_marks import GroupMarks
from services.wire.inbox import Inbox
from services.wire.process import utc_now
from services.wire.quarantine import Quarantine
from services.wire.settings import RetryPolicy
from tests.api.serving import served, settings_for
from tests.conftest import CORPORA, Server

pytestmark = pytest.mark.anyio

EACH = 16
"""One list in so many is sent through the API; all of them are read and written in tests/contracts/test_opml.py."""


@asynccontextmanager
async def wire(server: Server, redis: Redis, folder: Path, prefix: str) -> AsyncIterator[httpx.AsyncClient]:
    """The API and the part of ingest that keeps the list, each list's own by its prefix."""
    settings = settings_for(server, folder, stream_prefix=prefix).model_copy(
        update={"database_path": folder / f"{prefix}.db"}
    )
    broker = new_broker(settings.redis_url)
    await broker.connect()
    quarantine = Quarantine(redis, settings.streams.quarantine, utc_now)
    submissions = Submissions(Publisher(Memory(redis, prefix, settings.streams.articles)), redis, prefix, utc_now)
    feeds = FeedList(Registry(redis, prefix, settings.streams.feeds), utc_now)
    inbox = Inbox(
        broker,
        redis,
        stream=settings.streams.commands,
        group=GROUP,
        consumer="one",
        handle=CommandHandler(feeds, submissions, GroupMarks(redis, prefix), quarantine),
        quarantine=quarantine,
        retry=RetryPolicy(1, 3),
    )
    async with inbox, served(settings) as client:
        yield client
    await broker.stop()


def described(feeds: list[Outline]) -> dict[str, tuple[str | None, tuple[str, ...]]]:
    """A feed's site is not among what a list tells ingest: the feed itself says it."""
    return {feed.url: (feed.title, feed.tags) for feed in feeds}


async def exported(client: httpx.AsyncClient, count: int) -> list[Outline]:
    async with asyncio.timeout(60):
        while True:
            answer = await client.get("/v1/feeds.opml")
            if len(found := read_opml(answer.content, name="export")) >= count:
                return found
            await asyncio.sleep(0.05)


async def test_a_list_is_imported_once_and_its_refusals_are_said(server: Server, redis: Redis, tmp_path: Path) -> None:
    body = (
        '<outline text="News, all"><outline text="A" xmlUrl="https://a.example/feed"/>'
        '<outline text="B" xmlUrl="https://b.example/feed" category="x,y"/></outline><outline xmlUrl="feed:c"/>'
    )
    text = f"<opml><body>{body}</body></opml>".encode()
    refused = [{"url": "feed:c", "reason": "its xmlUrl is no whole http or https URL"}]
    async with wire(server, redis, tmp_path, "one") as client:
        first = await client.post("/v1/feeds.opml", files={"list": ("mine.opml", text, "text/x-opml")})
        assert (first.status_code, first.json()) == (202, {"added": 2, "edited": 0, "known": 0, "refused": refused})
        assert described(await exported(client, 2)) == described(read_opml(text, name="list"))
        retitled = text.replace(b'text="A"', b'text="C"')
        again = await client.post("/v1/feeds.opml", content=retitled, headers={"Content-Type": "text/xml"})
        assert again.json() == {"added": 0, "edited": 1, "known": 1, "refused": refused}


async def test_lists_of_others_are_given_away_as_they_came_in(server: Server, redis: Redis, tmp_path: Path) -> None:
    archive = CORPORA / "opml.tar.xz"
    if not archive.exists():
        pytest.skip("the corpus opml is not here")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "lists", filter="data")
    lists = sorted((tmp_path / "lists").rglob("*.opml"))[::EACH]
    assert lists
    for number, path in enumerate(lists):
        feeds = read_opml(path.read_bytes(), name=path.name)
        async with wire(server, redis, tmp_path, f"list{number}") as client:
            answer = await client.post(
                "/v1/feeds.opml", content=path.read_bytes(), headers={"Content-Type": "text/x-opml"}
            )
            outcome = answer.json()
            assert answer.status_code == 202, (path, outcome)
            refused = {one["url"] for one in outcome["refused"]}
            taken = [feed for feed in feeds if feed.url not in refused]
            assert (outcome["added"], len(taken)) == (len(taken), len(feeds)), (path, outcome["refused"])
            assert described(await exported(client, len(taken))) == described(taken), path
