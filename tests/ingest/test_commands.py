"""What users ask of ingest: pure decisions, and the same over the commands stream."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from services.contracts.commands import (
    AddFeed,
    AddFeedData,
    EditFeed,
    EditFeedData,
    FeedIdData,
    MergeStories,
    MergeStoriesData,
    RefreshFeed,
    RemoveFeed,
)
from services.contracts.identity import feed_id
from services.contracts.registry import Command
from services.contracts.streams import PAYLOAD
from services.ingest.commands import GROUP, CommandHandler, FeedList, add, edit, remove
from services.ingest.feed_state import FeedState
from services.ingest.memory import Memory
from services.ingest.publish import Publisher
from services.ingest.registry import Registry
from services.ingest.submissions import Submissions
from services.wire.broker_url import BrokerUrl
from services.wire.connection import new_broker
from services.wire.group_marks import GroupMarks
from services.wire.inbox import Inbox
from services.wire.process import utc_now
from services.wire.quarantine import Quarantine
from services.wire.settings import RetryPolicy
from tests.conftest import Server
from tests.waiting import until_stream_holds

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://e.example/feed"
ID = feed_id(URL)
ASKED = AddFeedData(id=ID, url=URL, title="E", tags=("local",))


def test_adding_an_unknown_feed_makes_it_new() -> None:
    state = FeedState(id=ID, origin=URL, url=URL, given_title="E", tags=("local",), since=NOW, command="5-0")
    assert add(None, ASKED, NOW, "5-0") == (state, "added")


def known(**changes: Any) -> FeedState:
    state = FeedState(id=ID, origin=URL, url=URL, given_title="E", tags=("local",), status="active", since=NOW)
    return state.model_copy(update={"command": "5-0", **changes})


@pytest.mark.parametrize(
    ("asked", "command", "title_and_tags"),
    [
        (ASKED, "6-0", None),
        (AddFeedData(id=ID, url=URL), "6-0", None),
        (AddFeedData(id=ID, url=URL, title="F"), "6-0", ("F", ("local",))),
        (AddFeedData(id=ID, url=URL, tags=("a", "b")), "6-0", ("E", ("a", "b"))),
        (AddFeedData(id=ID, url=URL, title="F"), "5-0", None),
        (AddFeedData(id=ID, url=URL, title="F"), "4-9", None),
        (AddFeedData(id=ID, url=URL, title="F"), None, ("F", ("local",))),
    ],
    ids=["as it is", "nothing given", "title", "tags", "delivered twice", "older", "from a list"],
)
def test_adding_a_known_feed_edits_it(asked: AddFeedData, command: str | None, title_and_tags: object) -> None:
    decision = add(known(), asked, NOW, command)
    assert (decision and (decision[0].given_title, decision[0].tags)) == title_and_tags
    assert decision is None or decision[1] == "edited"


OPTIONS = {"full_text": True, "poll_min_s": 60.0, "poll_max_s": 3600.0}


def test_adding_a_feed_takes_its_options_and_adding_it_again_keeps_what_is_left_out() -> None:
    first = add(None, ASKED.model_copy(update=OPTIONS), NOW, "5-0")
    assert first
    assert first[0].model_dump(include=set(OPTIONS)) == OPTIONS
    again = add(first[0], AddFeedData(id=ID, url=URL, poll_min_s=90), NOW, "6-0")
    assert again
    assert again[0].model_dump(include=set(OPTIONS)) == OPTIONS | {"poll_min_s": 90.0}
    assert add(first[0], ASKED, NOW, "6-0") is None


@pytest.mark.parametrize(
    ("given", "command", "outcome"),
    [
        ({"title": "F"}, "6-0", {"given_title": "F"}),
        ({"title": None, "tags": ()}, "6-0", {"given_title": None, "tags": ()}),
        ({"tags": ("a", "b")}, "6-0", {"tags": ("a", "b")}),
        ({"full_text": False, "poll_min_s": None}, "6-0", {"full_text": False, "poll_min_s": None}),
        ({"title": "E"}, "6-0", None),
        ({}, "6-0", None),
        ({"title": "F"}, "5-0", None),
        ({"title": "F"}, "4-9", None),
    ],
    ids=["title", "cleared", "tags", "options", "as it is", "nothing given", "delivered twice", "older"],
)
def test_an_edit_changes_what_it_names(given: dict[str, Any], command: str, outcome: dict[str, Any] | None) -> None:
    before = known(**OPTIONS)
    decision = edit(before, EditFeedData(id=ID, **given), NOW, command)
    expected = outcome and (before.model_copy(update=outcome | {"command": command}), "edited")
    assert decision == expected


def test_only_a_feed_that_is_polled_can_be_edited() -> None:
    asked = EditFeedData(id=ID, title="F")
    assert edit(None, asked, NOW, "6-0") is None
    assert edit(known(status="removed"), asked, NOW, "6-0") is None


def test_a_shorter_longest_wait_holds_at_once() -> None:
    tomorrow, in_an_hour = NOW + timedelta(days=1), NOW + timedelta(hours=1)
    for before, after in ((tomorrow, in_an_hour), (NOW, NOW)):
        decision = edit(known(next_poll_at=before), EditFeedData(id=ID, poll_max_s=3600), NOW, "6-0")
        assert decision
        assert decision[0].next_poll_at == after


def test_a_removed_feed_is_remembered_and_comes_back_only_by_a_newer_command() -> None:
    decision = remove(known(), NOW, "6-0")
    assert decision
    removed, change = decision
    assert (removed.status, change) == ("removed", "removed")
    assert remove(removed, NOW, "7-0") is None
    assert add(removed, ASKED, NOW, "5-0") is None
    assert add(removed, ASKED, NOW, None) is None
    again = add(removed, ASKED, NOW, "7-0")
    assert again
    assert (again[0].status, again[1]) == ("new", "added")


def test_a_removal_that_comes_again_after_the_feed_was_added_again_does_nothing() -> None:
    assert remove(known(command="7-0"), NOW, "6-0") is None
    assert remove(None, NOW, "6-0") is None


@asynccontextmanager
async def handling(server: Server, redis: Redis) -> AsyncIterator[Registry]:
    registry = Registry(redis, "dateline", "dateline:feeds")
    broker = new_broker(BrokerUrl.parse(server.url))
    await broker.connect()
    quarantine = Quarantine(redis, "dateline:quarantine", utc_now)
    publisher = Publisher(Memory(redis, "dateline", "dateline:articles"))
    submissions = Submissions(publisher, redis, "dateline", lambda: NOW)
    inbox = Inbox(
        broker,
        redis,
        stream="dateline:commands",
        group=GROUP,
        consumer="one",
        handle=CommandHandler(FeedList(registry, lambda: NOW), submissions, GroupMarks(redis, "dateline"), quarantine),
        quarantine=quarantine,
        retry=RetryPolicy(0.2, 3),
    )
    async with inbox:
        yield registry
    await broker.stop()


async def ask(redis: Redis, command: Command | bytes) -> None:
    payload = command if isinstance(command, bytes) else command.to_wire()
    await redis.xadd("dateline:commands", {PAYLOAD: payload})


async def changes(redis: Redis, count: int) -> list[str]:
    payloads = await until_stream_holds(redis, "dateline:feeds", count)
    return [json.loads(payload)["data"]["change"] for payload in payloads]


async def test_feeds_are_added_edited_refreshed_and_removed(server: Server, redis: Redis) -> None:
    async with handling(server, redis) as registry:
        await ask(redis, AddFeed(id="1", source="/test", time=NOW, data=ASKED))
        assert await changes(redis, 1) == ["added"]
        assert await registry.next_due() == NOW.timestamp()
        await ask(redis, AddFeed(id="2", source="/test", time=NOW, data=ASKED.model_copy(update={"tags": ("x",)})))
        assert await changes(redis, 2) == ["added", "edited"]

        kept = await registry.get(ID)
        assert kept
        assert await registry.save(kept, kept.state.model_copy(update={"failures": 1}), due=NOW + timedelta(days=1))
        await ask(redis, RefreshFeed(id="3", source="/test", time=NOW, data=FeedIdData(id=ID)))
        await ask(redis, RemoveFeed(id="4", source="/test", time=NOW, data=FeedIdData(id=feed_id("unknown"))))
        await ask(redis, AddFeed(id="5", source="/test", time=NOW, data=ASKED))
        await changes(redis, 3)
        assert await registry.next_due() == NOW.timestamp()

        await ask(redis, RemoveFeed(id="6", source="/test", time=NOW, data=FeedIdData(id=ID)))
        assert (await changes(redis, 4))[3] == "removed"
        assert await registry.next_due() is None


async def test_an_edit_travels_with_what_it_clears_and_sets_when_the_feed_is_due(server: Server, redis: Redis) -> None:
    async with handling(server, redis) as registry:
        await ask(redis, AddFeed(id="1", source="/test", time=NOW, data=ASKED.model_copy(update=OPTIONS)))
        await changes(redis, 1)
        kept = await registry.get(ID)
        assert kept
        tomorrow = NOW + timedelta(days=1)
        later = kept.state.model_copy(update={"status": "active", "next_poll_at": tomorrow})
        assert await registry.save(kept, later, due=tomorrow)
        cleared = EditFeedData(id=ID, title=None, tags=(), poll_min_s=None, poll_max_s=600)
        await ask(redis, EditFeed(id="2", source="/test", time=NOW, data=cleared))
        told = json.loads((await until_stream_holds(redis, "dateline:feeds", 2))[1])["data"]
        assert (told["change"], told["tags"], told["full_text"], told["poll_max_s"]) == ("edited", [], True, 600)
        assert {"title", "poll_min_s"}.isdisjoint(told)
        assert await registry.next_due() == NOW.timestamp() + 600


async def test_what_is_no_command_goes_to_quarantine(server: Server, redis: Redis) -> None:
    enriched = b'{"specversion":"1.0","id":"1","source":"/x","type":"dateline.nonsense.v1","time":"2026-01-01T00:00Z"}'
    async with handling(server, redis):
        for payload in (b"\xff no json", enriched):
            await ask(redis, payload)
        await ask(redis, AddFeed(id="1", source="/test", time=NOW, data=ASKED))
        reasons = [json.loads(entry)["why"] for entry in await until_stream_holds(redis, "dateline:quarantine", 2)]
        assert await changes(redis, 1) == ["added"]
    assert all(reason.startswith("unreadable: ") for reason in reasons)
    assert (await redis.xpending("dateline:commands", GROUP))["pending"] == 0


async def test_what_an_editor_says_of_stories_is_left_to_enrich(server: Server, redis: Redis) -> None:
    async with handling(server, redis):
        told = MergeStoriesData(story=feed_id("a"), into=feed_id("b"), language="en")
        await ask(redis, MergeStories(id="1", source="/test", time=NOW, data=told))
        await ask(redis, AddFeed(id="2", source="/test", time=NOW, data=ASKED))
        assert await changes(redis, 1) == ["added"]
    assert (await redis.xpending("dateline:commands", GROUP))["pending"] == 0
    assert await redis.xlen("dateline:quarantine") == 0
