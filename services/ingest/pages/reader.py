"""The loop that reads articles' pages: takes due ones, fetches and parses each, publishes what it adds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from redis.exceptions import RedisError

from services.ingest.fetch import Fetcher, Wanted
from services.ingest.hosts import Hosts
from services.ingest.memory import Change, Memory
from services.ingest.outcomes import Failed, Fetched
from services.ingest.pages.document import HTML, NoPage, Page
from services.ingest.pages.metadata import may_archive
from services.ingest.pages.queue import PageLease, PageQueue
from services.ingest.pages.retry import Later, after_failure
from services.ingest.pages.revision import page_event, with_page
from services.ingest.pages.robots import Robots, RobotsRefuse
from services.ingest.pages.teaser import page_gain
from services.ingest.pages.turns import Turns
from services.ingest.registry import Registry
from services.ingest.revise import Remembered
from services.ingest.sites import site_of
from services.ingest.slowing import Slowing
from services.wire.tasks import end

logger = logging.getLogger(__name__)

Parse = Callable[[Fetched], Awaitable[Page]]
"""Understands a page off the event loop. Raises `NoPage`."""

_LOOK_EVERY_S = 0.5
_AFTER_AN_OUTAGE_S = 1.0
_UNPUBLISHED_FOR = timedelta(days=1)
_PUBLISHED_SOON = timedelta(seconds=1)
_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class PagePace:
    """How many pages are read at the same time, and for how long a lease is taken; reading one is given up before."""

    concurrency: int = 8
    lease_s: float = 120.0


class PageReader:
    """Reads due pages until cancelled. Any number of these, in any number of processes, share the pages."""

    def __init__(
        self, *, queue: PageQueue, registry: Registry, memory: Memory, fetcher: Fetcher, robots: Robots, parse: Parse,
        hosts: Hosts, turns: Turns, pace: PagePace, clock: Callable[[], datetime], slowing: Slowing | None = None,
    ) -> None:  # fmt: skip
        self._queue, self._registry, self._memory = queue, registry, memory
        self._fetcher, self._robots, self._parse = fetcher, robots, parse
        self._hosts, self._turns, self._pace, self._clock = hosts, turns, pace, clock
        self._slowing = slowing
        self._wanted = Wanted(_ACCEPT, HTML, robots.check)
        self._open: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Never returns. When cancelled it ends its readings; their pages come due again when their leases end."""
        try:
            while True:
                try:
                    taken = await self._start_due()
                    pause_s = self._slowing.pause_s if self._slowing else 0.0
                    await asyncio.sleep(pause_s if taken else max(pause_s, _LOOK_EVERY_S))
                except (RedisError, OSError) as error:
                    logger.warning("cannot see which pages are due: %s", error)
                    await asyncio.sleep(_AFTER_AN_OUTAGE_S)
        finally:
            await end(*self._open)

    async def _start_due(self) -> int:
        places = self._slowing.places(self._pace.concurrency) if self._slowing else self._pace.concurrency
        free = places - len(self._open)
        leases = await self._queue.take(self._clock(), free, self._pace.lease_s) if free > 0 else []
        for lease in leases:
            task = asyncio.create_task(self._read_safely(lease), name=f"page of {lease.article}")
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        return len(leases)

    async def _read_safely(self, lease: PageLease) -> None:
        try:
            async with asyncio.timeout(0.9 * self._pace.lease_s):
                await self.read(lease)
        except (RedisError, OSError) as error:  # a timeout among them
            if self._slowing:
                self._slowing.refused(error)
            logger.warning("the page %s is given up and will come again: %s", lease.page.url, error or "too slow")
        except Exception:  # one page never ends the others, whatever is wrong with it
            logger.exception("the page %s failed and will come again", lease.page.url)

    async def read(self, lease: PageLease) -> None:
        """Read one page and settle all that follows from it, or put it off until its site has time."""
        if await self._memory_of(lease) is None:
            return
        kept = await self._registry.get(lease.page.article.feed.id)
        if kept is None or kept.state.status == "removed" or not kept.state.full_text:
            await self._queue.settle(lease, "unwanted")
            return
        outcome = await self._ask_in_turn(lease)
        if isinstance(outcome, Failed | RobotsRefuse):
            await self._put_off(lease, outcome)
        elif outcome:
            try:
                page = await self._parse(outcome)
            except NoPage as error:
                await self._give_up(lease, "unreadable", error.reason)
                return
            await self._publish(lease, replace(page, archive=page.archive and may_archive(*outcome.robots_tags)))

    async def _memory_of(self, lease: PageLease) -> Remembered | None:
        """What is remembered of the article, where it stands as it was queued; otherwise all is settled here."""
        page, now = lease.page, self._clock()
        (known,) = await self._memory.recall([page.article.id])
        if not isinstance(known, Remembered) or known.revision < page.article.revision:
            if now - page.queued_at > _UNPUBLISHED_FOR:
                await self._queue.settle(lease, "unpublished")
            else:
                await self._queue.defer(lease, now + _PUBLISHED_SOON)
            return None
        if (known.revision, known.digest) != (page.article.revision, page.digest):
            await self._queue.settle(lease, "outdated")
            return None
        return known

    async def _ask_in_turn(self, lease: PageLease) -> Fetched | Failed | RobotsRefuse | None:
        """None where it is not the page's turn; it is put off then."""
        url, now = lease.page.url, self._clock().timestamp()
        if self._hosts.is_own(url):
            return await self._fetch(url)
        site = site_of(url)
        turn = self._turns.enter(site, now)
        if turn is None:
            outcome, turn = await self._ask_entered(lease, site, now)
            if turn is None:
                return outcome
        await self._queue.defer(lease, datetime.fromtimestamp(turn, UTC))
        return None

    async def _ask_entered(
        self, lease: PageLease, site: str, now: float
    ) -> tuple[Fetched | Failed | RobotsRefuse | None, float | None]:
        """What was read, or else when all who ask the site let this page in."""
        url, delay_s = lease.page.url, 0.0
        turn: float | None = None
        try:
            turn = await self._hosts.enter(lease.article, url, now)
            if turn is not None:
                return None, turn
            try:
                outcome = await self._fetch(url)
                delay_s = await self._robots.delay_s(url)
            finally:
                await self._hosts.leave(lease.article)
            return outcome, None
        finally:
            if turn is not None:
                self._turns.put_off(site, turn)
            else:
                self._turns.leave(site, self._clock().timestamp(), delay_s=delay_s)

    async def _fetch(self, url: str) -> Fetched | Failed | RobotsRefuse:
        try:
            outcome = await self._fetcher.fetch(url, wanted=self._wanted)
        except RobotsRefuse as refusal:
            return refusal
        if not isinstance(outcome, Fetched | Failed):
            return Failed("protocol", "the server answered 304 Not Modified to a question without conditions")
        return outcome

    async def _put_off(self, lease: PageLease, failure: Failed | RobotsRefuse) -> None:
        what = after_failure(failure, lease.page.failures)
        if isinstance(what, Later):
            logger.debug("%s: %s; again in %g s", lease.page.url, what.reason, what.wait_s)
            await self._queue.defer(lease, self._clock() + timedelta(seconds=what.wait_s), failed=True)
        else:
            await self._give_up(lease, what.kind, what.reason)

    async def _give_up(self, lease: PageLease, kind: str, reason: str) -> None:
        logger.info("the article %s keeps what its feed gave: %s", lease.page.url, reason)
        await self._queue.settle(lease, kind)

    async def _publish(self, lease: PageLease, page: Page) -> None:
        article = lease.page.article
        gain = page_gain(article, page.text.text if page.text else None, page.metadata, archive=page.archive)
        if gain.gives == "nothing":
            await self._give_up(lease, "no-gain", gain.reason)
            return
        text = page.text if gain.gives == "text" else None
        while known := await self._memory_of(lease):  # again if another feed was found to list it meanwhile
            after = replace(known, revision=known.revision + 1)
            revised = with_page(article, page.metadata, text, revision=after.revision, seen=self._clock())
            if not await self._memory.write([Change(article.id, known, after, page_event(revised))]):
                await self._queue.settle(lease, gain.gives)
                return
