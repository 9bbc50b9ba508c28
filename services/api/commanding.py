"""Asking ingest for something: commands on their stream."""

from datetime import datetime
from uuid import UUID, uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.commands import AddFeed, AddFeedData, FeedIdData, RefreshFeed, RemoveFeed
from services.contracts.streams import PAYLOAD
from services.contracts.tracing import new_trace

_SOURCE = "/api"


class CommandNotSent(Exception):
    """Redis does not answer, so ingest cannot be asked. Nothing was changed; the client may try again."""


class Commands:
    """Writes commands. Each method raises `CommandNotSent`."""

    def __init__(self, redis: Redis, stream: str) -> None:
        self._redis, self._stream = redis, stream

    async def add_feed(self, feed: AddFeedData, now: datetime) -> None:
        await self._send(AddFeed(**_envelope(feed.id, now), data=feed))

    async def remove_feed(self, feed: UUID, now: datetime) -> None:
        await self._send(RemoveFeed(**_envelope(feed, now), data=FeedIdData(id=feed)))

    async def refresh_feed(self, feed: UUID, now: datetime) -> None:
        await self._send(RefreshFeed(**_envelope(feed, now), data=FeedIdData(id=feed)))

    async def _send(self, command: AddFeed | RemoveFeed | RefreshFeed) -> None:
        try:
            await self._redis.xadd(self._stream, {PAYLOAD: command.to_wire()})
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
