"""A read model made anew from the streams: what the child process does, and what is left to do when it takes its place.

Only what the old one has come to is read: a change that it has not told of yet must stay one. Entries that wait to be
delivered again are left out for the same reason, and looked at again at the end. What is not `wanted` is not read from
the streams: it is taken over from the old one as it is.
"""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.api.reading import sort_out
from services.api.readmodel.apply import apply, pass_over
from services.api.readmodel.changes import Applied, Incoming
from services.api.readmodel.lookups import position
from services.api.readmodel.position import EntryId, Position, Stream
from services.api.readmodel.rebuild import adopt, held_articles, held_stories, seed
from services.contracts.articles import ArticlePublished, ArticleRevised
from services.contracts.enrichments import ArticleEnriched
from services.wire.messages import Entries, deliveries_of
from services.wire.moments import unix_ms

logger = logging.getLogger(__name__)

_PAGE = 500
_ROUNDS = 5
_FEW = 500
_LAST = 2**63 - 1
"""No entry has a greater number within its millisecond: SQLite would not take it."""

Streams = dict[Stream, str]
"""The names of the streams."""


@dataclass(slots=True)
class Waiting:
    """Entries that waited to be delivered to the group again when they were come across."""

    entries: dict[Stream, list[str]] = field(default_factory=lambda: {stream: [] for stream in Stream})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Events that came from `since_ms` on, of articles those of the publisher `source`; all where neither is given."""

    since_ms: int = 0
    source: str | None = None

    @classmethod
    def of(cls, since: datetime | None, source: str | None) -> "Wanted":
        return cls(max(0, unix_ms(since)) if since else 0, source)

    def includes(self, event: Applied) -> bool:
        """Whether it is of the publisher; that it is in time is not asked here."""
        if self.source is None or not isinstance(event, ArticlePublished | ArticleRevised | ArticleEnriched):
            return True
        return event.data.source.id == self.source


@dataclass(slots=True)
class Anew:
    """A new file beside the old one. `tell` is given the number of events that were read so far."""

    redis: Redis
    streams: Streams
    group: str
    old_file: Path
    new: sqlite3.Connection
    tell: Callable[[int], None] = lambda _events: None
    waiting: Waiting = field(default_factory=Waiting)
    wanted: Wanted = Wanted()
    events: int = 0
    taken: int = 0

    async def build(self) -> None:
        """All but what comes while this is at work."""
        with closing(sqlite3.connect(self.old_file, isolation_level=None)) as old:
            old.execute("PRAGMA query_only = ON")
            await self._pass_over_earlier(position(old))
            for _round in range(_ROUNDS):
                before, come_to = self.events, await self._seeded(old)
                await self._read_up_to(come_to)
                if self.events - before < _FEW:
                    break
            for held in (held_articles, held_stories):
                for batch in held(old):
                    apply(self.new, Stream.ENRICHMENTS, batch)
            self.taken = adopt(self.new, self.old_file)

    async def finish(self) -> None:
        """What came since, and what does not wait any more. Nothing is applied to the old one meanwhile."""
        with closing(sqlite3.connect(self.old_file, isolation_level=None)) as old:
            old.execute("PRAGMA query_only = ON")
            await self._read_up_to(await self._seeded(old))
        left, self.waiting = self.waiting, Waiting()
        for stream, entries in left.entries.items():
            for entry in entries:
                found = cast(Entries, await self.redis.xrange(self.streams[stream], entry, entry))
                await self._apply_page(stream, found)
        self.taken = await asyncio.to_thread(adopt, self.new, self.old_file, self.taken)

    async def _seeded(self, old: sqlite3.Connection) -> Position:
        """How far the old one has come; its rows are in the new one."""
        come_to = position(old)
        await asyncio.to_thread(seed, self.new, self.old_file)
        return come_to

    async def _pass_over_earlier(self, come_to: Position) -> None:
        """What came before the first that is wanted is in the old one, but for what waits to be delivered again."""
        if not self.wanted.since_ms:
            return
        for stream, name in self.streams.items():
            until = min(EntryId(self.wanted.since_ms - 1, _LAST), come_to[stream])
            start = "-"
            while waiting := await self._waiting(name, start, str(until)):
                self.waiting.entries[stream] += waiting
                start = f"({waiting[-1]}"
            await asyncio.to_thread(pass_over, self.new, stream, until)

    async def _waiting(self, name: str, first: str, last: str) -> list[str]:
        """At most a page of the entries that wait to be delivered to the group again, from `first` to `last`."""
        try:
            pending = await self.redis.xpending_range(name, self.group, first, last, _PAGE)
        except ResponseError:  # there is no such group
            return []
        return [cast(bytes, one["message_id"]).decode() for one in pending]

    async def _read_up_to(self, come_to: Position) -> None:
        for stream, name in self.streams.items():
            start = f"({position(self.new)[stream]}"
            while entries := cast(Entries, await self.redis.xrange(name, start, str(come_to[stream]), _PAGE)):
                await self._apply_page(stream, entries)
                start = f"({entries[-1][0].decode()}"
            await asyncio.to_thread(pass_over, self.new, stream, come_to[stream])

    async def _apply_page(self, stream: Stream, entries: Entries) -> None:
        if not entries:
            return
        name = self.streams[stream]
        waiting = set(await self._waiting(name, entries[0][0].decode(), entries[-1][0].decode()))
        self.waiting.entries[stream] += waiting
        settled = [(entry, fields) for entry, fields in entries if entry.decode() not in waiting]
        found, _unreadable = sort_out(stream, deliveries_of(name, settled))
        readable = [incoming for incoming in found if self.wanted.includes(incoming.event)]
        await asyncio.to_thread(_apply_all, self.new, stream, readable)
        self.events += len(readable)
        self.tell(self.events)


def _apply_all(new: sqlite3.Connection, stream: Stream, events: Sequence[Incoming]) -> None:
    """What cannot be applied was set aside by the old one, too."""
    try:
        apply(new, stream, events)
    except Exception as error:  # noqa: BLE001  whatever one raises, the others are wanted
        if len(events) == 1:
            logger.warning("entry %s of %s cannot be applied: %s", events[0].entry, stream.name.lower(), error)
            return
        for event in events:
            _apply_all(new, stream, [event])


def sealed(new: sqlite3.Connection, file: Path) -> None:
    """Close the file with all that was written in it, safe on the disk. Raises `sqlite3.Error`."""
    new.execute("PRAGMA synchronous = FULL")
    new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    new.close()
    with file.open("rb+") as written:
        os.fsync(written.fileno())
