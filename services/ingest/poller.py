"""The loop: takes due feeds, reads each, publishes what is new, and writes down when to come back."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from redis.exceptions import RedisError

from services.ingest.feed_state import changed_event
from services.ingest.fence import LostPast, Overtaken
from services.ingest.hosts import Hosts
from services.ingest.outcomes import Failed
from services.ingest.poll import after_poll
from services.ingest.push.asking import Asking
from services.ingest.push.subscription import Ask
from services.ingest.reading import Reader
from services.ingest.registry import Kept, Lease, Registry
from services.ingest.rhythm import Bounds
from services.ingest.slowing import Slowing
from services.ingest.switch import Found, after_finding
from services.wire.tasks import end

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.25
_AFTER_AN_OUTAGE_S = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How many feeds are polled at the same time, and for how long a lease is taken.

    A poll that lasts longer than `patience_s` goes on without its place, so that slow servers delay no others; up to
    `most` are open in all.
    """

    concurrency: int = 32
    lease_s: float = 6.0
    patience_s: float = 2.0

    @property
    def most(self) -> int:
        return 4 * self.concurrency


@dataclass(frozen=True, slots=True)
class _Open:
    lease: Lease
    begun: float = field(default_factory=time.monotonic)


class Poller:
    """Polls due feeds until cancelled. Any number of these, in any number of processes, share the feeds."""

    def __init__(
        self,
        *,
        registry: Registry,
        reader: Reader,
        hosts: Hosts,
        bounds: Bounds,
        pace: Pace,
        clock: Callable[[], datetime],
        asking: Asking | None = None,
        slowing: Slowing | None = None,
    ) -> None:
        self._asking, self._slowing = asking, slowing
        self._registry, self._reader = registry, reader
        self._hosts, self._bounds, self._pace, self._clock = hosts, bounds, pace, clock
        self._polls: dict[asyncio.Task[None], _Open] = {}
        self._leases_stand = asyncio.Lock()  # a lease must not be prolonged while a poll settles on the strength of it

    async def run(self) -> None:
        """Never returns. When cancelled it ends its polls; their feeds come due again when their leases end."""
        renewal = asyncio.create_task(self._keep_leases(), name="leases")
        try:
            while True:
                try:
                    await self._start_due()
                    await asyncio.sleep(await self._pause())
                except (RedisError, OSError) as error:
                    logger.warning("cannot see which feeds are due: %s", error)
                    await asyncio.sleep(_AFTER_AN_OUTAGE_S)
        finally:
            await end(renewal, *self._polls)

    async def _start_due(self) -> None:
        free = self._free()
        if free <= 0:
            return
        for lease in await self._registry.take_due(self._clock(), free, self._pace.lease_s):
            task = asyncio.create_task(self._poll_safely(lease), name=f"poll of {lease.feed}")
            self._polls[task] = _Open(lease)
            task.add_done_callback(self._polls.pop)

    def _free(self) -> int:
        patient_until = time.monotonic() - self._pace.patience_s
        young = sum(poll.begun > patient_until for poll in self._polls.values())
        concurrency = self._slowing.places(self._pace.concurrency) if self._slowing else self._pace.concurrency
        return min(concurrency - young, self._pace.most - len(self._polls))

    async def _pause(self) -> float:
        """Until the next feed is due, but not longer than others may take to add one."""
        if self._slowing and self._slowing.pause_s:
            return self._slowing.pause_s
        if self._free() <= 0:
            with suppress(TimeoutError):
                await asyncio.wait(self._polls, timeout=_LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
            return 0.0
        due = await self._registry.next_due()
        wait = _LOOK_EVERY_S if due is None else due - self._clock().timestamp()
        return min(max(wait, 0.0), _LOOK_EVERY_S)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._pace.lease_s / 3)
            try:
                async with self._leases_stand:
                    leases = [poll.lease for poll in self._polls.values()]
                    await self._registry.renew(leases, self._clock(), self._pace.lease_s)
                await self._hosts.keep(self._clock().timestamp())
            except (RedisError, OSError) as error:
                logger.warning("cannot prolong leases and places: %s", error)

    async def _poll_safely(self, lease: Lease) -> None:
        try:
            await self.poll(lease)
        except LostPast:
            logger.warning("the poll of %s comes again: the broker lost what it built upon", lease.feed)
        except Overtaken:
            logger.info("a later poll of %s was faster; what this one found is out of date", lease.feed)
        except (RedisError, OSError) as error:
            if self._slowing:
                self._slowing.refused(error)
            logger.warning("the poll of %s is given up and will come again: %s", lease.feed, error)
        except Exception:  # one feed never ends the others, whatever is wrong with it
            logger.exception("the poll of %s failed and will come again", lease.feed)
            await self._put_off(lease)

    async def _put_off(self, lease: Lease) -> None:
        """Not to come again with every lease: nothing that is ours to mend mends itself within seconds."""
        later = self._clock() + timedelta(seconds=self._bounds.interval_s)
        try:
            async with self._leases_stand:
                await self._registry.defer(lease, later)
        except (RedisError, OSError) as error:
            logger.warning("%s comes again when its lease ends: %s", lease.feed, error)

    async def poll(self, lease: Lease) -> None:
        """Read one feed and settle all that follows from it, or put it off until its host has time."""
        kept = lease.kept
        if kept is None or kept.state.status == "removed":
            return
        url = kept.state.url
        turn = await self._hosts.enter(lease.feed, url, self._clock().timestamp())
        if turn is not None:
            async with self._leases_stand:
                await self._registry.defer(lease, datetime.fromtimestamp(turn, UTC))
            return
        fence = self._registry.fence(lease)
        try:
            outcome = await self._reader.read(kept.state, own=self._hosts.is_own(url), fence=fence)
        except (RedisError, OSError, Overtaken):
            raise
        except Exception as error:  # a document that nobody foresaw; the feed is left alone for longer each time
            logger.exception("reading %s failed", url)
            outcome = Failed("internal", f"reading it failed on our side: {type(error).__name__}; the log has more")
        finally:
            await self._hosts.leave(lease.feed)
        chance = random.random()  # noqa: S311 (spreads load, guards nothing)
        now: Kept | None = kept
        while now and now.state.status != "removed":
            asks: tuple[Ask, ...] = ()
            if isinstance(outcome, Found):
                decision = after_finding(now.state, outcome, self._clock())
            else:
                decision = after_poll(now.state, outcome, self._clock(), self._bounds, chance)
                if self._asking:
                    decision, asks = self._asking.decide(now.state, decision, outcome, self._clock())
            state = decision.state
            event = changed_event(state, decision.change, self._clock()) if decision.change else None
            async with self._leases_stand:
                due = state.next_poll_at
                saved = await self._registry.save(now, state, event=event, due=due, lease=lease, fence=fence)
            if saved:
                logger.debug("%s: %s", state.url, decision.reason)
                self._ask(lease.feed, asks)
                return
            newer = await self._registry.get(lease.feed)
            if newer and newer.stored == now.stored:
                # The lease was lost: it ran out, or a refresh was asked for meanwhile. The next poll's time is not ours
                # to set then, but what was published counts; a failure may be out of date.
                if isinstance(outcome, Failed) or await self._registry.save(now, state, event=event, fence=fence):
                    logger.debug("%s: the lease was lost; another poll settles when to come back", state.url)
                    self._ask(lease.feed, () if isinstance(outcome, Failed) else asks)
                    return
                newer = await self._registry.get(lease.feed)
            now = newer  # a command changed it meanwhile

    def _ask(self, feed: UUID, asks: Sequence[Ask]) -> None:
        """What is asked of hubs now that it is written down, so that this happens once, whoever else polls."""
        if self._asking:
            self._asking.begin(feed, asks)
