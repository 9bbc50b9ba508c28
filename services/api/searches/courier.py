"""One webhook's events, delivered in order and at least once."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from services.api.live.hub import Hub
from services.api.live.wanted import Wanted
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import Position
from services.api.searches.event import Event
from services.api.searches.patience import Failed, Patience, is_dead, next_try
from services.api.searches.rotation import secrets_at
from services.api.searches.sending import Sender
from services.api.searches.shelf import Shelf
from services.api.searches.unsent import Unsent
from services.api.searches.webhook import DeadLetter, Webhook
from services.api.searches.webhook_store import Webhooks


@dataclass(frozen=True, slots=True)
class Means:
    """What all couriers share."""

    model: ReadModel
    hub: Hub
    shelf: Shelf
    sender: Sender
    patience: Patience
    clock: Callable[[], datetime]


class Courier:
    """Runs until it is cancelled, or the receiver is gone. Killed at any moment, it loses nothing: how far it has come
    is kept after each delivery, and what was under way is delivered again, under the same id."""

    def __init__(self, means: Means, webhook: Webhook, wanted: Wanted) -> None:
        self._means, self._webhook = means, webhook
        self._progress = webhook.progress
        self._kept = webhook.progress.position
        start = Position.read(webhook.progress.position)
        self._unsent = Unsent(means.model, means.hub, webhook.search, wanted, start)
        self._news = asyncio.Event()
        self._letters = True

    def take_move(self) -> tuple[Webhook, str] | None:
        """Where it has come to since that was last kept, if anywhere. Who takes it keeps it."""
        reached = str(self._unsent.position)
        if reached == self._kept:
            return None
        self._kept = reached
        return self._webhook, reached

    def wake(self, *, letters: bool = False) -> None:
        """There may be something to deliver; with `letters`, dead ones to be tried again."""
        self._letters |= letters
        self._news.set()

    async def run(self) -> None:
        while True:
            self._news.clear()
            if self._letters:
                self._letters = False
                await self._retry_letters()
            wait = self._to_wait()
            if wait > 0:
                await self._rest(wait)
                continue
            event = await self._unsent.next()
            if event is None:
                await self._rest(None)
            elif not await self._deliver(event):
                return

    def _to_wait(self) -> float:
        """Seconds until the next event may be tried."""
        due = self._progress.next_try
        return 0.0 if due is None else (due - self._means.clock()).total_seconds()

    async def _rest(self, seconds: float | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
                while seconds is not None and not self._letters:  # what is new has to wait like the rest
                    self._news.clear()
                    await self._news.wait()

    async def _deliver(self, event: Event) -> bool:
        """One try, and what follows from it. False when the receiver wants nothing any more."""
        means, webhook = self._means, self._webhook
        before = replace(self._progress, position=str(self._unsent.position))
        first = before.first_try or means.clock()
        failed = await self._send(event.id, event.body)
        now = means.clock()
        if failed is None:
            self._progress = replace(
                before,
                position=event.position,
                delivered=before.delivered + 1,
                delivered_at=now,
                tries=0,
                first_try=None,
                next_try=None,
                streak=0,
                why=None,
            )
            await self._keep()
            self._unsent.pass_on()
            return True
        streak, tries = before.streak + 1, before.tries + 1
        due = next_try(failed, streak, means.patience, now, random.random())  # noqa: S311 - spreading, not secrecy
        self._progress = replace(before, streak=streak, tries=tries, first_try=first, next_try=due, why=failed.why)
        if failed.gone:
            await self._keep(gone=True)
            return False
        if not is_dead(tries, first, means.patience, now):
            await self._keep()
            return True
        self._progress = replace(self._progress, position=event.position, tries=0, first_try=None)
        await self._keep(_letter(webhook, event, failed, tries, now))
        self._unsent.pass_on()
        return True

    async def _send(self, message: UUID, body: str) -> Failed | None:
        secrets = secrets_at(self._webhook, self._means.clock())
        return await self._means.sender.send(self._webhook.url, secrets, str(message), body)

    async def _keep(self, dead: DeadLetter | None = None, *, gone: bool = False) -> None:
        kept, webhook = self._progress, self._webhook
        await self._means.shelf.webhooks(lambda store: store.note(webhook, kept, dead, gone=gone))
        self._kept = kept.position

    async def _retry_letters(self) -> None:
        means, webhook = self._means, self._webhook
        for letter in await means.shelf.webhooks(lambda store: store.letters_to_retry(webhook.id)):
            failed = await self._send(letter.id, letter.body)
            why = failed.why if failed else None
            await means.shelf.webhooks(partial(Webhooks.settle_retry, letter=letter, failed=why))


def _letter(webhook: Webhook, event: Event, failed: Failed, tries: int, now: datetime) -> DeadLetter:
    return DeadLetter(
        event.id, webhook.id, event.type, event.subject, event.position, event.body, now, tries, failed.why
    )
