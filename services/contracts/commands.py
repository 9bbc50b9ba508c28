"""Commands: what a user asks of ingest. Unlike events they may be refused."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.contracts.base import Contract
from services.contracts.envelope import Event


class AddFeedData(Contract):
    """Adding a feed that is known already only edits its title and tags."""

    id: UUID
    url: str
    title: str | None = None
    tags: tuple[str, ...] = Field(default=())


class FeedIdData(Contract):
    """Which feed a command is about."""

    id: UUID


class AddFeed(Event[AddFeedData]):
    """Start polling a feed."""

    type: Literal["dateline.command.add-feed.v1"] = "dateline.command.add-feed.v1"


class RemoveFeed(Event[FeedIdData]):
    """Stop polling a feed. Its articles stay."""

    type: Literal["dateline.command.remove-feed.v1"] = "dateline.command.remove-feed.v1"


class RefreshFeed(Event[FeedIdData]):
    """Poll a feed now."""

    type: Literal["dateline.command.refresh-feed.v1"] = "dateline.command.refresh-feed.v1"
