"""What users ask of ingest. Each command may be delivered twice, and means the same the second time."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.contracts.commands import (
    AddFeed,
    AddFeedData,
    AnswerPush,
    DeliverPush,
    EditFeed,
    EditFeedData,
    RefreshFeed,
    RemoveFeed,
    SubmitArticle,
)
from services.contracts.registry import StoryCommand, UnreadableEvent, read_event
from services.ingest.command_order import is_newer
from services.ingest.feed_state import Change, FeedState, changed_event
from services.ingest.push.commands import PushCommands
from services.ingest.push.subscription import ended
from services.ingest.registry import Kept, Registry
from services.ingest.slowing import Slowing
from services.ingest.submissions import BadSubmission, Submissions
from services.wire.group_marks import GroupMarks
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
    """A new feed, or an edit of a known one: what is given replaces what was.

    `command` is None for a feed list read at the start, which never brings back what a command removed.
    """
    if state is None or state.status == "removed":
        if state and not is_newer(command, state.command):
            return None
        fresh = FeedState(
            id=asked.id, origin=asked.url, url=asked.url, given_title=asked.title, tags=asked.tags, since=now,
            articles=state.articles if state else 0, command=command, full_text=bool(asked.full_text),
            poll_min_s=asked.poll_min_s, poll_max_s=asked.poll_max_s,
        )  # fmt: skip
        return fresh, "added"
    if command and not is_newer(command, state.command):
        return None
    given = asked.model_dump(include={"title", "tags", "full_text", "poll_min_s", "poll_max_s"}, exclude_none=True)
    return _edited(state, {name: value for name, value in given.items() if value not in ((), "")}, now, command)


def edit(state: FeedState | None, asked: EditFeedData, now: datetime, command: str) -> tuple[FeedState, Change] | None:
    """The fields that are there, as in a JSON merge patch."""
    if state is None or state.status == "removed" or not is_newer(command, state.command):
        return None
    return _edited(state, asked.model_dump(include=asked.model_fields_set - {"id"}), now, command)


def _edited(
    state: FeedState, given: dict[str, object], now: datetime, command: str | None
) -> tuple[FeedState, Change] | None:
    """A wait that is longer than what its owner allows now is cut short."""
    update = {"given_title" if name == "title" else name: value for name, value in given.items()}
    edited = state.model_copy(update=update)
    if edited == state:
        return None
    latest = now + timedelta(seconds=edited.poll_max_s or 0)
    if "poll_max_s" in update and edited.poll_max_s and edited.next_poll_at and edited.next_poll_at > latest:
        edited = edited.model_copy(update={"next_poll_at": latest})
    return edited.model_copy(update={"command": command or state.command}), "edited"


def remove(state: FeedState | None, now: datetime, command: str) -> tuple[FeedState, Change] | None:
    """A removed feed is remembered, so that an older command that comes again cannot bring it back."""
    if state is None or state.status == "removed" or not is_newer(command, state.command):
        return None
    gone: dict[str, object] = {"status": "removed", "since": now, "reason": None, "failures": 0, "next_poll_at": None}
    push = state.push and ended(state.push, "the feed was removed", now)
    return state.model_copy(update=gone | {"command": command, "push": push}), "removed"


class FeedList:
    """Carries out decisions about feeds."""

    def __init__(self, registry: Registry, clock: Callable[[], datetime]) -> None:
        self._registry, self._clock = registry, clock

    async def add(self, asked: AddFeedData, command: str | None) -> None:
        await self._apply(asked.id, lambda state: add(state, asked, self._clock(), command))

    async def edit(self, asked: EditFeedData, command: str) -> None:
        await self._apply(asked.id, lambda state: edit(state, asked, self._clock(), command))

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
            if kept and change == "edited" and state.next_poll_at != kept.state.next_poll_at:
                due = state.next_poll_at
            if await self._registry.save(kept, state, event=changed_event(state, change, now), due=due):
                return


class CommandHandler:
    """Handles batches of the commands stream. Raises `NoRoom` where there is none for what they publish."""

    def __init__(
        self,
        feeds: FeedList,
        submissions: Submissions,
        marks: GroupMarks,
        quarantine: Quarantine,
        push: PushCommands | None = None,
        slowing: Slowing | None = None,
    ) -> None:
        self._feeds, self._submissions, self._marks, self._quarantine = feeds, submissions, marks, quarantine
        self._push, self._slowing = push, slowing

    async def __call__(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            try:
                event = read_event(delivery.payload)
            except UnreadableEvent as error:
                await self._quarantine.put(delivery, GROUP, f"unreadable: {error}")
                continue
            await self._room_for(event)
            match event:
                case AddFeed():
                    await self._feeds.add(event.data, delivery.entry_id)
                case EditFeed():
                    await self._feeds.edit(event.data, delivery.entry_id)
                case RemoveFeed():
                    await self._feeds.remove(event.data.id, delivery.entry_id)
                    if self._push:
                        await self._push.let_go(event.data.id)
                case RefreshFeed():
                    await self._feeds.refresh(event.data.id)
                case SubmitArticle():
                    try:
                        await self._submissions.take(event.data, delivery.entry_id)
                    except BadSubmission as error:
                        await self._quarantine.put(delivery, GROUP, str(error))
                        continue
                case AnswerPush() if self._push:
                    await self._push.answer(event.data)
                case DeliverPush() if self._push:
                    await self._push.deliver(event.data)
                    await self._drop(delivery)
                    continue
                case _ if not isinstance(event, StoryCommand):  # those are for enrich, which reads them by itself
                    await self._quarantine.put(delivery, GROUP, f"{event.type} is no command")
                    continue
            await self._marks.settle(delivery.stream, GROUP, delivery.entry_id)

    async def _room_for(self, event: object) -> None:
        if self._slowing and isinstance(event, SubmitArticle | DeliverPush):
            await self._slowing.room()

    async def _drop(self, delivery: Delivery) -> None:
        """Settle a delivery and take it off the stream: its body would stay in memory for days, and is of no use."""
        await self._marks.settle(delivery.stream, GROUP, delivery.entry_id, drop=True)
