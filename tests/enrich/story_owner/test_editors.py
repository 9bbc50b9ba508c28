"""What editors say of stories, on the wire: carried out once, told of, and kept whatever happens to their owner."""

from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis

from services.contracts.commands import MergeStories, PinArticle, RenameStory, SplitStory
from services.contracts.stories import Story, StoryChanged
from services.contracts.streams import PAYLOAD
from services.wire.messages import Entries
from services.wire.quarantine import Quarantined
from tests.conftest import Server
from tests.enrich.story_owner.wire import (
    COMMANDS,
    QUARANTINE,
    OwnerProcess,
    article_id,
    enriched,
    on_stream,
    owner,
    publish,
)
from tests.waiting import until, until_stream_holds

pytestmark = pytest.mark.anyio

FERRY, COMET = "Ferry strike shuts harbour in Bergen", "Comet seen over glacier observatory"
ARTICLES = [
    enriched(0, title=FERRY, terms={"ferry": 2, "strike": 2, "bergen": 1}),
    enriched(1, title="Bergen harbour shut by ferry strike", terms={"ferry": 1, "strike": 2, "bergen": 2}),
    enriched(2, title=COMET, terms={"comet": 3, "glacier": 1, "observatory": 1}),
    enriched(3, title="Glacier observatory sees a comet", terms={"comet": 2, "glacier": 2, "observatory": 1}),
    enriched(4, title="Museum vote falls flat in court", terms={"museum": 2, "vote": 2, "court": 1}),
]
_FERRIES, _COMETS, _MUSEUM = article_id(0), article_id(2), article_id(4)
_MODELS = {"merge-stories": MergeStories, "split-story": SplitStory, "pin-article": PinArticle,
           "rename-story": RenameStory}  # fmt: skip


def command(kind: str, language: str = "en", **data: Any) -> Any:
    document: dict[str, Any] = {"id": str(uuid4()), "source": "/api", "time": "2026-03-01T12:00:00Z"}
    document |= {"data": data | {"language": language}}
    return _MODELS[kind].model_validate(document)


async def changes(redis: Redis, count: int) -> list[Story]:
    """All changes that stand on the stream, once there are so many."""
    await until_stream_holds(redis, "dateline:enrichments", len(ARTICLES) + count, within_s=30)
    return [event.data for _at, event in await on_stream(redis) if isinstance(event, StoryChanged)]


async def stories(redis: Redis) -> dict[UUID, UUID]:
    """Which story each article is in."""
    seats: dict[UUID, UUID] = {}
    into: dict[UUID, UUID] = {}
    for _at, event in await on_stream(redis):
        if isinstance(event, StoryChanged):
            seats |= dict.fromkeys((one.article for one in event.data.joined), event.data.id)
            if event.data.into:
                into[event.data.id] = event.data.into
    return {article: into.get(story, story) for article, story in seats.items()}


async def ask(redis: Redis, *commands: Any) -> None:
    await publish(redis, commands, stream=COMMANDS)


async def refused(redis: Redis, count: int) -> list[str]:
    payloads = await until_stream_holds(redis, QUARANTINE, count, within_s=30)
    records = [Quarantined.model_validate_json(payload) for payload in payloads]
    assert {(record.group, record.stream) for record in records} == {("stories", COMMANDS)}
    return [record.why for record in records]


async def test_editors_merge_split_pin_and_rename(server: Server, redis: Redis) -> None:
    await publish(redis, ARTICLES)
    async with owner(server):
        assert len({change.id for change in await changes(redis, 5)}) == 3
        await ask(redis, command("rename-story", story=_FERRIES, title="The ferry strike"))
        await ask(redis, command("merge-stories", story=_COMETS, into=_FERRIES))
        renamed, merged, grown = (await changes(redis, 8))[5:]
        assert (renamed.change, renamed.by, renamed.title) == ("renamed", "editor", "The ferry strike")
        assert (merged.change, merged.by, merged.into) == ("merged", "editor", _FERRIES)
        assert (grown.change, grown.articles) == ("grown", 4)
        await ask(redis, command("split-story", story=_FERRIES, articles=[article_id(2), article_id(3)]))
        await ask(redis, command("pin-article", article=_MUSEUM, story=_FERRIES))
        split, *_rest = (await changes(redis, 12))[8:]
        assert (split.change, split.split_from, split.articles) == ("split", _FERRIES, 2)
        assert (await stories(redis))[_MUSEUM] == _FERRIES


async def settled(one: OwnerProcess) -> None:
    """Has read again what its last one wrote."""
    await until(lambda: "en" in one.languages, within_s=30)
    await until(lambda: one.account["languages"]["en"]["behind_s"] == 0, within_s=30)


