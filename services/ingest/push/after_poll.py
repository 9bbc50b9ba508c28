"""What a poll means for a feed's push: what is asked of its hub, and how long the next poll can wait."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.ingest.feed_state import FeedState
from services.ingest.outcomes import Failed
from services.ingest.poll import PollDecision, Read
from services.ingest.push.discovery import Offer
from services.ingest.push.reliance import after_polling, is_relied_upon, stretched
from services.ingest.push.subscription import Ask, Credentials, next_step
from services.ingest.rhythm import Bounds


def with_push(
    before: FeedState,
    decision: PollDecision,
    outcome: Read | Failed,
    *,
    base: str | None,
    fresh: Credentials,
    bounds: Bounds,
    now: datetime,
) -> tuple[PollDecision, tuple[Ask, ...]]:
    """The decision with what follows for push, and what is to be asked once it is written down.

    `base` is what callbacks' addresses begin with, None where hubs cannot reach us.
    """
    state, asks, reason = decision.state, tuple[Ask, ...](), ""
    document = outcome.document if isinstance(outcome, Read) else None
    push = state.push
    if document and document.offer:
        state = state.model_copy(update={"hubs": document.offer.hubs, "topic": document.offer.topic})
    if push and isinstance(outcome, Read):
        push = after_polling(push, document.fresh if document else (), before.polled_at, now)
    if state.topic is not None:
        step = next_step(push, Offer(state.hubs, state.topic), base, now, fresh)
        push, asks, reason = step.subscription, step.asks, f"; push: {step.reason}"
    state = state.model_copy(update={"push": push})
    state = _with_next_poll(state, isinstance(outcome, Read), bounds, now)
    shown = state.push and state.push.shown
    change = decision.change
    if change is None and shown != (before.push and before.push.shown):
        change = "polled"
    return replace(decision, state=state, change=change, reason=decision.reason + reason), asks


def _with_next_poll(state: FeedState, worked: bool, bounds: Bounds, now: datetime) -> FeedState:
    """Later while the hub is relied upon, but in time to renew the lease."""
    due = state.next_poll_at
    if due is None or state.push is None:
        return state
    if worked and is_relied_upon(state.push, now):
        due = now + stretched(due - now, bounds.of_feed(state.poll_min_s, state.poll_max_s).ceiling_s)
    return state.model_copy(update={"next_poll_at": in_time_to_renew(state, due, bounds, now)})


def in_time_to_renew(state: FeedState, due: datetime, bounds: Bounds, now: datetime) -> datetime:
    """`due`, or earlier where the lease wants it; not before the shortest wait is over."""
    renewal = state.push.renew_at if state.push else None
    shortest = timedelta(seconds=bounds.of_feed(state.poll_min_s, state.poll_max_s).floor_s)
    return due if renewal is None else min(due, max(renewal, now + shortest))
