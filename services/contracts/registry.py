"""Every event type with its model, and reading an event whose type is not known beforehand."""

from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from services.contracts.articles import ArticleListed, ArticlePublished, ArticleRevised
from services.contracts.commands import (
    AddFeed,
    AnswerPush,
    DeliverPush,
    EditFeed,
    MergeStories,
    PinArticle,
    RefreshFeed,
    RemoveFeed,
    RenameStory,
    SplitStory,
    SubmitArticle,
)
from services.contracts.enrichments import ArticleEnriched
from services.contracts.feeds import FeedChanged
from services.contracts.stories import StoryChanged

ArticleEvent = ArticlePublished | ArticleRevised | ArticleListed
FeedCommand = AddFeed | EditFeed | RemoveFeed | RefreshFeed | SubmitArticle | DeliverPush | AnswerPush
StoryCommand = MergeStories | SplitStory | PinArticle | RenameStory
Command = FeedCommand | StoryCommand
AnyEvent = ArticleEvent | ArticleEnriched | StoryChanged | FeedChanged | Command

EVENT_MODELS: dict[str, type[AnyEvent]] = {
    model.model_fields["type"].default: model
    for model in (
        ArticlePublished,
        ArticleRevised,
        ArticleListed,
        ArticleEnriched,
        StoryChanged,
        FeedChanged,
        AddFeed,
        EditFeed,
        RemoveFeed,
        RefreshFeed,
        SubmitArticle,
        DeliverPush,
        AnswerPush,
        MergeStories,
        SplitStory,
        PinArticle,
        RenameStory,
    )
}

_any_event: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="type")])


class UnreadableEvent(ValueError):
    """A stream entry that is no event of ours: broken JSON, an unknown type, a missing field."""


def read_event(payload: bytes) -> AnyEvent:
    """Parse the JSON of a stream entry. Raises `UnreadableEvent` with a one-line reason."""
    try:
        return _any_event.validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UnreadableEvent(f"{place}: {first['msg']}" if place else first["msg"]) from error
