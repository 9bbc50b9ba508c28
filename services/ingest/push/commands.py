"""What hubs send, as commands from the API: answers to what was asked, and deliveries, believed only when signed."""

import asyncio
import base64
import binascii
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from services.contracts.commands import PushAnswer, PushDelivery
from services.ingest.feed_state import FeedState
from services.ingest.outcomes import Fetched
from services.ingest.parse import NotAFeed
from services.ingest.poll import Document
from services.ingest.push.asking import Asking
from services.ingest.push.keeping import PushStates
from services.ingest.push.reliance import after_delivery
from services.ingest.push.signature import is_signed
from services.ingest.push.subscription import Subscription, confirmed, denied
from services.ingest.reading import Reader
from services.ingest.rhythm import observe
from services.wire.expectations import Expectation, Expectations

logger = logging.getLogger(__name__)

_PARSE_S = 3.0  # other commands wait meanwhile; what takes longer is left to the feed's next poll
_KEPT_AFTER_LEASE = timedelta(days=1)


class PushCommands:
    """Carries out `AnswerPush` and `DeliverPush`. What names a token that is not in use any more is dropped."""

    def __init__(
        self,
        *,
        states: PushStates,
        expectations: Expectations,
        asking: Asking,
        reader: Reader,
        clock: Callable[[], datetime],
    ) -> None:
        self._states, self._expectations, self._asking = states, expectations, asking
        self._reader, self._clock = reader, clock

    async def let_go(self, feed: UUID) -> None:
        """Tell the hub of a feed that was removed."""
        await self._asking.let_go(feed)

    async def answer(self, said: PushAnswer) -> None:
        """A hub verified a request, or denied it."""
        if said.mode == "unsubscribe":
            await self._expectations.forget(said.id, said.token)
            return
        state = await self._states.find(said.id, said.token)
        if state is None or state.push is None or state.push.topic != said.topic:
            return
        now = self._clock()
        if said.mode == "denied":
            await self._expectations.forget(said.id, said.token)
            await self._states.change(said.id, said.token, lambda push: denied(push, said.reason, now))
            return
        active = confirmed(state.push, said.lease_s, now)
        if active.until:
            expected = Expectation(mode="subscribe", topic=said.topic)
            lasts_s = (active.until - now + _KEPT_AFTER_LEASE).total_seconds()
            await self._expectations.expect(said.id, said.token, expected, lasts_s)
        await self._states.change(said.id, said.token, lambda push: confirmed(push, said.lease_s, now))

    async def deliver(self, sent: PushDelivery) -> None:
        """Publish what was sent; a feed whose delivery cannot be read is polled at once instead."""
        state = await self._states.find(sent.id, sent.token)
        if state is None or state.push is None:
            return
        body = _bytes(sent.body)
        if body is None or not is_signed(body, sent.signature, state.push.secret):
            logger.info("%s: a delivery without a right signature was refused", state.url)
            await self._states.change(sent.id, sent.token, _refused)
            return
        if state.push.thin:
            await self._as_a_ping(sent)
            return
        delivered = Fetched(body, state.url, sent.content_type)
        try:
            async with asyncio.timeout(_PARSE_S):
                parsed = await self._reader.parse_delivery(delivered)
        except (NotAFeed, TimeoutError) as error:
            logger.info("%s: a delivery cannot be read (%s); the feed is polled instead", state.url, error or "slow")
            await self._as_a_ping(sent)
            return
        document = await self._reader.publish_delivery(state, delivered, parsed)
        now = self._clock()
        await self._states.change(
            sent.id,
            sent.token,
            lambda push: after_delivery(push, document.found, now),
            lambda state: _with_articles(state, document, now),
        )

    async def _as_a_ping(self, sent: PushDelivery) -> None:
        await self._states.change(sent.id, sent.token, lambda push: _thin(push, self._clock()))
        await self._states.make_due(sent.id)


def _bytes(body: str) -> bytes | None:
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return None


def _refused(push: Subscription) -> Subscription:
    return push.model_copy(update={"refused": push.refused + 1})


def _thin(push: Subscription, now: datetime) -> Subscription:
    """Until the lease is renewed no time is spent on reading what this hub sends."""
    return after_delivery(push, (), now).model_copy(update={"thin": True, "pinged_at": now})


def _with_articles(state: FeedState, document: Document, now: datetime) -> FeedState:
    """As after a poll. The document counts for nothing else: it may hold no more than the new entries."""
    return state.model_copy(
        update={"articles": state.articles + document.new, "pulse": observe(state.pulse, document.new, now)}
    )
