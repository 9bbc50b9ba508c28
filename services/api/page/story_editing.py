"""What editors say of a story on its page: by forms, for who has a key of scope admin."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.api.commanding import Commands
from services.api.http.bounded import SMALL, bounded
from services.api.http.problems import Problem
from services.api.http.story_edits import ask_to_merge, ask_to_pin, ask_to_rename, ask_to_split
from services.api.page.answering import Answering, onward
from services.api.page.awaiting import until
from services.api.page.forms import read_fields
from services.api.page.places import story_place
from services.api.page.story_forms import EMPTY, merge_asked, pin_asked, rename_asked, split_asked
from services.api.page.story_page import story_id, story_view
from services.api.readmodel.documents import Json
from services.api.readmodel.model import ReadModel


def story_editing_routes(pages: Answering, model: ReadModel, commands: Commands) -> APIRouter:
    """Each form waits a moment for enrich, and leads to the story as it is then."""
    routes = APIRouter(include_in_schema=False, route_class=bounded(SMALL))

    @pages.post(routes, "/stories/{id}/merge")
    async def merge(request: Request, now: datetime) -> Response:
        form, subject = await read_fields(request), story_id(request)
        try:
            story, into = await ask_to_merge(model, commands, subject, merge_asked(form), now)
        except Problem as problem:
            return await again(request, subject, now, problem, "merge", form)
        done = await until(lambda: model.story_now(story.id), lambda now: now is not None and now.id == into.id)
        return onward(story_place(str(into.id)), done="merged" if done else "asked")

    @pages.post(routes, "/stories/{id}/split")
    async def split(request: Request, now: datetime) -> Response:
        form, subject = await read_fields(request), story_id(request)
        try:
            story, articles = await ask_to_split(model, commands, subject, split_asked(form), now)
        except Problem as problem:
            return await again(request, subject, now, problem, "split", form)
        done = await until(lambda: model.story_now(story.id), lambda now: now is None or now.size != story.size)
        # Whoever is ticked, the story's id stays with the article that opened it.
        places = await model.stories_of(articles)
        return onward(story_place(str(places.get(articles[0]) or story.id)), done="split" if done else "asked")

    @pages.post(routes, "/stories/{id}/pin")
    async def pin(request: Request, now: datetime) -> Response:
        form, subject = await read_fields(request), story_id(request)
        try:
            asked = pin_asked(form)
            story = await ask_to_pin(model, commands, subject, asked, now)
        except Problem as problem:
            return await again(request, subject, now, problem, "pin", form)
        done = await until(
            lambda: model.stories_of([asked.article]), lambda places: places.get(asked.article) == story.id
        )
        return onward(story_place(str(story.id)), done="pinned" if done else "asked")

    @pages.post(routes, "/stories/{id}/rename")
    async def rename(request: Request, now: datetime) -> Response:
        form, subject = await read_fields(request), story_id(request)
        try:
            asked = rename_asked(form)
            story = await ask_to_rename(model, commands, subject, asked, now)
        except Problem as problem:
            return await again(request, subject, now, problem, "rename", form)
        done = await until(lambda: model.story(story.id), lambda document: _is_called(document, asked.title))
        return onward(story_place(str(story.id)), done="renamed" if done else "asked")

    async def again(
        request: Request, subject: UUID, now: datetime, problem: Problem, name: str, form: Mapping[str, list[str]]
    ) -> Response:
        """The page with what was typed, and what is wrong with it."""
        if problem.kind != "bad-body":
            raise problem
        typed = EMPTY | {field: values[-1] for field, values in form.items()}
        told = {"trouble": {name: problem.detail}, "form": typed, "ticked": form.get("ticked", ())}
        known = await model.story_now(subject)
        shown = await story_view(model, known.id if known else subject, now)
        return pages.show(request, "story.html", now, shown | told, status=problem.status)

    return routes


def _is_called(document: Json | None, title: str | None) -> bool:
    """Whether a `FullStory` has the title that an editor gave it, or where that is None one of the wire's."""
    if document is None:
        return False
    chosen = json.loads(document)["headline"]
    return bool(chosen["method"] == "article" if title is None else chosen["title"] == title)
