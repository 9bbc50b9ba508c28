"""Changing a feed's subscription where it is kept: with the feed's state, by compare-and-set, told in the same step."""

from collections.abc import Callable
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from services.ingest.feed_state import FeedState, changed_event
from services.ingest.push.after_poll import in_time_to_renew
from services.ingest.push.subscription import Subscription
from services.ingest.registry import Registry
from services.ingest.rhythm import Bounds


class PushStates:
    """The feeds, as far as push is concerned."""

    def __init__(self, registry: Registry, bounds: Bounds, clock: Callable[[], datetime]) -> None:
        self._registry, self._bounds, self._clock = registry, bounds, clock

    async def get(self, feed: UUID) -> FeedState | None:
        kept = await self._registry.get(feed)
        return kept.state if kept else None

    async def find(self, feed: UUID, token: str) -> FeedState | None:
        """The feed, if it is polled and `token` is that of its present subscription."""
        state = await self.get(feed)
        return state if state and _is_of(state, token) else None

    async def make_due(self, feed: UUID) -> None:
        await self._registry.make_due(feed, self._clock())

    async def change(
        self,
        feed: UUID,
        token: str,
        asks: Callable[[Subscription], Subscription],
        also: Callable[[FeedState], FeedState] = lambda state: state,
    ) -> None:
        """Write what `asks` makes of the subscription and `also` of the rest; nothing where the token is another's now.

        A poll that has to come earlier, to renew a short lease, is brought forward.
        """
        while True:
            kept = await self._registry.get(feed)
            if kept is None or not _is_of(kept.state, token) or kept.state.push is None:
                return
            now = self._clock()
            state = also(kept.state).model_copy(update={"push": asks(kept.state.push)})
            due = kept.state.next_poll_at and in_time_to_renew(state, kept.state.next_poll_at, self._bounds, now)
            earlier = due if due != kept.state.next_poll_at else None
            state = state.model_copy(update={"next_poll_at": due})
            event = changed_event(state, "polled", now)
            if state == kept.state or await self._registry.save(kept, state, event=event, due=earlier):
                return


def _is_of(state: FeedState, token: str) -> bool:
    known = state.push.token if state.push and state.status != "removed" else ""
    return bool(known) and compare_digest(known.encode(), token.encode("utf-8", "replace"))
