"""The door to the read model: one thread that writes, a few that read, typed questions."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar
from uuid import UUID

from services.api.readmodel import history, journal, listings, lookups, stories, stories_whole
from services.api.readmodel.apply import apply, pass_over
from services.api.readmodel.bodies import Body, bodies
from services.api.readmodel.changes import Change, Counts, Incoming, Size
from services.api.readmodel.counts import By, FacetCounts, facet_counts
from services.api.readmodel.documents import Json, RevisionListing
from services.api.readmodel.filters import Cursor, Filter, Sort
from services.api.readmodel.horizon import Keep, begin_after, prune
from services.api.readmodel.hubs import HubState, hubs
from services.api.readmodel.listings import Page
from services.api.readmodel.position import EntryId, Position, Stream
from services.api.readmodel.schema import open_reader, open_writer
from services.api.readmodel.stories import StoryCursor, StoryPage, StorySort
from services.api.readmodel.stories_whole import StoryNow
from services.api.readmodel.trending import Trend, trending
from services.wire.process import utc_now

Answer = TypeVar("Answer")
_READERS = 4


class ReadModel:
    """Open while entered as an async context; entering raises `DatabaseUnusable`.

    Each question is answered from one committed state, off the event loop. Answers that are documents are
    JSON text, whose shape `documents.py` gives.
    """

    def __init__(
        self,
        path: Path,
        announce: Callable[[Sequence[Change]], None] = lambda _changes: None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """`announce` is called on the event loop after each commit, in the order of the commits."""
        self._path, self._announce, self._clock = path, announce, clock
        self._of_thread = threading.local()
        self.gate = asyncio.Lock()
        """Held by whoever applies a batch, until that is acknowledged, and by whoever wants none to be applied."""
        self._serving = asyncio.Event()
        self._readers: list[sqlite3.Connection] = []
        self.commits = 0
        """How many batches were applied since it was opened. It grows before anybody hears of their changes."""

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._open)
        self._serving.set()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._close)

    async def apply(self, stream: Stream, batch: Sequence[Incoming]) -> list[Change]:
        """Apply events of one stream in one transaction. What readers can see of it, once it is committed."""
        try:
            return await self._in(self._writing, lambda: self._apply(stream, batch))
        except asyncio.CancelledError:  # the batch took too long: what is under way is rolled back
            self._writer.interrupt()
            raise

    async def articles(
        self,
        wanted: Filter,
        limit: int = 20,
        after: Cursor | None = None,
        sort: Sort = "published",
        highlight: bool = False,
    ) -> Page:
        """Headlines, newest first unless `sort` says otherwise. With `highlight` they have a `snippet`.

        Raises `NothingToRank`.
        """
        return await self._ask(lambda sql: listings.page(sql, wanted, limit, after, sort, highlight))

    async def article(self, subject: UUID) -> Json | None:
        """The `FullArticle`, or None where there is none."""
        return await self._ask(lambda sql: lookups.article(sql, subject))

    async def bodies(self, ids: Sequence[str]) -> dict[str, Body]:
        """What listings leave out of these articles, by id."""
        return await self._ask(lambda sql: bodies(sql, ids))

    async def tags(self, limit: int = 500) -> list[Size]:
        """The largest first."""
        return await self._ask(lambda sql: lookups.sizes(sql, "tag", limit))

    async def sources(self, limit: int = 500) -> list[Size]:
        """The largest first."""
        return await self._ask(lambda sql: lookups.sizes(sql, "source", limit))

    async def size(self, kind: Literal["tag", "source"], key: str) -> Size | None:
        """A tag or source; None where there is none of this slug or id."""
        return await self._ask(lambda sql: lookups.size(sql, kind, key))

    async def feeds(self) -> list[Json]:
        """The `FeedState` of every feed that has not been removed, by title."""
        return await self._ask(lookups.feeds)

    async def feed(self, subject: UUID) -> Json | None:
        """The `FeedState`, or None where the feed is unknown or was removed."""
        return await self._ask(lambda sql: lookups.feed(sql, subject))

    async def revisions(self, subject: UUID, limit: int = 20) -> RevisionListing | None:
        """The latest revisions, newest first, each with what it changed. None where there is no such article."""
        return await self._ask(lambda sql: history.revisions(sql, subject, limit))

    async def facet_counts(self, wanted: Filter, by: Collection[By], limit: int) -> FacetCounts:
        """How many of the articles have each tag, source and language, and how many are of each hour."""
        return await self._ask(lambda sql: facet_counts(sql, wanted, by, limit))

    async def trending(self, now: datetime, hours: int, limit: int) -> list[Trend]:
        """The tags that more is said about in the last `hours` than usual, the most unusual first."""
        return await self._ask(lambda sql: trending(sql, now, hours, limit))

    async def hubs(self) -> list[HubState]:
        """The one with the most feeds first."""
        return await self._ask(hubs)

    async def stories(
        self,
        wanted: Filter,
        now: datetime,
        limit: int = 20,
        after: StoryCursor | None = None,
        sort: StorySort = "momentum",
    ) -> StoryPage:
        """Stories that have an article which is wanted (`ListedStory`). The same `now` gives the same momentum."""
        return await self._ask(lambda sql: stories.stories(sql, wanted, limit, after, sort, now))

    async def story(self, subject: UUID) -> Json | None:
        """The `FullStory`. None where nothing of it can be read, and for one that was merged: see `story_now`."""
        return await self._ask(lambda sql: stories_whole.story(sql, subject))

    async def story_summary(self, subject: UUID) -> Json | None:
        """The `StorySummary`, which costs next to nothing. None as for `story`."""
        return await self._ask(lambda sql: stories_whole.summary(sql, subject))

    async def story_now(self, subject: UUID) -> StoryNow | None:
        """What a story's id means by now: another story if it was merged, None if nothing of it can be read."""
        return await self._ask(lambda sql: stories_whole.story_now(sql, subject))

    async def stories_of(self, articles: Sequence[UUID]) -> dict[UUID, UUID | None]:
        """The stories of those of the articles that can be read; None for one without."""
        return await self._ask(lambda sql: stories_whole.stories_of(sql, articles))

    async def reasons(self, headlines: Sequence[Json]) -> list[Json]:
        """The headlines with `because`: why each article belongs to its story."""
        return await self._ask(lambda sql: stories_whole.with_reasons(sql, headlines))

    async def position(self) -> Position:
        """How far this read model has come. `/v1/stream?since=` it leaves no gap after what is read later than it."""
        return await self._ask(lookups.position)

    async def counts(self) -> Counts:
        return await self._ask(lookups.counts)

    async def first_unknown(self, position: Position, streams: Collection[Stream] = tuple(Stream)) -> int:
        """The number of the first change that a reader of `streams` at `position` may not have."""
        return await self._ask(lambda sql: journal.first_unknown(sql, position, streams))

    async def missed(
        self, start: Position, reached: Position, since: int, limit: int, facets: bool = True, text: bool = True
    ) -> journal.Missed:
        """The changes from number `since` on that a reader who was at `start` may not have; see `journal.missed`."""
        return await self._ask(lambda sql: journal.missed(sql, start, reached, since, limit, facets, text))

    async def begin_after(self, stream: Stream, entry: EntryId, *, restored: bool = False) -> None:
        """Say of a read model that has nothing of the stream, or less, that it never gets anything up to this entry."""
        await self._in(self._writing, lambda: begin_after(self._writer, stream, entry, restored=restored))

    async def pass_over(self, stream: Stream, entry: EntryId) -> None:
        """Say that this entry of the stream was settled in another way, and will have no effect."""
        async with self.gate:
            await self._in(self._writing, lambda: pass_over(self._writer, stream, entry))

    async def prune(self, keep: Keep, now: datetime) -> int:
        """Let go of some of what need not stay in the journal. How many rows; 0 when all is done."""
        async with self.gate:
            return await self._in(self._writing, lambda: prune(self._writer, keep, now))

    async def replace(self, fresh: Path) -> None:
        """Serve this file from now on, in the place of the present one; who asks meanwhile waits. To be called while
        `gate` is held, with a file that nobody has open. Raises `OSError`, and `sqlite3.Error`: nothing was changed."""
        self._serving.clear()
        try:
            await asyncio.shield(asyncio.to_thread(self._exchange, fresh))
        finally:
            self.commits += 1
            self._serving.set()

    async def _ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        await self._serving.wait()
        return await self._in(self._reading, lambda: _in_one_state(self._of_thread.connection, question))

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[[], Answer]) -> Answer:
        return await self._loop.run_in_executor(threads, work)

    def _apply(self, stream: Stream, batch: Sequence[Incoming]) -> list[Change]:
        changes = apply(self._writer, stream, batch)
        self.commits += 1
        if changes:
            self._loop.call_soon_threadsafe(self._announce, changes)
        return changes

    def _open(self) -> None:
        self._writing = ThreadPoolExecutor(1, "read-model-writer")
        self._reading = ThreadPoolExecutor(_READERS, "read-model-reader", initializer=self._open_reader)
        self._writer = open_writer(self._path, self._clock)

    def _exchange(self, fresh: Path) -> None:
        """SQLite finds the log of a file by the file's name, so all has to be closed before the name changes hands."""
        log = self._path.with_name(f"{self._path.name}-wal")
        self._close()
        self._readers.clear()
        try:
            if log.exists():  # which the last one to close takes away
                raise OSError(f"{self._path} is being read by another process; try again when that is done")
            fresh.replace(self._path)
        finally:
            self._open()

    def _open_reader(self) -> None:
        self._of_thread.connection = open_reader(self._path)
        self._readers.append(self._of_thread.connection)

    def _close(self) -> None:
        self._reading.shutdown()
        self._writing.shutdown()
        for connection in (*self._readers, self._writer):
            connection.close()


def _in_one_state(connection: sqlite3.Connection, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
    connection.execute("BEGIN")
    try:
        return question(connection)
    finally:
        connection.execute("COMMIT")
