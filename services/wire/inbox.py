"""One service's consumer group on one stream: nothing lost, nobody has to step in.

FastStream reads new entries. This module adds what it leaves to its user: groups that start at the
beginning of the stream, entries left behind by a crash or a failed handler, and groups that vanished with
the server's data. What a batch handler must do is settle each delivery (acknowledge or quarantine it) in
the same atomic step as its effect; what it leaves unsettled, raises on or does not come to an end with is delivered
again: once more together, then each alone, so that one bad entry spoils nothing for its neighbours. A delivery that an
outage spoiled (of the broker, of the handler's own store) is not counted: no event goes to quarantine for that.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Self, cast

from faststream import AckPolicy
from faststream.redis import RedisBroker
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from services.wire.batches import Reading, first_count, next_count, parts_of
from services.wire.consumers import remove_gone
from services.wire.failure import Failure, failure_of
from services.wire.group_marks import LONG_AGO_MS, GroupMarks
from services.wire.messages import Delivery, Entries, deliveries_of, keep_entries, to_deliveries
from services.wire.outage import is_outage
from services.wire.quarantine import Quarantine
from services.wire.settings import RetryPolicy
from services.wire.starting import when_up
from services.wire.tasks import end

logger = logging.getLogger(__name__)

Handler = Callable[[Sequence[Delivery]], Awaitable[None]]
_POLL_MS = 1_000
_MOST_FAILURES = 1_000
_MOST_SPARED = 100_000
_GONE_EVERY_S = 60.0
_GIVE_BACK_S = 2.0
LIMIT_S = 60.0
STOP_S = 8.0


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
        limit_s: float = LIMIT_S,
        stop_s: float = STOP_S,
        outages: tuple[type[Exception], ...] = (),
        marks: GroupMarks | None = None,
    ) -> None:
        """`limit_s` bounds the handling of one batch, `stop_s` that of the batch that is under way when the context is
        left. A handler is cancelled there; one that waits for a thread must see to it that the thread ends too.
        `outages` are what the handler raises when a store of its own is out of order. With `marks`, through
        which the handler has to settle as well, a group that vanished goes on where it was; else it begins anew."""
        self._redis = redis
        self._stream, self._group, self._consumer = stream, group, consumer
        self._handle, self._quarantine, self._retry = handle, quarantine, retry
        self._batch_size, self._limit_s, self._stop_s, self._outages = batch_size, limit_s, stop_s, outages
        self._marks = marks
        self._failures: dict[str, Failure] = {}
        self._spared: dict[bytes, None] = {}
        self._stopping = False
        self._bound: asyncio.Timeout | None = None
        self._one_at_a_time = asyncio.Lock()
        self._turn = asyncio.Lock()
        """Of a reading until all its parts are handled: they have not been left behind meanwhile."""
        self._caretaker: asyncio.Task[None] | None = None
        self._count = first_count(batch_size)
        self._asked = Reading(
            stream, group=group, consumer=consumer, batch=True, max_records=self._count, polling_interval=_POLL_MS
        )
        self._subscriber = broker.subscriber(
            stream=self._asked,
            ack_policy=AckPolicy.MANUAL,
            parser=keep_entries,
            decoder=to_deliveries,
        )
        self._subscriber(self._on_reading)

    async def __aenter__(self) -> Self:
        await when_up(self._begin)
        self._caretaker = asyncio.create_task(self._care(), name=f"inbox of {self._group} on {self._stream}")
        return self

    async def _begin(self) -> None:
        await self._bring_back()
        await self._take_up(idle_ms=0, consumer=self._consumer)
        try:
            await self._start_reading()
        except BaseException:
            await self._subscriber.stop()  # it may have begun
            raise

    async def _bring_back(self) -> None:
        if self._marks is None:
            await ensure_group(self._redis, self._stream, self._group)
            return
        start = await self._marks.bring_back(self._stream, self._group, self._consumer)
        if start not in (None, "0"):
            logger.warning("%s: made again on %s, it goes on after %s", self._group, self._stream, start)

    async def _start_reading(self) -> None:
        # FastStream makes a group that vanished this very moment, and would make it at the stream's end
        self._subscriber.last_id = "0"
        await self._subscriber.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._subscriber.running = False  # or else FastStream reads once more, for nobody, when the batch is done
        if self._bound:
            at = asyncio.get_running_loop().time() + self._stop_s
            self._bound.reschedule(min(at, self._bound.when() or at))
        async with self._one_at_a_time:
            pass  # the batch that was under way is done, or given up
        if self._caretaker:
            await end(self._caretaker)
        await self._subscriber.stop()
        await self._give_back()

    @property
    def reading(self) -> bool:
        return bool(self._subscriber.running)

    async def _on_reading(self, deliveries: Sequence[Delivery]) -> None:
        async with self._turn:
            await self._in_parts(deliveries)

    async def _in_parts(self, deliveries: Sequence[Delivery]) -> None:
        self._count = next_count(self._count, deliveries, self._batch_size)
        self._asked.max_records = self._count
        for part in parts_of(deliveries):
            await self._on_batch(part)

    async def _on_batch(self, deliveries: Sequence[Delivery]) -> None:
        async with self._one_at_a_time:
            if self._stopping:
                return  # they stay pending, and are given back
            try:
                async with asyncio.timeout(self._limit_s) as self._bound:
                    await self._handle(deliveries)
            except Exception as error:  # whatever a handler raises, its entries stay pending and come again
                if is_outage(error, self._outages):
                    said = f"{type(error).__name__}: {error}"
                    logger.warning("%s: a batch of %d waits for better times: %s", self._group, len(deliveries), said)
                    self._spare(deliveries)
                else:
                    logger.exception("%s: a batch of %d failed and will be retried", self._group, len(deliveries))
                    self._note(deliveries, error)
            else:
                for delivery in deliveries:
                    self._failures.pop(delivery.entry_id, None)
            finally:
                self._bound = None

    async def _give_back(self) -> None:
        """Let others take up at once what was read and not handled, as if it had been left behind long ago."""
        start = "-"
        try:
            async with asyncio.timeout(_GIVE_BACK_S):  # a broker that is silent must not keep the process
                while held := await self._redis.xpending_range(
                    self._stream, self._group, start, "+", self._batch_size, consumername=self._consumer
                ):
                    entries = [cast(bytes, entry["message_id"]) for entry in held]
                    await self._redis.xclaim(
                        self._stream, self._group, self._consumer, 0, [*entries], idle=LONG_AGO_MS, justid=True
                    )
                    start = f"({entries[-1].decode()}"
        except (RedisError, OSError) as error:  # a timeout among them
            logger.warning("%s: what was read and not handled comes again later: %s", self._group, error or "too slow")

    def _spare(self, deliveries: Sequence[Delivery]) -> None:
        """Their next delivery takes the place of this one."""
        self._spared |= dict.fromkeys(delivery.entry_id.encode() for delivery in deliveries)
        while len(self._spared) > _MOST_SPARED:
            del self._spared[next(iter(self._spared))]

    def _note(self, deliveries: Sequence[Delivery], error: Exception) -> None:
        """Remember what became of an entry that was handled alone, to be told of it in quarantine."""
        if len(deliveries) > 1:
            return
        failure = failure_of(error)
        if isinstance(error, TimeoutError) and not failure.message:
            failure = failure.model_copy(update={"message": f"it was not done within {self._limit_s:g} s"})
        self._failures[deliveries[0].entry_id] = failure
        while len(self._failures) > _MOST_FAILURES:
            del self._failures[next(iter(self._failures))]

    async def _care(self) -> None:
        """Once in a while: bring back a group that vanished, take up what was left behind, forget who is gone."""
        pause_s, loop = min(1.0, self._retry.after_s), asyncio.get_running_loop()
        look_for_gone = loop.time() + _GONE_EVERY_S
        while True:
            await asyncio.sleep(pause_s)
            try:
                if not (self._subscriber.running or self._stopping):
                    logger.warning("%s: the group on %s is gone; it is made again", self._group, self._stream)
                    await self._bring_back()
                    await self._start_reading()
                await self._take_up(idle_ms=int(self._retry.after_s * 1000))
                if loop.time() > look_for_gone:
                    look_for_gone = loop.time() + _GONE_EVERY_S
                    await remove_gone(self._redis, self._stream, self._group, self._consumer)
            except (RedisError, OSError) as error:
                logger.warning("%s: cannot look after %s now: %s", self._group, self._stream, error)

    async def _take_up(self, *, idle_ms: int, consumer: str | None = None) -> None:
        """Deliver unsettled entries again: once as a batch, then alone, then to quarantine."""
        start = "-"
        while True:
            pending = await self._redis.xpending_range(
                self._stream, self._group, start, "+", self._count, consumername=consumer, idle=idle_ms or None
            )
            counts = {cast(bytes, entry["message_id"]): cast(int, entry["times_delivered"]) for entry in pending}
            if not counts:
                return
            async with self._turn:
                together = await self._claim({entry: count for entry, count in counts.items() if count == 1}, idle_ms)
                if together:
                    await self._in_parts(together)
            for entry, count in counts.items():
                if count > 1:
                    async with self._turn:
                        await self._redeliver(await self._claim({entry: count}, idle_ms))
            start = f"({next(reversed(counts)).decode()}"

    async def _claim(self, counts: dict[bytes, int], idle_ms: int) -> list[Delivery]:
        """Those of the entries that nobody else took up meanwhile. An entry that comes alone is counted as delivered
        only now that it is its turn: should it end this process, those behind it keep their counts."""
        claimed: dict[bytes, Mapping[bytes, bytes]] = {}
        after = {entry: count if entry in self._spared else count + 1 for entry, count in counts.items()}
        for count in set(after.values()):
            entries = [entry for entry in counts if after[entry] == count]
            taken = await self._redis.xclaim(
                self._stream, self._group, self._consumer, idle_ms, [*entries], retrycount=count
            )
            claimed |= cast(Entries, taken)
        for entry in claimed:
            self._spared.pop(entry, None)
        return deliveries_of(self._stream, [(entry, claimed[entry]) for entry in counts if entry in claimed], after)

    async def _redeliver(self, deliveries: Sequence[Delivery]) -> None:
        limit = self._retry.max_deliveries
        for delivery in deliveries:
            if delivery.deliveries <= limit:
                await self._on_batch([delivery])
                continue
            failure = self._failures.pop(delivery.entry_id, None)
            said = f": {failure.type}: {failure.message}" if failure else "; a process that had it ended or fell silent"
            await self._quarantine.put(delivery, self._group, f"not settled after {limit} deliveries{said}", failure)
            logger.error("%s: entry %s of %s went to quarantine", self._group, delivery.entry_id, self._stream)
