"""Feeds and what became of them, as ingest reports it."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.contracts.base import Contract, Instant
from services.contracts.envelope import Event

FeedStatus = Literal["new", "active", "failing", "gone", "removed"]
"""`new`: not read yet. `gone`: the server says so (410); still tried, rarely."""


PushStatus = Literal["asked", "active", "denied", "failing", "ended"]
"""`asked`: the hub was asked and has not confirmed yet. `ended`: the feed names no hub any more, or was removed."""


class Push(Contract):
    """How a feed's WebSub hub delivers. `since` is when the present status began, `until` when the lease ends.

    `received` counts deliveries that were believed, `refused` those that were not (a wrong or missing signature),
    `missed` new articles that a poll found although the hub should have delivered them.
    """

    hub: str
    topic: str
    status: PushStatus
    reason: str | None = None
    since: Instant
    until: Instant | None = None
    received: int = Field(default=0, ge=0)
    refused: int = Field(default=0, ge=0)
    missed: int = Field(default=0, ge=0)


class Feed(Contract):
    """The whole state of one feed at one moment, so that the last event about a feed is enough.

    `since` is when the present status began. `reason` says, for a person, what went wrong and what
    to do. `failures` counts failed polls in a row. `change` names what caused this event. `moves_to` is where the
    URL redirects for good, until that has held for days and becomes the feed's URL.
    """

    id: UUID
    url: str
    title: str | None = None
    site: str | None = None
    tags: tuple[str, ...] = ()
    status: FeedStatus
    change: Literal["added", "edited", "polled", "recovered", "failed", "moved", "removed"]
    reason: str | None = None
    since: Instant
    failures: int = Field(default=0, ge=0)
    articles: int = Field(default=0, ge=0, description="Articles published from this feed so far.")
    polled_at: Instant | None = None
    next_poll_at: Instant | None = None
    moved_from: str | None = None
    moves_to: str | None = None
    per_day: float | None = Field(
        default=None, ge=0, description="New articles a day, lately; absent before a day has been seen."
    )
    full_text: bool = Field(default=False, description="Whether the articles' pages are read for their whole text.")
    poll_min_s: float | None = Field(default=None, gt=0, description="Its own shortest wait between polls, in seconds.")
    poll_max_s: float | None = Field(default=None, gt=0, description="Its own longest wait between polls, in seconds.")
    push: Push | None = None


class FeedChanged(Event[Feed]):
    """The state of a feed changed."""

    type: Literal["dateline.feed.changed.v1"] = "dateline.feed.changed.v1"
