"""One service's consumer group on one stream: nothing lost, nobody has to step in.

FastStream reads new entries. This module adds what it leaves to its user: groups that start at the
beginning of the stream, entries left behind by a crash or a failed handler, and groups that vanished with
the server's data. What a batch handler must do is settle each delivery (acknowledge or quarantine it) in
the same atomic step as its effect; what it leaves unsettled, or raises on, is delivered again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self, cast

from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from services.wire.messages import Delivery, Entries, deliveries_of, keep_entries, to_deliveries
from services.wire.quarantine import Quarantine
from services.wire.settings import RetryPolicy
from services.wire.tasks import end

logger = logging.getLogger(__name__)

Handler = Callable[[Sequence[Delivery]], Awaitable[None]]
_POLL_MS = 1_000


async def ensure_group(redis: Redis, stream: str, group: str) -> None:
    """Create the group at the stream's beginning, so that events from before the first start are read too."""
    try:
        await redis.xgroup_create(stream, group, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


class Inbox:
    """Reads `stream` as `consumer` of `group` while entered as a context. The broker must be running."""

    def __init__(
        self,
        broker: RedisBroker,
        redis: Redis,
        *,
        stream: str,
        group: str,
        consumer: str,
        handle: Handler,
        quarantine: Quarantine,
        retry: RetryPolicy,
        batch_size: int = 200,
    ) -> None:
        self._redis = redis
        self._stream, self._group, self._consumer = stream, group, consumer
        self._handle, self._quarantine, self._retry = handle, quarantine, retry
        self._batch_size = batch_size
        self._one_at_a_time = asyncio.Lock()
        self._caretaker: asyncio.Task[None] | None = None
        self._subscriber = broker.subscriber(
            stream=StreamSub(
                stream, group=group, consumer=consumer, batch=True, max_records=batch_size, polling_interval=_POLL_MS
            ),
            ack_policy=AckPolicy.MANUAL,
            parser=keep_entries,
            decoder=to_deliveries,
        )
        self._subscriber(self._on_batch)

    async def __aenter__(self) -> Self:
        await ensure_group(self._redis, self._stream, self._group)
        await self._take_up(idle_ms=0, consumer=self._consumer)
        await self._subscriber.start()
        self._caretaker = asyncio.create_task(self._care(), name=f"inbox of {self._group} on {self._stream}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._caretaker:
            await end(self._caretaker)
        await self._subscriber.stop()

    @property
    def reading(self) -> bool:
        return bool(self._subscriber.running)

    async def _on_batch(self, deliveries: list[Delivery]) -> None:
        async with self._one_at_a_time:
            try:
                await self._handle(deliveries)
            except Exception:  # whatever a handler raises, its entries stay pending and come again
                logger.exception("%s: a batch of %d failed and will be retried", self._group, len(deliveries))

    async def _care(self) -> None:
        """Once in a while: bring back a group that vanished, take up what was left behind."""
        pause_s = min(1.0, self._retry.after_s)
        while True:
            await asyncio.sleep(pause_s)
            try:
                if not self._subscriber.running:
                    logger.warning("%s: the group on %s is gone; it is made again", self._group, self._stream)
                    await ensure_group(self._redis, self._stream, self._group)
                    await self._subscriber.start()
                await self._take_up(idle_ms=int(self._retry.after_s * 1000))
            except (RedisError, OSError) as error:
                logger.warning("%s: cannot look after %s now: %s", self._group, self._stream, error)

    async def _take_up(self, *, idle_ms: int, consumer: str | None = None) -> None:
        """Deliver unsettled entries again: once as a batch, then alone, then to quarantine."""
        start = "-"
        while True:
            pending = await self._redis.xpending_range(
                self._stream, self._group, start, "+", self._batch_size, consumername=consumer, idle=idle_ms or None
            )
            counts = {cast(bytes, entry["message_id"]): cast(int, entry["times_delivered"]) + 1 for entry in pending}
            if not counts:
                return
            claimed = await self._redis.xclaim(self._stream, self._group, self._consumer, idle_ms, list(counts))
            await self._redeliver(deliveries_of(self._stream, cast(Entries, claimed), counts))
            start = f"({next(reversed(counts)).decode()}"

    async def _redeliver(self, deliveries: Sequence[Delivery]) -> None:
        limit = self._retry.max_deliveries
        together = [delivery for delivery in deliveries if delivery.deliveries == 2]
        if together:
            await self._on_batch(together)
        for delivery in deliveries:
            if delivery.deliveries > limit:
                await self._quarantine.put(delivery, self._group, f"not settled after {limit} deliveries")
            elif delivery.deliveries > 2:
                await self._on_batch([delivery])
