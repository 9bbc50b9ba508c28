"""Wires of enriched articles for owners of stories, owners as processes, and what an undisturbed engine would say."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid5

from redis.asyncio import Redis

from services.contracts.enrichments import ArticleEnriched
from services.contracts.registry import read_event
from services.contracts.stories import Story, StoryChanged
from services.contracts.streams import PAYLOAD
from services.enrich.stories.arrival import arrival_of
from services.enrich.stories.engine import UNKNOWN, Stories
from services.enrich.stories.rarity import background_of
from services.wire.messages import Entries
from tests.conftest import Server

ENRICHMENTS, COMMANDS, QUARANTINE = "dateline:enrichments", "dateline:commands", "dateline:quarantine"
HOUR = 3_600_000
BEGINNING = 1_770_000_000_000
_COMMAND = (sys.executable, "-m", "services.enrich.story_owner")
_WORDS = "harbour ferry strike union tariff bridge flood mayor vote court museum comet vaccine glacier".split()
_LANGUAGES = ("en", "en", "de", None)


def article_id(number: int) -> UUID:
    return uuid5(UUID(int=0), f"article {number}")


def enriched(number: int, *, language: str | None = "en", title: str | None = None, **fields: Any) -> ArticleEnriched:
    """Article `number`: without a title it is about one of some hundred things that go on at a time."""
    chosen = [_WORDS[number * step % len(_WORDS)] + str(number // 40 % 9) for step in (1, 3, 5)]
    seen = {"at": datetime.fromtimestamp(BEGINNING / 1000, UTC), "method": "first_seen", "precision": "second",
            "zone": "explicit"}  # fmt: skip
    source = f"{number % 5}.example"
    data = {
        "id": article_id(number), "revision": 1, "version": 1, "url": f"https://{source}/{number}",
        "title": title or " ".join(chosen), "source": {"id": source, "name": source}, "times": {"first_seen": seen},
        "language": {"code": language, "method": "text"}, "words": 40, "reading_seconds": 10,
        "terms": dict.fromkeys([*chosen, f"town{number % 11}"], 2),
    } | fields  # fmt: skip
    one = data["id"], data["revision"], data["version"]
    return ArticleEnriched.model_validate(
        {"id": "/".join(map(str, one)), "source": "/enrich", "time": datetime.now(UTC), "data": data}
    )


def wire(count: int, first: int = 0) -> Iterator[ArticleEnriched]:
    """Articles of three languages and of none."""
    for number in range(first, first + count):
        yield enriched(number, language=_LANGUAGES[number % 4] if number % 97 else "sw")


async def publish(redis: Redis, events: Iterable[Any], hours: float | None = None, stream: str = ENRICHMENTS) -> None:
    """Append the events; with `hours` as if one had come every so many hours, beginning long ago."""
    async with redis.pipeline(transaction=False) as pipeline:
        for number, event in enumerate(events):
            entry = "*" if hours is None else f"{BEGINNING + round(number * hours * HOUR)}-0"
            pipeline.xadd(stream, {PAYLOAD: event.to_wire()}, id=entry)
        await pipeline.execute()


class OwnerProcess:
    """A process that owns stories, and the last account that it gave of itself."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.account = process, cast("dict[str, Any]", {})

    @property
    def languages(self) -> set[str]:
        return set(self.account.get("languages", ()))

    async def listen(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.account = json.loads(line)


@asynccontextmanager
async def owner(server: Server) -> AsyncIterator[OwnerProcess]:
    """It leaves in order, unless it was killed."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe)
    running = OwnerProcess(process)
    listening = asyncio.create_task(running.listen())
    assert process.stdin is not None
    process.stdin.write(json.dumps({"redis_url": server.url, "prefix": "dateline", "log_level": "INFO"}).encode())
    process.stdin.write(b"\n")
    try:
        yield running
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()
            await process.wait()
        await listening


async def on_stream(redis: Redis) -> list[tuple[int, ArticleEnriched | StoryChanged]]:
    """All events with the moments of their entries."""
    entries = cast(Entries, await redis.xrange(ENRICHMENTS))
    return [
        (int(entry.split(b"-")[0]), cast("ArticleEnriched | StoryChanged", read_event(fields[PAYLOAD.encode()])))
        for entry, fields in entries
    ]


Short = tuple[str, int, str, str, tuple[str, ...]]


def short(story: Story) -> Short:
    joined = tuple(str(one.article) for one in story.joined)
    return (story.language, story.sequence, story.change, str(story.id), joined)


async def told(redis: Redis) -> list[Short]:
    """The changes of stories that stand on the stream, each language's in their order."""
    events = [event.data for _at, event in await on_stream(redis) if isinstance(event, StoryChanged)]
    return sorted((short(story) for story in events), key=lambda change: change[0])


async def undisturbed(redis: Redis) -> list[Short]:
    """What engines say that are fed with the articles of the stream at one go."""
    events = [(at, event.data) for at, event in await on_stream(redis) if isinstance(event, ArticleEnriched)]
    return sorted((short(story) for story in _said(events)), key=lambda change: change[0])


def _said(articles: Sequence[tuple[int, Any]]) -> Iterator[Story]:
    engines: dict[str, Stories] = {}
    for at, article in articles:
        name = article.language.code or UNKNOWN
        engine = engines.setdefault(name, Stories(name, background_of(name)))
        for other in engines.values():
            if other is not engine and other.active and at // HOUR > other.state.clock // HOUR:
                yield from other.pass_time(at // HOUR * HOUR)
        yield from engine.take(arrival_of(article, at))


async def until_told(redis: Redis, within_s: float = 40.0) -> list[Short]:
    """Waits until the stream says what undisturbed engines would, and returns it."""
    articles = sum(isinstance(event, ArticleEnriched) for _at, event in await on_stream(redis))
    expected = await undisturbed(redis)
    async with asyncio.timeout(within_s):
        while await redis.xlen(ENRICHMENTS) < articles + len(expected):
            await asyncio.sleep(0.02)
    return await told(redis)
