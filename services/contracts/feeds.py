"""Feeds and what became of them, as ingest reports it."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.contracts.base import Contract, Instant
from services.contracts.envelope import Event

FeedStatus = Literal["new", "active", "failing", "gone", "removed"]
"""`new`: not read yet. `gone`: the server says so (410); still tried, rarely."""


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


class FeedChanged(Event[Feed]):
    """The state of a feed changed."""

    type: Literal["dateline.feed.changed.v1"] = "dateline.feed.changed.v1"
