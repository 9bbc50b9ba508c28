"""What users ask of ingest. Each command may be delivered twice, and means the same the second time."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from redis.asyncio import Redis

from services.contracts.commands import AddFeed, AddFeedData, RefreshFeed, RemoveFeed
from services.contracts.registry import UnreadableEvent, read_event
from services.ingest.feed_state import Change, FeedState, changed_event
from services.ingest.registry import Kept, Registry
from services.wire.messages import Delivery
from services.wire.quarantine import Quarantine

logger = logging.getLogger(__name__)

GROUP = "ingest"


class Asks(Protocol):
    """A pure decision: the next state and what changed; None where there is nothing to do."""

    def __call__(self, state: FeedState | None) -> tuple[FeedState, Change] | None: ...


def add(
    state: FeedState | None, asked: AddFeedData, now: datetime, command: str | None
) -> tuple[FeedState, Change] | None:
    """A new feed, or an edit of a known one: a title or tags that are given replace the old ones.

    `command` is None for a feed list read at the start, which never brings back what a command removed.
    """
    if state is None or state.status == "removed":
        if state and not _is_newer(command, state.command):
            return None
        fresh = FeedState(
            id=asked.id, origin=asked.url, url=asked.url, given_title=asked.title, tags=asked.tags, since=now,
            articles=state.articles if state else 0, command=command,
        )  # fmt: skip
        return fresh, "added"
    if command and not _is_newer(command, state.command):
        return None
    edited = state.model_copy(
        update={
            "given_title": asked.title or state.given_title,
            "tags": asked.tags or state.tags,
            "command": command or state.command,
        }
    )
    if (edited.given_title, edited.tags) == (state.given_title, state.tags):
        return None
    return edited, "edited"


def remove(state: FeedState | None, now: datetime, command: str) -> tuple[FeedState, Change] | None:
    """A removed feed is remembered, so that an older command that comes again cannot bring it back."""
    if state is None or state.status == "removed" or not _is_newer(command, state.command):
        return None
    gone: dict[str, object] = {"status": "removed", "since": now, "reason": None, "failures": 0, "next_poll_at": None}
    return state.model_copy(update=gone | {"command": command}), "removed"


def _is_newer(command: str | None, last: str | None) -> bool:
    return command is not None and _order(command) > _order(last or "0-0")


def _order(entry_id: str) -> tuple[int, int]:
    ms, _, sequence = entry_id.partition("-")
    return int(ms), int(sequence or 0)


class FeedList:
    """Carries out decisions about feeds."""

    def __init__(self, registry: Registry, clock: Callable[[], datetime]) -> None:
        self._registry, self._clock = registry, clock

    async def add(self, asked: AddFeedData, command: str | None) -> None:
        await self._apply(asked.id, lambda state: add(state, asked, self._clock(), command))

    async def remove(self, feed: UUID, command: str) -> None:
        await self._apply(feed, lambda state: remove(state, self._clock(), command))

    async def refresh(self, feed: UUID) -> None:
        await self._registry.make_due(feed, self._clock())

    async def _apply(self, feed: UUID, asks: Asks) -> None:
        """Decide and write, again if someone else wrote meanwhile."""
        while True:
            kept: Kept | None = await self._registry.get(feed)
            decision = asks(state=kept.state if kept else None)
            if decision is None:
                return
            state, change = decision
            now = self._clock()
            due = now if change == "added" else None
            if await self._registry.save(kept, state, event=changed_event(state, change, now), due=due):
                return


class CommandHandler:
    """Handles batches of the commands stream."""

    def __init__(self, feeds: FeedList, redis: Redis, quarantine: Quarantine) -> None:
        self._feeds, self._redis, self._quarantine = feeds, redis, quarantine

    async def __call__(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            try:
                event = read_event(delivery.payload)
            except UnreadableEvent as error:
                await self._quarantine.put(delivery, GROUP, f"unreadable: {error}")
                continue
            match event:
                case AddFeed():
                    await self._feeds.add(event.data, delivery.entry_id)
                case RemoveFeed():
                    await self._feeds.remove(event.data.id, delivery.entry_id)
                case RefreshFeed():
                    await self._feeds.refresh(event.data.id)
                case _:
                    await self._quarantine.put(delivery, GROUP, f"{event.type} is no command")
                    continue
            await self._redis.xack(delivery.stream, GROUP, delivery.entry_id)
