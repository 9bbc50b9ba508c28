"""All that ingest knows of one feed."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.contracts.articles import FeedRef
from services.contracts.base import Contract, Instant
from services.contracts.feeds import Feed, FeedChanged, FeedStatus
from services.contracts.tracing import new_trace

Change = Literal["added", "edited", "polled", "recovered", "failed", "moved", "removed"]


class FeedState(Contract):
    """Kept in Redis as JSON. `origin` is the URL that the feed was first known by, `url` where it is now.

    `given_title` is its owner's choice, `own_title` what the feed calls itself. `command` is the stream entry of the
    last command that was carried out on it. `body_digest`, `etag` and `last_modified` are of the last body read.
    """

    id: UUID
    origin: str
    url: str
    given_title: str | None = None
    own_title: str | None = None
    site: str | None = None
    tags: tuple[str, ...] = ()
    status: FeedStatus = "new"
    reason: str | None = None
    since: Instant
    failures: int = 0
    articles: int = 0
    polled_at: Instant | None = None
    next_poll_at: Instant | None = None
    moved_from: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None
    command: str | None = None

    @property
    def title(self) -> str | None:
        return self.given_title or self.own_title

    @property
    def reference(self) -> FeedRef:
        return FeedRef(id=self.id, url=self.url, title=self.title, tags=self.tags)


def changed_event(state: FeedState, change: Change, now: datetime) -> bytes:
    """The event that tells others of the feed's present state."""
    fields = state.model_dump(include=set(Feed.model_fields) - {"title", "change"})
    feed = Feed(**fields, title=state.title, change=change)
    return FeedChanged(
        id=f"{state.id}/{change}/{now.isoformat().replace('+00:00', 'Z')}",
        source="/ingest",
        subject=str(state.id),
        time=now,
        traceparent=new_trace(),
        data=feed,
    ).to_wire()
