"""What is known about stories, merged from their events in whatever order and however often they come.

Each rule is a maximum over `Story.sequence`: a story is as its latest change left it, an article belongs to the story
that it joined last, and a story that was merged is known as another for ever. Where that other was merged as well, the
story is where the chain ends.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from services.contracts.stories import Because, Story


@dataclass(frozen=True, slots=True)
class KnownStory:
    """`said` is the latest change without what joined; `into` is the story that this one was merged into."""

    sequence: int = 0
    said: Story | None = None
    into: str | None = None
    into_sequence: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """The story that an article joined, and why. The story may have been merged since."""

    story: str
    sequence: int
    because: Because


def merge_story(known: KnownStory, story: Story) -> KnownStory:
    """The very same where the change taught nothing about the story itself."""
    if story.sequence > known.sequence:
        said = story.model_copy(update={"joined": ()})
        known = replace(known, sequence=story.sequence, said=said)
    if story.change == "merged" and story.into is not None and story.sequence > known.into_sequence:
        known = replace(known, into=str(story.into), into_sequence=story.sequence)
    return known


def merge_places(known: Mapping[str, Place], story: Story) -> dict[str, Place]:
    """The articles that have another place because of the change, by id."""
    told = {str(joined.article): joined.because for joined in story.joined}
    return {
        article: Place(str(story.id), story.sequence, because)
        for article, because in told.items()
        if article not in known or story.sequence > known[article].sequence
    }


def survivor(story: str, into: Mapping[str, str]) -> str:
    """Where the chain of mergers ends. Of stories that were merged into each other the one of the lowest id counts."""
    passed: list[str] = []
    while story in into:
        if story in passed:
            return min(passed[passed.index(story) :])
        passed.append(story)
        story = into[story]
    return story


def survivors(stories: Collection[str], into: Mapping[str, str]) -> dict[str, str]:
    return {story: survivor(story, into) for story in stories}
