"""Editors' words about stories: merging, splitting, pinning, renaming. Enrich is asked, and keeps what was said."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.api.commanding import Commands
from services.api.http.answers import json_answer
from services.api.http.bounded import SMALL, bounded
from services.api.http.parameters import refuse_parameters
from services.api.http.problems import Problem
from services.api.http.stories import no_story
from services.api.readmodel.documents import Json
from services.api.readmodel.model import ReadModel
from services.api.readmodel.stories_whole import StoryNow
from services.contracts.commands import MergeStoriesData, PinArticleData, RenameStoryData, SplitStoryData
from services.contracts.strings import one_line


def _visible(text: str) -> str:
    if not one_line(text):
        raise ValueError("must have characters that can be seen")
    return one_line(text)


class StoryMerge(BaseModel):
    """The story that this one is the same as. Its id stays; this one's leads there from then on."""

    model_config = ConfigDict(extra="forbid")

    into: UUID


class StorySplit(BaseModel):
    """The articles that are about something else. They become a story of their own."""

    model_config = ConfigDict(extra="forbid")

    articles: tuple[UUID, ...] = Field(min_length=1, max_length=500)


class StoryPin(BaseModel):
    """An article that belongs to the story, whatever the wire thinks."""

    model_config = ConfigDict(extra="forbid")

    article: UUID


class StoryEdit(BaseModel):
    """What the story is called from now on; null gives the choice back to the wire."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_visible)] | None


class StoryAsked(BaseModel):
    """What was asked of which story (merged ones are meant as what they are now), and where the outcome can be read."""

    story: UUID
    asked: Literal["merge", "split", "pin", "rename"]
    look: str = Field(description="Changes as soon as enrich has done it; the live stream tells of it too.")


async def ask_to_merge(
    model: ReadModel, commands: Commands, subject: UUID, merge: StoryMerge, now: datetime
) -> tuple[StoryNow, StoryNow]:
    """Two stories of one language; what they are by now. Raises a 404 or 422 `Problem`, and `CommandNotSent`."""
    story, into = await _known(model, subject), await _known(model, merge.into, "into")
    if story.id == into.id:
        raise _bad("into", f"{subject} and {merge.into} are one story already")
    if story.language != into.language:
        languages = f"one is in {story.language!r}, the other in {into.language!r}"
        raise _bad("into", f"only stories of one language can be merged; {languages}")
    await commands.merge_stories(MergeStoriesData(story=story.id, into=into.id, language=into.language), now)
    return story, into


async def ask_to_split(
    model: ReadModel, commands: Commands, subject: UUID, split: StorySplit, now: datetime
) -> tuple[StoryNow, tuple[UUID, ...]]:
    """Articles of the story, not all; which. Raises a 404 or 422 `Problem`, and `CommandNotSent`."""
    story, articles = await _known(model, subject), tuple(dict.fromkeys(split.articles))
    places = await model.stories_of(articles)
    stranger = next((article for article in articles if places.get(article) != story.id), None)
    if stranger is not None:
        raise _bad("articles", f"the story has no article {stranger}")
    if len(articles) == story.size:
        raise _bad("articles", "these are all articles of the story; leave at least one out")
    await commands.split_story(SplitStoryData(story=story.id, articles=articles, language=story.language), now)
    return story, articles


async def ask_to_pin(model: ReadModel, commands: Commands, subject: UUID, pin: StoryPin, now: datetime) -> StoryNow:
    """Raises a 404 or 422 `Problem`, and `CommandNotSent`."""
    story = await _known(model, subject)
    if pin.article not in await model.stories_of([pin.article]):
        raise _bad("article", f"there is no article {pin.article}")
    await commands.pin_article(PinArticleData(article=pin.article, story=story.id, language=story.language), now)
    return story


async def ask_to_rename(
    model: ReadModel, commands: Commands, subject: UUID, edit: StoryEdit, now: datetime
) -> StoryNow:
    """Raises a 404 `Problem`, and `CommandNotSent`."""
    story = await _known(model, subject)
    await commands.rename_story(RenameStoryData(story=story.id, title=edit.title, language=story.language), now)
    return story


def story_edit_routes(model: ReadModel, commands: Commands, clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["stories"], dependencies=[Depends(refuse_parameters)], route_class=bounded(SMALL))

    @routes.post("/v1/stories/{id}/merge", response_model=StoryAsked, status_code=HTTPStatus.ACCEPTED)
    async def merge_story(id: UUID, merge: StoryMerge) -> Response:
        """Ask for a story to be merged into another one of its language."""
        story, into = await ask_to_merge(model, commands, id, merge, clock())
        return _asked("merge", story, f"/v1/stories/{into.id}")

    @routes.post("/v1/stories/{id}/split", response_model=StoryAsked, status_code=HTTPStatus.ACCEPTED)
    async def split_story(id: UUID, split: StorySplit) -> Response:
        """Ask for articles of a story to become a story of their own. Look at the first of them for its id."""
        story, articles = await ask_to_split(model, commands, id, split, clock())
        return _asked("split", story, f"/v1/articles/{articles[0]}")

    @routes.post("/v1/stories/{id}/pin", response_model=StoryAsked, status_code=HTTPStatus.ACCEPTED)
    async def pin_article(id: UUID, pin: StoryPin) -> Response:
        """Ask for an article to belong to a story, now and in future."""
        story = await ask_to_pin(model, commands, id, pin, clock())
        return _asked("pin", story, f"/v1/articles/{pin.article}")

    @routes.patch("/v1/stories/{id}", response_model=StoryAsked, status_code=HTTPStatus.ACCEPTED)
    async def rename_story(id: UUID, edit: StoryEdit) -> Response:
        """Ask for a story to be called what you say."""
        story = await ask_to_rename(model, commands, id, edit, clock())
        return _asked("rename", story, f"/v1/stories/{story.id}")

    return routes


async def _known(model: ReadModel, subject: UUID, named_in: str | None = None) -> StoryNow:
    found = await model.story_now(subject)
    if found is None:
        raise no_story(subject) if named_in is None else _bad(named_in, f"there is no story {subject}")
    return found


def _asked(what: Literal["merge", "split", "pin", "rename"], story: StoryNow, look: str) -> Response:
    document = Json(StoryAsked(story=story.id, asked=what, look=look).model_dump_json())
    return json_answer(document, HTTPStatus.ACCEPTED, {"Location": look})


def _bad(name: str, what: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-body", f"{name}: {what}", parameter=name)
