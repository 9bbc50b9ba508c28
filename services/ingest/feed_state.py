"""All that ingest knows of one feed."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from services.contracts.articles import FeedRef
from services.contracts.base import Contract, Instant
from services.contracts.feeds import Feed, FeedChanged, FeedStatus
from services.contracts.tracing import new_trace
from services.ingest.push.subscription import Subscription
from services.ingest.rhythm import Pulse
from services.ingest.schedule import Schedule

Change = Literal["added", "edited", "polled", "recovered", "failed", "moved", "removed"]


class FeedState(Contract):
    """Kept in Redis as JSON. `origin` is the URL that the feed was first known by, `url` where it is now.

    `given_title` is its owner's choice, `own_title` what the feed calls itself. `command` is the stream entry of the
    last command that was carried out on it. `body_digest`, `etag` and `last_modified` are of the last body read, at
    `whole_at`; since then `repeats` polls in a row were answered "not modified". `validators_lie` where such an answer
    was once found to be wrong. `left_out` says what of the last body was not read for its size. `full_text`,
    `poll_min_s` and `poll_max_s` are its owner's choices. `moves_to` is where the URL has redirected for good since
    `moves_since`. `hubs` and `topic` are what the feed offers for push, `push` what became of it.
    A field that is added needs a default, so that what an older version stored can be read.
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
    moves_to: str | None = None
    moves_since: Instant | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None
    left_out: str | None = None
    whole_at: Instant | None = None
    repeats: int = 0
    validators_lie: bool = False
    ttl_minutes: int | None = None
    schedule: Schedule | None = None
    pulse: Pulse | None = None
    command: str | None = None
    full_text: bool = False
    poll_min_s: float | None = None
    poll_max_s: float | None = None
    hubs: tuple[str, ...] = ()
    topic: str | None = None
    push: Subscription | None = None

    @property
    def title(self) -> str | None:
        return self.given_title or self.own_title

    @property
    def per_day(self) -> float | None:
        return self.pulse.per_day if self.pulse else None

    @property
    def reference(self) -> FeedRef:
        return FeedRef(id=self.id, url=self.url, title=self.title, tags=self.tags)


def changed_event(state: FeedState, change: Change, now: datetime) -> bytes:
    """The event that tells others of the feed's present state."""
    fields = state.model_dump(include=set(Feed.model_fields) - {"title", "change", "per_day", "push"})
    feed = Feed(**fields, title=state.title, per_day=state.per_day, change=change, push=state.push and state.push.shown)
    return FeedChanged(
        id=f"{state.id}/{change}/{now.isoformat().replace('+00:00', 'Z')}",
        source="/ingest",
        subject=str(state.id),
        time=now,
        traceparent=new_trace(),
        data=feed,
    ).to_wire()
