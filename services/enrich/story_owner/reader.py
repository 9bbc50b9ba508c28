"""Reads the streams for some languages of one owner, and writes what came of it before it reads on."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.streams import StreamNames
from services.enrich.stories.engine import UNKNOWN, Stories
from services.enrich.stories.rarity import background_of
from services.enrich.story_owner.entries import Entry, read
from services.enrich.story_owner.language import Language, unheard
from services.enrich.story_owner.leases import Leases
from services.enrich.story_owner.ledger import Ledger, Outcome, Work
from services.enrich.story_owner.reached import Reached, before
from services.wire.entry_ids import written
from services.wire.messages import Entries

logger = logging.getLogger(__name__)

BATCH = 256
_BLOCK_MS = 500
_AGAIN_S = 0.5
_SAVE_AFTER = 2_000
"""Articles that a language may get before it is saved,"""
_SAVE_EVERY_S = 30.0
"""or the time for which it may be changed."""
_SAVE_SHARE = 30
"""Saving takes no more than one part in so many of the time."""
_MOVE_EVERY_S = 1.0
"""How often it is written down that languages of which nothing came have come further."""


class Astray(Exception):
    """Redis lost data that was written, or somebody else writes for this owner: all must be found anew."""


class Reader:
    """`reached` is the first place from which one of its languages is to be fed."""

    def __init__(self, redis: Redis, streams: StreamNames, leases: Leases, ledger: Ledger) -> None:
        self._redis, self._streams, self._leases, self._ledger = redis, streams, leases, ledger
        self.languages: dict[str, Language] = {}
        self.known = {UNKNOWN}
        self.reached = Reached()
        self.began = 0
        self.drained = False
        """Whether it had come to the end of the stream when it last read."""
        self._joining: list[Language] = []
        self._moved_at = 0.0
        self._save_at: dict[str, float] = {}

    def join(self, languages: Sequence[Language]) -> None:
        """Read for these as well from the next step on. Those that have come further pass over what they know."""
        self._joining += languages

    def _go_back(self) -> None:
        languages, self._joining = self._joining, []
        if not languages:
            return
        beginnings = [language.at for language in languages]
        if self.languages:
            beginnings.append(self.reached)
        self.reached = Reached(min(at.position for at in beginnings), min(at.cursor for at in beginnings))
        self.languages |= {language.name: language for language in languages}
        self.drained = False

    @property
    def is_needed(self) -> bool:
        return bool(self.languages or self._joining)

    def drop(self, name: str) -> None:
        self.languages.pop(name, None)
        self._joining = [language for language in self._joining if language.name != name]

    async def step(self) -> None:
        """Wait for something to read, and deal with it. Raises `RedisError` where nothing could be read, `Astray`."""
        self._go_back()
        entries, commands = await self._read()
        self.drained = len(entries) < BATCH
        if UNKNOWN in self.languages:
            await self._meet(entries)
        works = await asyncio.to_thread(self._work, entries, commands)
        await self._write(works)
        for language in list(self.languages.values()):
            if self._is_to_be_saved(language):
                await self.save(language)

    async def settle(self) -> None:
        """Write down how far all have come, and save those that changed. Not while it steps."""
        works = [
            Work(language.name, language.committed, language.at, not language.changed)
            for language in self.languages.values()
            if language.at > language.committed
        ]
        await self._write(works)
        for language in list(self.languages.values()):
            if language.changed and language.at == language.committed:
                await self.save(language)

    async def save(self, language: Language) -> None:
        """Keep its engine, so that it need not be made again from the stream."""
        began = time.monotonic()
        snapshot = await asyncio.to_thread(language.engine.snapshot)
        try:
            if await self._ledger.save(language.name, language.committed, snapshot):
                language.saved, language.changed, language.fed = language.committed, False, 0
        except RedisError as error:
            logger.warning("stories in %r cannot be saved now: %s", language.name, error)
        took = time.monotonic() - began
        self._save_at[language.name] = time.monotonic() + _SAVE_SHARE * took

    async def _read(self) -> tuple[list[Entry], list[Entry]]:
        streams = self._streams
        asked: dict[Any, Any] = {
            streams.enrichments: written(self.reached.position), streams.commands: written(self.reached.cursor),
        }  # fmt: skip
        answer = cast("list[Any] | dict[bytes, Any]", await self._redis.xread(asked, BATCH, _BLOCK_MS) or [])
        found: dict[bytes, Entries] = {}
        for name, entries in answer.items() if isinstance(answer, dict) else answer:
            found[name] = entries[0] if isinstance(answer, dict) else entries
        both = [found.get(name.encode(), ()) for name in (streams.enrichments, streams.commands)]
        return await asyncio.to_thread(read, both[0]), read(both[1])

    async def _meet(self, entries: Sequence[Entry]) -> None:
        """Take on the languages that come for the first time; only whoever has the articles of unknown language does,
        who has read all that came before."""
        for entry in entries:
            name = entry.language
            if name is None or name in self.known or entry.id <= self.languages[UNKNOWN].at.position:
                continue
            began = Reached(before(entry.id), self.reached.cursor)
            if await self._leases.register(name, began):
                engine = Stories(name, background_of(name))
                self.languages[name] = Language(name, engine, began, began, began=self.began)
                logger.info("stories in %r begin", name)
            self.known.add(name)

    def _work(self, entries: Sequence[Entry], commands: Sequence[Entry]) -> list[Work]:
        to = self.reached
        if entries:
            to = to._replace(position=entries[-1].id)
        if commands and self.drained:
            to = to._replace(cursor=commands[-1].id)
        now, works = time.monotonic(), []
        moves = now - self._moved_at > _MOVE_EVERY_S
        for language in list(self.languages.values()):
            outputs = language.feed(entries, self._streams)
            language.come_to(to.position)
            if self.drained:
                if language.name == UNKNOWN:
                    outputs += unheard(commands, self.known, language.at.cursor, self._streams)
                outputs += language.obey(commands, self._streams)
            caught_up = language.at.position >= language.committed.position
            if caught_up and language.at != language.committed and (outputs or moves):
                clean = not language.changed
                works.append(Work(language.name, language.committed, language.at, clean, outputs))
        self._moved_at = now if moves else self._moved_at
        self.reached = to
        return works

    async def _write(self, works: Sequence[Work]) -> None:
        """Until it is written: the engines are ahead of what is on the stream."""
        while works:
            try:
                outcomes = await self._ledger.commit(works)
            except (RedisError, OSError) as error:
                logger.warning("stories cannot be written now: %s", error)
                await asyncio.sleep(_AGAIN_S)
                continue
            for work in works:
                self._note(work, outcomes[work.language])
            return

    def _note(self, work: Work, outcome: Outcome) -> None:
        language = self.languages.get(work.language)
        if outcome == "astray":
            raise Astray(f"stories in {work.language!r} are not where they were left")
        if outcome == "lost":
            logger.warning("stories in %r belong to another replica now", work.language)
            self._leases.lose(work.language)
            self.drop(work.language)
        elif language is not None:
            language.committed = work.after
            if work.clean:
                language.saved = work.after

    def _is_to_be_saved(self, language: Language) -> bool:
        if not language.changed or language.at != language.committed:
            return False
        now = time.monotonic()
        due = self._save_at.setdefault(language.name, now)
        return now >= due and (language.fed >= _SAVE_AFTER or now >= due + _SAVE_EVERY_S)
