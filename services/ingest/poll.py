"""What a poll means for a feed: its new state, when to come back, and whether others should know."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.ingest.feed_state import Change, FeedState
from services.ingest.outcomes import Failed

_JITTER = 0.1
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often feeds are polled, in seconds."""

    interval_s: float = 900.0
    longest_s: float = _DAY_S


@dataclass(frozen=True, slots=True)
class Read:
    """A poll that worked. A `document` is None where it was the same as before."""

    document: "Document | None" = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What the poll found out about the feed itself. `new` and `changed` count articles that were published."""

    digest: str
    etag: str | None
    last_modified: str | None
    title: str | None
    site: str | None
    new: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class PollDecision:
    """The feed's next state. `change` is None where nobody needs to know; `reason` says why it was decided so."""

    state: FeedState
    change: Change | None
    reason: str


def after_poll(before: FeedState, outcome: Read | Failed, now: datetime, rhythm: Rhythm, chance: float) -> PollDecision:
    """`chance` in [0, 1) spreads polls by ±10 %, so that feeds which were added together drift apart."""
    if isinstance(outcome, Failed):
        return _after_failure(before, outcome, now, rhythm, chance)
    return _after_reading(before, outcome, now, rhythm, chance)


def _after_failure(before: FeedState, failed: Failed, now: datetime, rhythm: Rhythm, chance: float) -> PollDecision:
    """The wait doubles with each failure in a row; the server's own wish counts where it is longer, up to a day."""
    gone = failed.kind == "gone"
    status = "gone" if gone else "failing"
    longest = max(rhythm.longest_s, rhythm.interval_s)
    backoff = longest if gone else min(rhythm.interval_s * 2.0 ** min(before.failures, 32), longest)
    wait = max(_spread(backoff, chance), min(failed.retry_after_s or 0.0, max(longest, _DAY_S)))
    state = before.model_copy(
        update={
            "status": status,
            "reason": failed.reason,
            "since": before.since if before.status == status else now,
            "failures": before.failures + 1,
            "polled_at": now,
            "next_poll_at": now + timedelta(seconds=wait),
        }
    )
    news = (before.status, before.reason) != (state.status, state.reason)
    why = f"{failed.kind}, failure {state.failures} in a row, next try in {wait:.0f} s"
    return PollDecision(state, "failed" if news else None, why)


def _after_reading(before: FeedState, read: Read, now: datetime, rhythm: Rhythm, chance: float) -> PollDecision:
    moved = read.moved_to is not None and read.moved_to != before.url
    update: dict[str, object] = {
        "status": "active",
        "reason": None,
        "since": before.since if before.status == "active" else now,
        "failures": 0,
        "polled_at": now,
        "next_poll_at": now + timedelta(seconds=_spread(rhythm.interval_s, chance)),
    }
    if moved:
        update |= {"url": read.moved_to, "moved_from": before.url}
    document = read.document
    if document:
        update |= {
            "own_title": document.title or before.own_title,
            "site": document.site or before.site,
            "etag": document.etag,
            "last_modified": document.last_modified,
            "body_digest": document.digest,
            "articles": before.articles + document.new,
        }
    state = before.model_copy(update=update)
    if moved:
        return PollDecision(state, "moved", f"it moved for good to {read.moved_to}")
    if before.status in ("failing", "gone"):
        return PollDecision(state, "recovered", f"it can be read again after {before.failures} failures")
    if before.status == "new":
        return PollDecision(state, "polled", "it was read for the first time")
    if document and (document.new or document.changed):
        return PollDecision(state, "polled", f"{document.new} new and {document.changed} changed articles")
    if (before.title, before.site) != (state.title, state.site):
        return PollDecision(state, "polled", "its title or site changed")
    return PollDecision(state, None, "nothing new")


def _spread(seconds: float, chance: float) -> float:
    return seconds * (1 + _JITTER * (2 * chance - 1))
