"""The loop: takes due feeds, reads each, publishes what is new, and writes down when to come back."""

import asyncio
import hashlib
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from redis.exceptions import RedisError

from services.ingest.compose import feed_source, find_articles
from services.ingest.feed_state import FeedState, changed_event
from services.ingest.fetch import Fetcher
from services.ingest.outcomes import Failed, Fetched, NotModified
from services.ingest.parse import NotAFeed, ParsedFeed
from services.ingest.poll import Document, Read, Rhythm, after_poll
from services.ingest.publish import Origin, Publisher
from services.ingest.registry import Kept, Lease, Registry
from services.wire.tasks import end

logger = logging.getLogger(__name__)

Parse = Callable[[Fetched], Awaitable[ParsedFeed]]
"""Understands a body off the event loop. Raises `NotAFeed`."""

_LOOK_EVERY_S = 0.25
_AFTER_AN_OUTAGE_S = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How many feeds are polled at the same time, and for how long a lease is taken."""

    concurrency: int = 32
    lease_s: float = 15.0


class Poller:
    """Polls due feeds until cancelled. Any number of these, in any number of processes, share the feeds."""

    def __init__(
        self,
        *,
        registry: Registry,
        publisher: Publisher,
        fetcher: Fetcher,
        parse: Parse,
        rhythm: Rhythm,
        pace: Pace,
        clock: Callable[[], datetime],
    ) -> None:
        self._registry, self._publisher, self._fetcher, self._parse = registry, publisher, fetcher, parse
        self._rhythm, self._pace, self._clock = rhythm, pace, clock
        self._polls: dict[asyncio.Task[None], Lease] = {}
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
        free = self._pace.concurrency - len(self._polls)
        if free <= 0:
            return
        for lease in await self._registry.take_due(self._clock(), free, self._pace.lease_s):
            task = asyncio.create_task(self._poll_safely(lease), name=f"poll of {lease.feed}")
            self._polls[task] = lease
            task.add_done_callback(self._polls.pop)

    async def _pause(self) -> float:
        """Until the next feed is due, but not longer than others may take to add one."""
        if len(self._polls) >= self._pace.concurrency:
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
                    await self._registry.renew(list(self._polls.values()), self._clock(), self._pace.lease_s)
            except (RedisError, OSError) as error:
                logger.warning("cannot prolong leases: %s", error)

    async def _poll_safely(self, lease: Lease) -> None:
        try:
            await self.poll(lease)
        except (RedisError, OSError) as error:
            logger.warning("the poll of %s is given up and will come again: %s", lease.feed, error)
        except Exception:  # one feed never ends the others, whatever is wrong with it
            logger.exception("the poll of %s failed and will come again", lease.feed)

    async def poll(self, lease: Lease) -> None:
        """Read one feed and settle all that follows from it."""
        kept = await self._registry.get(lease.feed)
        if kept is None or kept.state.status == "removed":
            return
        outcome = await self._read(kept.state)
        chance = random.random()  # noqa: S311 (spreads load, guards nothing)
        now: Kept | None = kept
        while now and now.state.status != "removed":
            decision = after_poll(now.state, outcome, self._clock(), self._rhythm, chance)
            state = decision.state
            event = changed_event(state, decision.change, self._clock()) if decision.change else None
            async with self._leases_stand:
                saved = await self._registry.save(now, state, event=event, due=state.next_poll_at, lease=lease)
            if saved:
                logger.debug("%s: %s", state.url, decision.reason)
                return
            newer = await self._registry.get(lease.feed)
            if newer and newer.stored == now.stored:
                logger.debug("%s: the lease was lost; another poll settles it", state.url)
                return
            now = newer  # a command changed it meanwhile

    async def _read(self, state: FeedState) -> Read | Failed:
        outcome = await self._fetcher.fetch(state.url, etag=state.etag, last_modified=state.last_modified)
        if isinstance(outcome, Failed):
            return outcome
        if isinstance(outcome, NotModified):
            return Read(moved_to=outcome.moved_to)
        digest = hashlib.blake2b(outcome.body, digest_size=16).hexdigest()
        unchanged = digest == state.body_digest
        if unchanged and (outcome.etag, outcome.last_modified) == (state.etag, state.last_modified):
            return Read(moved_to=outcome.moved_to)
        try:
            parsed = await self._parse(outcome)
        except NotAFeed as error:
            return Failed("not a feed", f"no feed was found there: {error.reason}")
        return Read(await self._publish(state, parsed, outcome, digest), outcome.moved_to)

    async def _publish(self, state: FeedState, parsed: ParsedFeed, fetched: Fetched, digest: str) -> Document:
        known = state.model_copy(update={"own_title": parsed.title or state.own_title})
        site = parsed.site or state.site
        origin = Origin(
            feed=known.reference,
            source=feed_source(url=state.url, site=site, title=known.own_title or known.given_title),
            language=parsed.language,
        )
        published = await self._publisher.publish(find_articles(parsed, origin=state.origin), origin, self._clock())
        return Document(
            digest=digest,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            title=parsed.title,
            site=parsed.site,
            new=published.new,
            changed=published.revised + published.listed,
        )