@pytest.mark.parametrize("lost", [(), ("snapshot:en",), ("snapshot:en", "snapshot:und", "saved")])
async def test_their_word_outlives_its_owner_and_a_lost_snapshot(
    server: Server, redis: Redis, lost: tuple[str, ...]
) -> None:
    await publish(redis, ARTICLES)
    async with owner(server) as one:
        await changes(redis, 5)
        await ask(redis, command("merge-stories", story=_COMETS, into=_FERRIES))
        await changes(redis, 7)
        await ask(redis, command("rename-story", story=_FERRIES, title="Ferries and comets"))
        before = await changes(redis, 8)
        if not lost:
            one.process.kill()
    if lost:
        await redis.delete(*(f"dateline:stories:{name}" for name in lost))
    async with owner(server) as two:
        await settled(two)
        await publish(redis, [enriched(9, title=COMET, terms={"comet": 3, "glacier": 1, "observatory": 1})])
        await until_stream_holds(redis, "dateline:enrichments", len(ARTICLES) + 1 + 9, within_s=30)
        after = await changes(redis, 9)
        assert two.account["languages"]["en"]["unlike"] == 0
    assert after[:8] == before
    last = after[-1]
    assert (last.id, last.title, last.articles, last.joined[0].article) == (
        _FERRIES,
        "Ferries and comets",
        5,
        article_id(9),
    )


async def test_their_word_is_done_again_where_it_was_said(server: Server, redis: Redis) -> None:
    """Between the articles that came before it and those that came after, although all are read again at one go."""
    await publish(redis, ARTICLES[:3])
    async with owner(server):
        await until_stream_holds(redis, "dateline:enrichments", 6, within_s=30)
        await ask(redis, command("merge-stories", story=_COMETS, into=_FERRIES))
        await until_stream_holds(redis, "dateline:enrichments", 8, within_s=30)
        await publish(redis, ARTICLES[3:])
        await until_stream_holds(redis, "dateline:enrichments", 12, within_s=30)
    await redis.delete("dateline:stories:saved", "dateline:stories:snapshot:en")
    async with owner(server) as two:
        await settled(two)
        assert two.account["languages"]["en"] == {"stories": 2, "behind_s": 0, "unlike": 0}
    assert await redis.xlen("dateline:enrichments") == 12


async def test_what_cannot_be_done_is_set_aside_with_the_reason(server: Server, redis: Redis) -> None:
    nobody = uuid4()
    await publish(redis, ARTICLES)
    async with owner(server):
        await changes(redis, 5)
        await ask(
            redis,
            command("merge-stories", story=nobody, into=_FERRIES),
            command("merge-stories", story=_FERRIES, into=_FERRIES),
            command("split-story", story=_FERRIES, articles=[article_id(2)]),
            command("split-story", story=_FERRIES, articles=[article_id(0), article_id(1)]),
            command("pin-article", article=nobody, story=_FERRIES),
            command("rename-story", story=nobody, title="Nothing"),
        )
        await ask(redis, command("rename-story", language="fi", story=_FERRIES, title="Nothing"))
        reasons = await refused(redis, 7)
        assert sorted(reasons) == sorted([
            f"story {nobody} is not known, or ended long ago",
            f"{_FERRIES} and {_FERRIES} are one story already",
            f"article {article_id(2)} is not in story {_FERRIES}",
            f"these are all articles of story {_FERRIES}: none would stay",
            f"article {nobody} is not known, or its story ended long ago",
            f"story {nobody} is not known, or ended long ago",
            "there are no stories in the language 'fi'",
        ])  # fmt: skip
    async with owner(server) as two:
        await settled(two)
    assert await redis.xlen(QUARANTINE) == 7
    assert await redis.hlen("dateline:stories:edits") == 0


async def test_an_entry_that_cannot_be_read_is_set_aside_once(server: Server, redis: Redis) -> None:
    await publish(redis, ARTICLES)
    await redis.xadd("dateline:enrichments", {PAYLOAD: b"{"})
    async with owner(server):
        await until_stream_holds(redis, "dateline:enrichments", 11, within_s=30)
        await until_stream_holds(redis, QUARANTINE, 1, within_s=30)
    await redis.delete("dateline:stories:saved")
    async with owner(server) as two:
        await settled(two)
    [(_id, fields)] = cast(Entries, await redis.xrange(QUARANTINE))
    record = Quarantined.model_validate_json(fields[PAYLOAD.encode()])
    assert (record.group, record.stream, record.original) == ("stories", "dateline:enrichments", "{")
