"""What a poll means for a feed: its new state, when to come back, and whether others should know."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.ingest.backoff import wait_after
from services.ingest.feed_state import Change, FeedState
from services.ingest.outcomes import Failed
from services.ingest.push.discovery import Offer
from services.ingest.rhythm import Bounds, next_wait, observe
from services.ingest.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Read:
    """A poll that worked. A `document` is None where it was the same as before.

    `not_modified` where that was only the server's word. `fresh_s` is for how long the server says that it stays so.
    `validators_lie` where "not modified" was found to be untrue.
    """

    document: "Document | None" = None
    moved_to: str | None = None
    not_modified: bool = False
    fresh_s: float | None = None
    validators_lie: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """What the poll found out about the feed itself. `new` and `changed` count articles that were published.

    `fresh` are the new ones, `found` all that stand in it. `left_out` says what was not read for its size. `offer` is
    of push.
    """

    digest: str
    etag: str | None
    last_modified: str | None
    title: str | None
    site: str | None
    ttl_minutes: int | None = None
    schedule: Schedule | None = None
    new: int = 0
    changed: int = 0
    fresh: tuple[UUID, ...] = ()
    found: tuple[UUID, ...] = ()
    left_out: str | None = None
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class PollDecision:
    """The feed's next state. `change` is None where nobody needs to know; `reason` says why it was decided so."""

    state: FeedState
    change: Change | None
    reason: str


def after_poll(before: FeedState, outcome: Read | Failed, now: datetime, bounds: Bounds, chance: float) -> PollDecision:
    """`bounds` are those of all feeds; the feed's own count before them. `chance` in [0, 1) spreads polls by ±10 %."""
    if isinstance(outcome, Failed):
        return _after_failure(before, outcome, now, bounds, chance)
    return _after_reading(before, outcome, now, bounds.of_feed(before.poll_min_s, before.poll_max_s), chance)


def _after_failure(before: FeedState, failed: Failed, now: datetime, bounds: Bounds, chance: float) -> PollDecision:
    """Each failure is told, so that others know when it is tried next; they get rarer as the wait grows.

    A feed's own longest wait does not hasten the next try: it is for feeds that work.
    """
    status = "gone" if failed.kind == "gone" else "failing"
    wait = max(wait_after(failed, before.failures, bounds, chance), before.poll_min_s or 0.0)
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
    return PollDecision(state, "failed", f"{failed.kind}, failure {state.failures} in a row, next try in {wait:.0f} s")


def _after_reading(before: FeedState, read: Read, now: datetime, bounds: Bounds, chance: float) -> PollDecision:
    document = read.document
    pulse = observe(before.pulse, document.new if document else 0, now)
    ttl_minutes = document.ttl_minutes if document else before.ttl_minutes
    schedule = document.schedule if document else before.schedule
    left_out = document.left_out if document else before.left_out
    asked_s = max(read.fresh_s or 0.0, (ttl_minutes or 0) * 60.0)
    wait_s = next_wait(pulse, asked_s, bounds, chance)
    if schedule:
        wait_s = schedule.postpone(now, wait_s, bounds.ceiling_s, chance)
    update: dict[str, object] = {
        "status": "active",
        "reason": left_out,
        "left_out": left_out,
        "since": before.since if before.status == "active" else now,
        "failures": 0,
        "polled_at": now,
        "next_poll_at": now + timedelta(seconds=wait_s),
        "pulse": pulse,
        "ttl_minutes": ttl_minutes,
        "schedule": schedule,
        "repeats": before.repeats + 1 if read.not_modified else 0,
        "whole_at": before.whole_at if read.not_modified else now,
        "validators_lie": before.validators_lie or read.validators_lie,
    }
    update |= _whereabouts(before, read.moved_to, now, bounds)
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
    if state.url != before.url:
        return PollDecision(state, "moved", f"it moved for good to {state.url}")
    if before.status in ("failing", "gone"):
        return PollDecision(state, "recovered", f"it can be read again after {before.failures} failures")
    if before.status == "new":
        return PollDecision(state, "polled", "it was read for the first time")
    if document and (document.new or document.changed):
        return PollDecision(state, "polled", f"{document.new} new and {document.changed} changed articles")
    if any(getattr(before, name) != getattr(state, name) for name in ("title", "site", "moves_to", "left_out")):
        return PollDecision(state, "polled", "its title, site or place changed, or how much of it is read")
    return PollDecision(state, None, "nothing new")


def _whereabouts(before: FeedState, moved_to: str | None, now: datetime, bounds: Bounds) -> dict[str, object]:
    """A permanent redirect is followed at each poll; its target becomes the feed's URL once that has held for days,
    since many are a login page's, a sold domain's or a mistake of an hour."""
    if moved_to is None or moved_to == before.url:
        return {"moves_to": None, "moves_since": None}
    since = before.moves_since if before.moves_to == moved_to and before.moves_since else now
    if (now - since).total_seconds() < bounds.move_after_s:
        return {"moves_to": moved_to, "moves_since": since}
    moved = {"url": moved_to, "moved_from": before.url, "validators_lie": False}
    return {**moved, "moves_to": None, "moves_since": None}
