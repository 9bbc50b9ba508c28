"""Commands: what a user asks of ingest, or an editor of enrich about stories. Unlike events they may be refused."""

import json
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.contracts.articles import Enclosure
from services.contracts.base import Contract
from services.contracts.envelope import Event

Seconds = Annotated[float, Field(gt=0)]


class AddFeedData(Contract):
    """Adding a feed that is known already only edits it; what is left out stays as it is."""

    id: UUID
    url: str
    title: str | None = None
    tags: tuple[str, ...] = Field(default=())
    full_text: bool | None = None
    poll_min_s: Seconds | None = None
    poll_max_s: Seconds | None = None


class EditFeedData(Contract):
    """What to change of a feed: the fields that are there, as in a JSON merge patch (RFC 7396).

    None gives up the owner's own title or bound; no tags at all is an empty list. Look at `model_fields_set` to tell
    what was left out.
    """

    id: UUID
    title: str | None = None
    tags: tuple[str, ...] = ()
    full_text: bool = False
    poll_min_s: Seconds | None = None
    poll_max_s: Seconds | None = None


class Submission(Contract):
    """An article from someone who has no feed. `id` follows from its URL, or else from the publisher's key.

    `html` is as it was given; ingest cleans it. Dates are strings of any form that feeds use.
    """

    id: UUID
    url: str | None = None
    key: str | None = None
    title: str
    summary: str | None = None
    text: str | None = None
    html: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    published: str | None = None
    updated: str | None = None
    source: str | None = Field(default=None, description="The publisher's name; without one the host of the URL.")


class PushDelivery(Contract):
    """What a WebSub hub sent to a feed's callback, not yet checked. `body` is base64."""

    id: UUID = Field(description="The feed's.")
    token: str
    body: str
    content_type: str | None = None
    signature: str | None = Field(default=None, description="The header `X-Hub-Signature`.")


class PushAnswer(Contract):
    """What a WebSub hub said of a subscription; the API has answered its challenge, if there was one."""

    id: UUID = Field(description="The feed's.")
    token: str
    mode: Literal["subscribe", "unsubscribe", "denied"]
    topic: str
    lease_s: float | None = None
    reason: str | None = None


class FeedIdData(Contract):
    """Which feed a command is about."""

    id: UUID


class MergeStoriesData(Contract):
    """Both are stories of `language`, as of the stories' own events."""

    story: UUID
    into: UUID
    language: str = Field(min_length=1)


class SplitStoryData(Contract):
    """`articles` leave `story` and become one of their own."""

    story: UUID
    articles: tuple[UUID, ...] = Field(min_length=1)
    language: str = Field(min_length=1)


class PinArticleData(Contract):
    """`article` belongs to `story`, whatever the wire thinks."""

    article: UUID
    story: UUID
    language: str = Field(min_length=1)


class RenameStoryData(Contract):
    """`title` is what the story is called from now on; None gives the choice back to the wire."""

    story: UUID
    title: str | None = None
    language: str = Field(min_length=1)


class AddFeed(Event[AddFeedData]):
    """Start polling a feed."""

    type: Literal["dateline.command.add-feed.v1"] = "dateline.command.add-feed.v1"


class RemoveFeed(Event[FeedIdData]):
    """Stop polling a feed. Its articles stay."""

    type: Literal["dateline.command.remove-feed.v1"] = "dateline.command.remove-feed.v1"


class RefreshFeed(Event[FeedIdData]):
    """Poll a feed now."""

    type: Literal["dateline.command.refresh-feed.v1"] = "dateline.command.refresh-feed.v1"


class EditFeed(Event[EditFeedData]):
    """Change what a feed's owner can choose."""

    type: Literal["dateline.command.edit-feed.v1"] = "dateline.command.edit-feed.v1"

    def to_wire(self) -> bytes:
        """Unlike other events it tells what is None from what was left out."""
        document = self.model_dump(mode="json", exclude_none=True, exclude={"data"})
        return json.dumps(document | {"data": self.data.model_dump(mode="json", exclude_unset=True)}).encode()


class SubmitArticle(Event[Submission]):
    """Publish an article that stands in no feed, or a revision of it."""

    type: Literal["dateline.command.submit-article.v1"] = "dateline.command.submit-article.v1"


class DeliverPush(Event[PushDelivery]):
    """Read what a hub delivered."""

    type: Literal["dateline.command.deliver-push.v1"] = "dateline.command.deliver-push.v1"


class AnswerPush(Event[PushAnswer]):
    """Note what a hub said of a subscription."""

    type: Literal["dateline.command.answer-push.v1"] = "dateline.command.answer-push.v1"


class MergeStories(Event[MergeStoriesData]):
    """Two stories are one."""

    type: Literal["dateline.command.merge-stories.v1"] = "dateline.command.merge-stories.v1"


class SplitStory(Event[SplitStoryData]):
    """Some articles of a story are about something else."""

    type: Literal["dateline.command.split-story.v1"] = "dateline.command.split-story.v1"


class PinArticle(Event[PinArticleData]):
    """An article belongs to a story."""

    type: Literal["dateline.command.pin-article.v1"] = "dateline.command.pin-article.v1"


class RenameStory(Event[RenameStoryData]):
    """A story has a better title."""

    type: Literal["dateline.command.rename-story.v1"] = "dateline.command.rename-story.v1"
