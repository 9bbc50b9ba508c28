"""Asking ingest for something, and enrich about stories: commands on their stream."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.api.room import Room
from services.contracts.commands import (
    AddFeed,
    AddFeedData,
    AnswerPush,
    DeliverPush,
    EditFeed,
    EditFeedData,
    FeedIdData,
    MergeStories,
    MergeStoriesData,
    PinArticle,
    PinArticleData,
    PushAnswer,
    PushDelivery,
    RefreshFeed,
    RemoveFeed,
    RenameStory,
    RenameStoryData,
    SplitStory,
    SplitStoryData,
    Submission,
    SubmitArticle,
)
from services.contracts.registry import Command
from services.contracts.streams import PAYLOAD
from services.contracts.tracing import new_trace

_SOURCE = "/api"
_FULL_RETRY_S = 30


_NEED_ROOM = (AddFeed, RefreshFeed, SubmitArticle, DeliverPush)
"""What leads to more being published."""


class CommandNotSent(Exception):
    """Redis does not answer, or ingest has no room, so it cannot be asked. Nothing was changed; the client may try
    again after `retry_after_s`."""

    def __init__(self, reason: str, retry_after_s: int = 5) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Commands:
    """Writes commands. Each method raises `CommandNotSent`."""

    def __init__(self, redis: Redis, stream: str, room: Room | None = None) -> None:
        self._redis, self._stream, self._room = redis, stream, room

    async def add_feeds(self, feeds: Sequence[AddFeedData], now: datetime) -> None:
        """All of them or, where it raises, none."""
        await self._send(*(AddFeed(**_envelope(feed.id, now), data=feed) for feed in feeds))

    async def edit_feed(self, feed: EditFeedData, now: datetime) -> None:
        await self._send(EditFeed(**_envelope(feed.id, now), data=feed))

    async def submit_article(self, article: Submission, now: datetime) -> None:
        await self._send(SubmitArticle(**_envelope(article.id, now), data=article))

    async def remove_feed(self, feed: UUID, now: datetime) -> None:
        await self._send(RemoveFeed(**_envelope(feed, now), data=FeedIdData(id=feed)))

    async def refresh_feed(self, feed: UUID, now: datetime) -> None:
        await self._send(RefreshFeed(**_envelope(feed, now), data=FeedIdData(id=feed)))

    async def answer_push(self, answer: PushAnswer, now: datetime) -> None:
        await self._send(AnswerPush(**_envelope(answer.id, now), data=answer))

    async def deliver_push(self, delivery: PushDelivery, now: datetime) -> None:
        await self._send(DeliverPush(**_envelope(delivery.id, now), data=delivery))

    async def merge_stories(self, asked: MergeStoriesData, now: datetime) -> None:
        await self._send(MergeStories(**_envelope(asked.story, now), data=asked))

    async def split_story(self, asked: SplitStoryData, now: datetime) -> None:
        await self._send(SplitStory(**_envelope(asked.story, now), data=asked))

    async def pin_article(self, asked: PinArticleData, now: datetime) -> None:
        await self._send(PinArticle(**_envelope(asked.story, now), data=asked))

    async def rename_story(self, asked: RenameStoryData, now: datetime) -> None:
        await self._send(RenameStory(**_envelope(asked.story, now), data=asked))

    async def no_room(self) -> str:
        """Why ingest publishes nothing now; empty where it does."""
        return await self._room.why_not() if self._room else ""

    async def _send(self, *commands: Command) -> None:
        needs_room = any(isinstance(command, _NEED_ROOM) for command in commands)
        if needs_room and (why := await self.no_room()):
            raise CommandNotSent(f"ingest publishes nothing now: {why}. Try again later", _FULL_RETRY_S)
        try:
            async with self._redis.pipeline(transaction=True) as pipeline:
                for command in commands:
                    pipeline.xadd(self._stream, {PAYLOAD: command.to_wire()})
                await pipeline.execute()
        except (RedisError, OSError) as error:
            raise CommandNotSent(f"Redis does not take commands now: {error}") from error


def _envelope(subject: UUID, now: datetime) -> dict[str, str]:
    """What all commands have in common. Pydantic reads the strings back."""
    return {
        "id": str(uuid4()),
        "source": _SOURCE,
        "subject": str(subject),
        "time": now.isoformat(),
        "traceparent": new_trace(),
    }
