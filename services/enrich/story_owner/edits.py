"""What editors ask: whether it can be done, and the doing."""

from typing import NamedTuple
from uuid import UUID

from services.contracts.commands import MergeStories, PinArticle, RenameStory, SplitStory
from services.contracts.registry import StoryCommand
from services.contracts.stories import Story
from services.enrich.stories.engine import Stories
from services.wire.entry_ids import EntryId


class Edit(NamedTuple):
    """A command that was carried out after the language had come to `after` on the stream of enrichments."""

    after: EntryId
    entry: EntryId
    command: StoryCommand


def why_not(command: StoryCommand, engine: Stories) -> str | None:
    """Why the command cannot be carried out; None where it can."""
    match command:
        case MergeStories():
            return _unknown(command.data.story, engine) or _unknown(command.data.into, engine) or _one(command, engine)
        case SplitStory():
            return _unknown(command.data.story, engine) or _no_split(command, engine)
        case PinArticle() if command.data.article.bytes not in engine.state.places:
            return f"article {command.data.article} is not known, or its story ended long ago"
        case PinArticle() | RenameStory():
            return _unknown(command.data.story, engine)


def carry_out(command: StoryCommand, engine: Stories, at: int) -> list[Story]:
    """What changed. `at` is in ms, as for the engine."""
    match command:
        case MergeStories():
            return engine.merge(command.data.story, command.data.into, at)
        case SplitStory():
            return engine.split(command.data.story, command.data.articles, at)
        case PinArticle():
            return engine.pin(command.data.article, command.data.story, at)
        case RenameStory():
            return engine.rename(command.data.story, command.data.title, at)


def _place(story: UUID, engine: Stories) -> int | None:
    return engine.state.place_of(story.bytes)


def _one(command: MergeStories, engine: Stories) -> str | None:
    story, into = command.data.story, command.data.into
    return f"{story} and {into} are one story already" if _place(story, engine) == _place(into, engine) else None


def _no_split(command: SplitStory, engine: Stories) -> str | None:
    story, articles, place = command.data.story, command.data.articles, _place(command.data.story, engine)
    for article in articles:
        if engine.state.places.get(article.bytes) != place:
            return f"article {article} is not in story {story}"
    if len(set(articles)) == int(engine.state.shelf.articles[place]):
        return f"these are all articles of story {story}: none would stay"
    return None


def _unknown(story: UUID, engine: Stories) -> str | None:
    return f"story {story} is not known, or ended long ago" if _place(story, engine) is None else None
