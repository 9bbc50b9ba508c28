"""Publishing exactly once, on a real server."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from redis.asyncio import Redis

from services.contracts.articles import FeedRef, Source
from services.contracts.identity import feed_id
from services.contracts.registry import read_event
from services.ingest.compose import Found, find_articles
from services.ingest.memory import Change, Memory
from services.ingest.parse import Entry, ParsedFeed
from services.ingest.publish import Origin, Published, Publisher
from services.ingest.revise import Remembered
from tests.conftest import server_binaries
from tests.waiting import until_stream_holds

pytestmark = pytest.mark.anyio

STREAM = "dateline:articles"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=server_binaries())
def broker_binary(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def memory(redis: Redis) -> Memory:
    return Memory(redis, "dateline", STREAM)


def origin(name: str = "one") -> Origin:
    url = f"https://{name}.example/feed"
    return Origin(FeedRef(id=feed_id(url), url=url), Source(id=f"{name}.example", name=name))


def articles(*titles: str, text: str = "text") -> list[Found]:
    entries = tuple(Entry(url=f"https://e.example/{title}", title=title, text=text) for title in titles)
    return find_articles(ParsedFeed(format="RSS 2.0", entries=entries), origin="https://e.example/feed")


def counts(published: Published) -> tuple[int, int, int]:
    """New, revised, listed."""
    return published.new, published.revised, published.listed


async def events(redis: Redis) -> list[dict[str, Any]]:
    return [json.loads(payload) for payload in await until_stream_holds(redis, STREAM, 0)]


async def test_new_articles_are_published_oldest_first_and_once(redis: Redis, memory: Memory) -> None:
    publisher = Publisher(memory)
    assert counts(await publisher.publish(articles("newer", "older"), origin(), NOW)) == (2, 0, 0)
    assert counts(await publisher.publish(articles("newer", "older"), origin(), NOW)) == (0, 0, 0)
    found = await events(redis)
    assert [event["data"]["title"] for event in found] == ["older", "newer"]
    for event in found:
        read_event(json.dumps(event).encode())
        assert event["id"] == f"{event['subject']}/1"
        assert event["source"] == "/ingest"


async def test_a_changed_article_is_a_revision_of_the_same_id(redis: Redis, memory: Memory) -> None:
    publisher = Publisher(memory)
    await publisher.publish(articles("a"), origin(), NOW)
    later = NOW.replace(hour=13)
    assert counts(await publisher.publish(articles("a", text="other"), origin(), later)) == (0, 1, 0)
    first, second = await events(redis)
    assert second["type"] == "dateline.article.revised.v1"
    assert (second["subject"], second["data"]["revision"]) == (first["subject"], 2)
    assert second["data"]["first_seen"] == first["data"]["first_seen"]
    assert second["data"]["seen"] != first["data"]["seen"]


async def test_another_feed_only_lists_a_known_article(redis: Redis, memory: Memory) -> None:
    publisher = Publisher(memory)
    await publisher.publish(articles("a"), origin("one"), NOW)
    assert counts(await publisher.publish(articles("a", text="other"), origin("two"), NOW)) == (0, 0, 1)
    assert counts(await publisher.publish(articles("a", text="third"), origin("two"), NOW)) == (0, 0, 0)
    listed = (await events(redis))[-1]
    assert listed["type"] == "dateline.article.listed.v1"
    assert listed["id"] == f"{listed['subject']}/in/{origin('two').feed.id}"


async def test_whoever_is_forestalled_decides_again(redis: Redis) -> None:
    """Two pollers find the same article at once; the second wrote between the first one's reading and writing."""

    class Overtaken(Memory):
        async def write(self, changes: Any, fence: Any = None) -> Any:
            if await redis.xlen(STREAM) == 0:
                await Publisher(Memory(redis, "dateline", STREAM)).publish(articles("a"), origin("two"), NOW)
            return await super().write(changes, fence)

    publisher = Publisher(Overtaken(redis, "dateline", STREAM))
    assert counts(await publisher.publish(articles("a"), origin("one"), NOW)) == (0, 0, 1)
    assert [event["type"].split(".")[2] for event in await events(redis)] == ["published", "listed"]


async def test_writing_the_same_twice_publishes_once(redis: Redis, memory: Memory) -> None:
    (article,) = articles("a")
    change = Change(article.id, None, Remembered(1, 1, "digest", ("one",)), b"{}")
    assert await memory.write([change]) == {}
    assert await memory.write([change]) == {}
    assert await redis.xlen(STREAM) == 1


async def test_a_conflict_answers_what_is_remembered(redis: Redis, memory: Memory) -> None:
    (article,) = articles("a")
    present = Remembered(4, 1, "digest", ("one", "two"))
    await memory.write([Change(article.id, None, present, b"{}")])
    forestalled = Change(article.id, None, Remembered(1, 2, "other", ("three",)), b"{}")
    assert await memory.write([forestalled]) == {article.id: present}
    lost = Change(article.id, present, Remembered(5, 1, "digest", ("one",)), b"{}")
    await redis.flushall()
    assert await memory.write([lost]) == {article.id: None}
    assert await redis.xlen(STREAM) == 0


async def test_large_batches_are_written_in_parts(redis: Redis, memory: Memory) -> None:
    many = articles(*(str(number) for number in range(450)), text="x" * 20_000)
    assert counts(await Publisher(memory).publish(many, origin(), NOW)) == (450, 0, 0)
    assert len({event["id"] for event in await events(redis)}) == 450


async def test_all_keys_begin_with_the_prefix(redis: Redis) -> None:
    await Publisher(Memory(redis, "{wire}", "{wire}:articles")).publish(articles("a"), origin(), NOW)
    assert len(await redis.keys("{wire}:*")) == await redis.dbsize() == 2
