"""All webhooks: a courier for each that is active, started and ended as their owners please."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from services.api.searches.courier import Courier, Means
from services.api.searches.search import Broken, SavedSearch, wanted_by
from services.api.searches.turn import turn
from services.api.searches.webhook import Webhook
from services.wire.tasks import end

logger = logging.getLogger(__name__)

_LOOK_S = 2.0
"""How often it is looked whether another process changed something, or left off delivering."""
_KEEP_S = 10.0
_REREAD_S = 3_600.0
"""Durations in a query count back from when it was read, so couriers begin anew now and then."""
_AFTER_TROUBLE_S = 10.0


@dataclass(slots=True)
class _Under:
    """A courier at work, and what it was sent out with."""

    order: tuple[object, ...]
    courier: Courier
    task: asyncio.Task[None]
    since: float


class Dispatch:
    """Delivers while `delivering` is entered. `heard` tells it that the read model changed."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._under: dict[UUID, _Under] = {}
        self._again: dict[UUID, float] = {}
        self._kept_at = 0.0

    def heard(self) -> None:
        for under in self._under.values():
            under.courier.wake()

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._work())
        try:
            yield
        finally:
            await end(task)

    async def _work(self) -> None:
        """Wait for our turn, then see to the couriers until the end."""
        while True:
            with turn(self._means.shelf.path) as ours:
                if ours:
                    try:
                        await self._see_to_all()
                    finally:
                        await self._end_all()
            await asyncio.sleep(_LOOK_S)

    async def _see_to_all(self) -> None:
        shelf, loop = self._means.shelf, asyncio.get_running_loop()
        known: int | None = None
        while True:
            try:
                changed = shelf.changed.is_set()
                shelf.changed.clear()
                written = await shelf.written_by_others()
                if changed or written != known or self._needs_care():
                    await self._order()
                    known = written
                if loop.time() - self._kept_at > _KEEP_S:
                    await self._keep_positions()
            except sqlite3.Error:
                logger.exception("saved searches cannot be read or written; delivering waits")
                await asyncio.sleep(_AFTER_TROUBLE_S)
                shelf.changed.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await shelf.changed.wait()

    def _needs_care(self) -> bool:
        now = asyncio.get_running_loop().time()
        ended = any(under.task.done() or now - under.since > _REREAD_S for under in self._under.values())
        return ended or any(now >= due for due in self._again.values())

    async def _order(self) -> None:
        """End couriers whose order changed, start those that are missing, wake the others."""
        searches = {search.id: search for search in await self._means.shelf.searches(lambda store: store.every())}
        webhooks = await self._means.shelf.webhooks(lambda store: store.every())
        wanted = {webhook.id: webhook for webhook in webhooks if webhook.state == "active"}
        loop = asyncio.get_running_loop()
        for subject, under in list(self._under.items()):
            webhook = wanted.get(subject)
            order = _order_of(webhook, searches[webhook.search]) if webhook else None
            if under.task.done() or order != under.order or loop.time() - under.since > _REREAD_S:
                await self._end(subject, under)
                # What it came to meanwhile is in the file by now.
        fresh = {webhook.id: webhook for webhook in await self._means.shelf.webhooks(lambda store: store.every())}
        for subject in wanted:
            if subject in self._under:
                self._under[subject].courier.wake(letters=True)
            elif loop.time() >= self._again.get(subject, 0.0) and subject in fresh:
                self._again.pop(subject, None)
                self._start(fresh[subject], searches[fresh[subject].search])
        self._again = {subject: due for subject, due in self._again.items() if subject in wanted}

    def _start(self, webhook: Webhook, search: SavedSearch) -> None:
        wanted = wanted_by(search, webhook.types)
        if isinstance(wanted, Broken) or webhook.state != "active":
            return  # nothing is passed over until the query is mended
        courier = Courier(self._means, webhook, wanted)
        task = asyncio.create_task(courier.run())
        self._under[webhook.id] = _Under(_order_of(webhook, search), courier, task, asyncio.get_running_loop().time())

    async def _end(self, subject: UUID, under: _Under) -> None:
        del self._under[subject]
        try:
            await end(under.task)
        except Exception:  # whatever goes wrong with one must not stop the others
            logger.exception("webhook %s cannot be served; it is taken up again", subject)
            self._again[subject] = asyncio.get_running_loop().time() + _AFTER_TROUBLE_S
        await self._keep(under)

    async def _end_all(self) -> None:
        for under in self._under.values():
            under.task.cancel()
        for subject, under in list(self._under.items()):
            await self._end(subject, under)

    async def _keep(self, *under: _Under) -> None:
        moved = [place for one in under if (place := one.courier.take_move()) is not None]
        if moved:
            await self._means.shelf.webhooks(lambda store: store.move(moved))

    async def _keep_positions(self) -> None:
        self._kept_at = asyncio.get_running_loop().time()
        await self._keep(*self._under.values())


def _order_of(webhook: Webhook, search: SavedSearch) -> tuple[object, ...]:
    return webhook.edition, webhook.state, search.q, search.fold
