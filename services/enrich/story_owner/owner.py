"""One owner of stories: holds leases, brings what it gains to where it was left, and goes on from there."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Collection

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from services.contracts.streams import StreamNames
from services.enrich.stories.engine import UNKNOWN, Stories
from services.enrich.stories.rarity import background_of
from services.enrich.stories.saved import OtherSnapshot
from services.enrich.story_owner.keys import GROUP, Keys
from services.enrich.story_owner.language import Language
from services.enrich.story_owner.leases import LEASE_MS, Leases
from services.enrich.story_owner.ledger import Found, Ledger
from services.enrich.story_owner.reached import Reached
from services.enrich.story_owner.reader import Reader
from services.wire.entry_ids import entry_id, written
from services.wire.inbox import ensure_group
from services.wire.tasks import end

logger = logging.getLogger(__name__)

_RENEW_S = LEASE_MS / 8000
_TELL_S = 2.0
_AGAIN_S = 0.5


class Owner:
    """`tell` is given the account of itself that the sign of life shows."""

    def __init__(self, redis: Redis, streams: StreamNames, tell: Callable[[dict[str, object]], None]) -> None:
        self._redis, self._streams, self._tell = redis, streams, tell
        self._keys = Keys(streams)
        self._leases = Leases(redis, self._keys)
        self._ledger = Ledger(redis, self._keys, self._leases.token)
        self._main = self._new_reader()
        self._behind: set[asyncio.Task[None]] = set()
        self._readers = [self._main]

    async def run(self, stop: asyncio.Event) -> None:
        """When `stop` is set it writes and saves what it has, and lets others have the languages at once. Raises
        `Astray`, and `RedisError` where it could not leave in order."""
        reading = asyncio.create_task(self._read(stop))
        others = [asyncio.create_task(self._hold()), asyncio.create_task(self._give_account())]
        try:
            await asyncio.wait([reading, *others], return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set() and reading.done() and not reading.exception():
                await self._main.settle()
        finally:
            try:
                await end(reading, *others, *self._behind)
            finally:
                await self._leases.release()

    async def _hold(self) -> None:
        while True:
            try:
                gained, lost = await self._leases.hold()
                for name in lost:
                    logger.warning("stories in %r belong to another replica now", name)
                    for reader in self._readers:
                        reader.drop(name)
                if gained:
                    self._take_on(await self._find(gained))
            except (RedisError, OSError) as error:
                logger.warning("the leases of stories cannot be renewed now: %s", error)
            self._behind = {task for task in self._behind if not _is_done(task)}
            await asyncio.sleep(_RENEW_S)

    async def _find(self, names: Collection[str]) -> list[Language]:
        self._main.began = began = await self._ledger.began()
        found = [(name, await self._ledger.find(name)) for name in sorted(names)]
        if UNKNOWN in names:
            self._main.known = {UNKNOWN, *await self._ledger.known()}
        languages = [await asyncio.to_thread(language_of, name, stands, began) for name, stands in found]
        logger.info("owns the stories in %s", ", ".join(sorted(names)))
        return languages

    def _take_on(self, languages: list[Language]) -> None:
        """Bring them to the stream's end apart from the others, so that those need not wait."""
        if not self._main.languages:
            self._main.join(languages)
            return
        reader = self._new_reader()
        reader.known, reader.began = self._main.known, self._main.began
        reader.join(languages)
        self._readers.append(reader)
        self._behind.add(asyncio.create_task(self._catch_up(reader)))

    async def _catch_up(self, reader: Reader) -> None:
        try:
            while not reader.drained:
                await _step(reader)
        finally:
            self._readers.remove(reader)
        self._main.join(list(reader.languages.values()))

    async def _read(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            if self._main.is_needed:
                await _step(self._main)
            else:
                await asyncio.sleep(_AGAIN_S / 5)

    async def _give_account(self) -> None:
        while True:
            try:
                if UNKNOWN in self._main.languages:
                    await self._hold_back_trimming()
                self._tell(await self._account())
            except (RedisError, OSError) as error:
                logger.warning("nothing can be told of stories now: %s", error)
            await asyncio.sleep(_TELL_S)

    async def _hold_back_trimming(self) -> None:
        """Streams stay from where owners would read them again."""
        needed = await self._ledger.needed() or Reached()
        for stream, until in ((self._streams.enrichments, needed.position), (self._streams.commands, needed.cursor)):
            await ensure_group(self._redis, stream, GROUP)
            await self._redis.xgroup_setid(stream, GROUP, written(until))

    async def _account(self) -> dict[str, object]:
        """`behind_s`: how much later the stream's last entry is than the last that a language has dealt with."""
        last = await self._last()
        languages = {}
        for reader in list(self._readers):
            for name, language in sorted(reader.languages.items()):
                lag = last - language.committed.position[0] if language.committed.position[0] else last
                languages[name] = {
                    "stories": language.engine.active,
                    "behind_s": round(max(0, lag) / 1000, 3),
                    "unlike": language.unlike,
                }
        return {"pid": os.getpid(), "at": time.time(), "languages": languages}

    async def _last(self) -> int:
        """The moment of the last entry of the stream, in ms."""
        try:
            told = await self._redis.xinfo_stream(self._streams.enrichments)
        except ResponseError:  # there is no such stream yet
            return 0
        return entry_id(told["last-generated-id"])[0]

    def _new_reader(self) -> Reader:
        return Reader(self._redis, self._streams, self._leases, self._ledger)


def language_of(name: str, found: Found, began: int) -> Language:
    """The language as it stands in Redis. Where its engine cannot be had from a snapshot it begins with the stream."""
    engine, saved = None, found.saved or Reached()
    if found.saved is not None and found.snapshot:
        started = time.monotonic()
        try:
            engine = Stories.restore(found.snapshot, name)
        except OtherSnapshot as reason:
            logger.warning("stories in %r are made again from the stream: %s", name, reason)
            saved = Reached()
        else:
            took = time.monotonic() - started
            logger.info("%d stories in %r restored in %.2f s", engine.active, name, took)
    fresh = engine is None and saved == Reached() and found.reached != Reached()
    engine = engine or Stories(name, background_of(name))
    language = Language(name, engine, saved, found.reached, began=began, edits=found.edits)
    language.changed = fresh
    return language


async def _step(reader: Reader) -> None:
    try:
        await reader.step()
    except (RedisError, OSError) as error:
        logger.warning("streams cannot be read for stories now: %s", error)
        await asyncio.sleep(_AGAIN_S)


def _is_done(task: asyncio.Task[None]) -> bool:
    """Raises what the task failed with."""
    if task.done():
        task.result()
    return task.done()
