"""The door to what is saved: one thread that reads and writes, and word of every change."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from services.api.searches.schema import open_searches
from services.api.searches.store import Searches
from services.api.searches.webhook_store import Webhooks

Answer = TypeVar("Answer")


class Shelf:
    """Open while entered; entering raises `SearchesUnusable`, what comes later SQLite's own (`sqlite3.Error`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.changed = asyncio.Event()
        """Set when an owner changed something through this door."""

    async def __aenter__(self) -> Self:
        self._thread = ThreadPoolExecutor(1, "searches")
        try:
            self._sql = await self._run(lambda: open_searches(self.path))
        except BaseException:
            self._thread.shutdown()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._thread.shutdown)
        self._sql.close()

    async def searches(self, question: Callable[[Searches], Answer]) -> Answer:
        return await self._run(lambda: question(Searches(self._sql)))

    async def webhooks(self, question: Callable[[Webhooks], Answer]) -> Answer:
        return await self._run(lambda: question(Webhooks(self._sql)))

    def tell(self) -> None:
        """An owner changed something: searches, webhooks, or which letters are to be tried again."""
        self.changed.set()

    async def written_by_others(self) -> int:
        """A number that changes when another process has written to the file."""
        return await self._run(lambda: int(self._sql.execute("PRAGMA data_version").fetchone()[0]))

    async def _run(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
