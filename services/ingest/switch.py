"""A feed whose address turned out to be a web page goes on under the address that was found there."""

from dataclasses import dataclass
from datetime import datetime

from services.ingest.feed_state import FeedState
from services.ingest.poll import PollDecision


@dataclass(frozen=True, slots=True)
class Found:
    """The feed of a page. `title` is its own; `reason` says for a person why it was chosen."""

    url: str
    title: str | None
    reason: str


def after_finding(before: FeedState, found: Found, now: datetime) -> PollDecision:
    """The feed keeps its id, remembers the page as `moved_from`, and is due at once."""
    state = before.model_copy(
        update={
            "url": found.url,
            "moved_from": before.url,
            "own_title": found.title or before.own_title,
            "reason": f"its address was that of a page; the feed was found there: {found.reason}",
            "failures": 0,
            "polled_at": now,
            "next_poll_at": now,
        }
    )
    return PollDecision(state, "moved", f"found on its page: {found.reason}")
