"""Carrying out what was decided to be asked of hubs, beside the polls, so that no hub delays a feed."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import UUID

from redis.exceptions import RedisError

from services.ingest.feed_state import FeedState
from services.ingest.outcomes import Failed
from services.ingest.poll import PollDecision, Read
from services.ingest.push.after_poll import with_push
from services.ingest.push.hub_client import HubClient
from services.ingest.push.keeping import PushStates
from services.ingest.push.subscription import LEASE_S, Ask, Credentials, failed
from services.ingest.rhythm import Bounds
from services.wire.expectations import Expectation, Expectations
from services.wire.tasks import end

logger = logging.getLogger(__name__)

_TIME_TO_ANSWER_S = 86_400.0  # what a hub was asked is expected for so long, and so much longer than a lease lasts


class Asking:
    """Asks hubs while entered as a context. `public_url` is where hubs reach the API, None where they cannot.

    A request that is lost, because the process ended, is made again when the hub has not confirmed for an hour.
    """

    def __init__(
        self,
        *,
        states: PushStates,
        expectations: Expectations,
        hubs: HubClient,
        public_url: str | None,
        bounds: Bounds,
        clock: Callable[[], datetime],
    ) -> None:
        self._states, self._expectations, self._hubs = states, expectations, hubs
        self._base = f"{public_url.rstrip('/')}/v1/push" if public_url else None
        self._bounds, self._clock = bounds, clock
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await end(*self._open)

    def decide(
        self, before: FeedState, decision: PollDecision, outcome: Read | Failed, now: datetime
    ) -> tuple[PollDecision, tuple[Ask, ...]]:
        """See `with_push`. What is to be asked must be written down first: a hub may call back within the request."""
        fresh = Credentials(secrets.token_urlsafe(24), secrets.token_urlsafe(32))
        return with_push(before, decision, outcome, base=self._base, fresh=fresh, bounds=self._bounds, now=now)

    def begin(self, feed: UUID, asks: Sequence[Ask]) -> None:
        """Ask in tasks of their own."""
        for ask in asks:
            task = asyncio.create_task(self._ask_safely(feed, ask), name=f"asking {ask.subscription.hub}")
            self._open.add(task)
            task.add_done_callback(self._open.discard)

    async def let_go(self, feed: UUID) -> None:
        """Tell the hub of a removed feed. If that fails, the callback answers 410 and the lease ends by itself."""
        state = await self._states.get(feed)
        if state and state.push and state.status == "removed":
            self.begin(feed, [Ask("unsubscribe", state.push)])

    async def _ask_safely(self, feed: UUID, ask: Ask) -> None:
        try:
            await self._ask(feed, ask)
        except (RedisError, OSError) as error:
            logger.warning("%s could not be asked about %s: %s", ask.subscription.hub, feed, error)
        except Exception:  # one hub never ends the others, whatever is wrong with it
            logger.exception("asking %s about %s failed", ask.subscription.hub, feed)

    async def _ask(self, feed: UUID, ask: Ask) -> None:
        known = ask.subscription
        expected = Expectation(mode=ask.mode, topic=known.topic)
        until = known.until or self._clock()
        lasts_s = (until - self._clock()).total_seconds() + _TIME_TO_ANSWER_S
        await self._expectations.expect(feed, known.token, expected, max(lasts_s, _TIME_TO_ANSWER_S))
        form = {
            "hub.mode": ask.mode,
            "hub.topic": known.topic,
            "hub.callback": f"{known.base}/{feed}/{known.token}",
        }
        if ask.mode == "subscribe":
            form |= {"hub.lease_seconds": str(int(LEASE_S)), "hub.secret": known.secret}
        reason = await self._hubs.ask(known.hub, form)
        logger.debug("%s for %s at %s: %s", ask.mode, feed, known.hub, reason or "taken")
        if reason and ask.mode == "subscribe":
            now = self._clock()
            await self._states.change(feed, known.token, lambda push: failed(push, reason, now))
