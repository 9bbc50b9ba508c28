"""What ingest expects of WebSub hubs, so that the API can answer them at once; the one module that knows these keys.

Both services need it, and neither may import the other. It stands here and not with the contract, because it talks to
Redis; it is no event, because the API has to know it before ingest asks a hub, which may call back within the request.
Secrets are not part of it: what is delivered is checked by ingest.
"""

from typing import Literal
from uuid import UUID

from redis.asyncio import Redis

from services.contracts.base import Contract

_WINDOW_S = 60


class Expectation(Contract):
    """A hub may verify this request for this topic at the callback; `subscribe` also lets it deliver there."""

    mode: Literal["subscribe", "unsubscribe"]
    topic: str


class Expectations:
    """By feed and token, each for as long as it is of use. All methods raise redis-py's errors and `OSError`."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis, self._prefix = redis, prefix

    async def expect(self, feed: UUID, token: str, expectation: Expectation, lasts_s: float) -> None:
        await self._redis.set(self._key(feed, token), expectation.model_dump_json(), ex=max(1, int(lasts_s)))

    async def find(self, feed: UUID, token: str) -> Expectation | None:
        stored = await self._redis.get(self._key(feed, token))
        return Expectation.model_validate_json(stored) if stored else None

    async def forget(self, feed: UUID, token: str) -> None:
        await self._redis.delete(self._key(feed, token))

    async def count(self, feed: UUID, token: str) -> int:
        """Count one delivery, and say how many there were within the minute that the first of them began."""
        key = f"{self._key(feed, token)}:count"
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.set(key, 0, ex=_WINDOW_S, nx=True)
            pipeline.incr(key)
            return int((await pipeline.execute())[1])

    def _key(self, feed: UUID, token: str) -> str:
        return f"{self._prefix}:push:{feed}:{token}"
