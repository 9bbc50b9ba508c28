"""Guids and addresses that change, on a real Redis and from a real server: no article twice, none overwritten."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from redis.asyncio import Redis

from services.contracts.articles import FeedRef, Source
from services.contracts.identity import article_id, feed_id
from services.ingest.compose import Found, find_articles
from services.ingest.memory import Memory
from services.ingest.parse import Entry, ParsedFeed
from services.ingest.publish import Origin, Publisher
from tests.ingest.feed_server import FeedServer, answer, feed_server
from tests.ingest.feeds import rss
from tests.ingest.polling import ingesting
from tests.waiting import until_stream_holds

pytestmark = pytest.mark.anyio

STREAM = "dateline:articles"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://e.example/feed"
STORM = Entry(
    guid="urn:harbour:4711",
    url="https://e.example/2026/03/01/storm-closes-habour",
    title="Storm closes the habour",
    text="It blew.",
    published="Sun, 01 Mar 2026 09:00:00 GMT",
)
CORRECTED = replace(STORM, url="https://e.example/2026/03/01/storm-closes-harbour", title="Storm closes the harbour")
COUNCIL = Entry(
    guid="urn:harbour:4712",
    url="https://e.example/2026/03/01/council-votes",
    title="Council votes on the bridge",
    text="It was close.",
    published="Sun, 01 Mar 2026 10:00:00 GMT",
)


def at(feed: str = URL) -> Origin:
    return Origin(FeedRef(id=feed_id(feed), url=feed), Source(id="e.example", name="E"))


def document(*entries: Entry, feed: str = URL) -> list[Found]:
    return find_articles(ParsedFeed(format="RSS 2.0", site="https://e.example/", entries=entries), origin=feed)


class Wire:
    """A publisher, and what it has published: (kind, id, title, url) each."""

    def __init__(self, redis: Redis) -> None:
        self._redis, self.publisher = redis, Publisher(Memory(redis, "dateline", STREAM))

    async def read(self, *entries: Entry, feed: str = URL) -> None:
        await self.publisher.publish(document(*entries, feed=feed), at(feed), NOW)

    async def told(self) -> list[tuple[str, str, str | None, str | None]]:
        events = [json.loads(payload) for payload in await until_stream_holds(self._redis, STREAM, 0)]
        return [
            (event["type"].split(".")[2], event["subject"], event["data"].get("title"), event["data"].get("url"))
            for event in events
        ]


@pytest.fixture
def wire(redis: Redis) -> Wire:
    return Wire(redis)


def own_id(entry: Entry) -> str:
    return str(article_id(entry.url, URL, ""))


async def test_a_corrected_headline_and_address_are_a_revision(wire: Wire) -> None:
    for _poll in range(2):
        await wire.read(COUNCIL, STORM)
    for _poll in range(3):
        await wire.read(COUNCIL, CORRECTED)
    assert await wire.told() == [
        ("published", own_id(STORM), STORM.title, STORM.url),
        ("published", own_id(COUNCIL), COUNCIL.title, COUNCIL.url),
        ("revised", own_id(STORM), CORRECTED.title, CORRECTED.url),
    ]


async def test_a_new_address_alone_is_a_revision_too(wire: Wire) -> None:
    await wire.read(STORM)
    await wire.read(replace(STORM, url=CORRECTED.url))
    assert [kind for kind, *_rest in await wire.told()] == ["published", "revised"]


async def test_a_parameter_that_changes_with_each_poll_is_none(wire: Wire) -> None:
    for number in range(4):
        await wire.read(replace(STORM, url=f"{STORM.url}?visit={number}"))
    assert [kind for kind, *_rest in await wire.told()] == ["published"]


async def test_whoever_knows_the_new_address_only_finds_the_same_article(wire: Wire) -> None:
    await wire.read(STORM)
    await wire.read(CORRECTED)
    await wire.read(replace(CORRECTED, guid=None), feed="https://e.example/all")
    await wire.read(replace(CORRECTED, guid="urn:another:1"))
    assert {identity for _kind, identity, *_rest in await wire.told()} == {own_id(STORM)}


async def test_a_guid_used_again_is_another_article(wire: Wire) -> None:
    reused = replace(COUNCIL, guid=STORM.guid)
    for entry in (STORM, reused, reused):
        await wire.read(entry)
    assert await wire.told() == [
        ("published", own_id(STORM), STORM.title, STORM.url),
        ("published", own_id(COUNCIL), COUNCIL.title, COUNCIL.url),
    ]


async def test_places_counted_as_guids_merge_nothing(wire: Wire) -> None:
    entries = [
        replace(
            COUNCIL, url=f"https://e.example/{n}", title=f"{word} and more", published=f"Sun, 01 Mar 2026 {n + 10}:00"
        )
        for n, word in enumerate(("Storm", "Council", "Harvest", "Ferry", "Bridge"))
    ]
    for newer, older in pairwise(entries):
        await wire.read(replace(newer, guid="1"), replace(older, guid="2"))
    assert [kind for kind, *_rest in await wire.told()] == ["published"] * 5


async def test_the_same_address_with_another_guid_is_the_same_article(wire: Wire) -> None:
    await wire.read(STORM)
    await wire.read(replace(STORM, guid="urn:harbour:9999", title="Storm closes harbour"))
    assert [(kind, identity) for kind, identity, *_rest in await wire.told()] == [
        ("published", own_id(STORM)),
        ("revised", own_id(STORM)),
    ]


async def test_a_rotating_address_loses_no_article(wire: Wire) -> None:
    """Yesterday's live page goes to the archive under its guid; today's takes its address."""
    live = replace(STORM, url="https://e.example/live", title="Live: the storm", guid="urn:live:0301")
    archived = replace(live, url="https://e.example/live-0301")
    today = replace(live, title="Live: the council", guid="urn:live:0302", published="Mon, 02 Mar 2026 09:00:00 GMT")
    await wire.read(live)
    await wire.read(archived)
    for _poll in range(2):
        await wire.read(today, archived)
    told = await wire.told()
    assert [(kind, title) for kind, _id, title, _url in told] == [
        ("published", "Live: the storm"),
        ("revised", "Live: the storm"),
        ("published", "Live: the council"),
    ]
    assert told[0][1] == told[1][1] != told[2][1]


async def test_both_addresses_in_one_document_are_two_articles(wire: Wire) -> None:
    await wire.read(STORM)
    for _poll in range(2):
        await wire.read(CORRECTED, replace(STORM, guid="urn:harbour:1"))
    assert [kind for kind, *_rest in await wire.told()] == ["published", "published"]


async def test_an_address_that_turns_out_to_be_shared_doubles_nothing(wire: Wire) -> None:
    show = "https://e.example/show"
    first, second = (replace(STORM, url=show, guid=f"episode-000{n}", title=f"Episode {n}") for n in (1, 2))
    await wire.read(first)
    for _poll in range(2):
        await wire.read(second, first)
    assert [title for _kind, _id, title, _url in await wire.told()] == ["Episode 1", "Episode 2"]


async def test_another_feed_lists_the_article_at_its_new_address(wire: Wire) -> None:
    other = "https://e.example/all"
    await wire.read(STORM)
    await wire.read(STORM, feed=other)
    await wire.read(CORRECTED, feed=other)
    await wire.read(CORRECTED)
    assert [(kind, identity) for kind, identity, *_rest in await wire.told()] == [
        ("published", own_id(STORM)),
        ("listed", own_id(STORM)),
        ("revised", own_id(STORM)),
    ]


async def test_many_at_once_publish_each_fact_once(wire: Wire, redis: Redis) -> None:
    """Old and new copies of a document from several replicas, in whatever order they get through."""
    others = [replace(COUNCIL, guid=f"urn:n:{n}", url=f"https://e.example/n{n}", title=f"N {n}") for n in range(20)]
    await wire.read(STORM, *others)
    wires = [Wire(redis) for _replica in range(4)]
    await asyncio.gather(*(one.read(CORRECTED, *others) for one in wires for _poll in range(3)))
    told = await wire.told()
    assert len(told) == 22
    assert [kind for kind, *_rest in told].count("revised") == 1


async def test_killed_after_writing_it_publishes_nothing_again(redis: Redis, wire: Wire) -> None:
    class Cut(Memory):
        """The connection breaks once the script was carried out, and before its answer arrives."""

        async def write(self, changes: Any, fence: Any = None) -> Any:
            await super().write(changes, fence)
            raise ConnectionError

    await wire.read(STORM)
    with pytest.raises(ConnectionError):
        await Publisher(Cut(redis, "dateline", STREAM)).publish(document(CORRECTED), at(), NOW)
    await wire.read(CORRECTED)
    assert [kind for kind, *_rest in await wire.told()] == ["published", "revised"]


async def test_what_an_earlier_version_remembered_is_known_by_its_guid_from_now_on(wire: Wire) -> None:
    without = [replace(found, guid=None) for found in document(STORM)]
    await wire.publisher.publish(without, at(), NOW)
    await wire.read(STORM)
    await wire.read(CORRECTED)
    assert [kind for kind, *_rest in await wire.told()] == ["published", "revised"]


def insides(link: str, title: str, original: str | None = None) -> str:
    space = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    orig = f"<feedburner:origLink {space}>{original}</feedburner:origLink>" if original else ""
    return (
        f'<title>{title}</title><link>{link}</link><guid isPermaLink="false">urn:harbour:4711</guid>'
        f"<pubDate>Sun, 01 Mar 2026 09:00:00 GMT</pubDate><description>It blew.</description>{orig}"
    )


async def serving(pages: FeedServer, link: str, title: str, original: str | None = None) -> None:
    pages.pages["/feed"] = answer(rss(insides(link, title, original)))


@pytest.mark.parametrize("replicas", [1, 2])
async def test_a_served_feed_that_corrects_its_slug_is_one_article(redis: Redis, replicas: int) -> None:
    async with feed_server() as pages, ingesting(redis, pages, replicas=replicas) as ingest:
        await serving(pages, str(STORM.url), STORM.title)
        await ingest.add()
        await ingest.until_articles(1)
        await serving(pages, str(CORRECTED.url), CORRECTED.title)
        await ingest.until_articles(2)
        await ingest.polled_again()
        first, second = await ingest.articles()
    assert (first["subject"], first["data"]["revision"]) == (own_id(STORM), 1)
    assert (second["subject"], second["data"]["revision"]) == (own_id(STORM), 2)
    assert (second["data"]["url"], second["data"]["title"]) == (CORRECTED.url, CORRECTED.title)


async def test_the_original_link_goes_before_the_one_through_feedburner(redis: Redis) -> None:
    async with feed_server() as pages, ingesting(redis, pages) as ingest:
        await serving(pages, "http://feedproxy.google.com/~r/harbour/~3/x1/", STORM.title, original=STORM.url)
        await ingest.add()
        (event,) = await ingest.until_articles(1)
        await serving(pages, str(STORM.url), STORM.title)
        await ingest.polled_again()
        assert len(await ingest.articles()) == 1
    assert (event["subject"], event["data"]["url"]) == (own_id(STORM), STORM.url)
