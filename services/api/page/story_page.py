"""`/stories/{id}`: one story; a merged one leads to what it is now."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.api.http.parameters import Query, read_query
from services.api.http.problems import not_found
from services.api.page.answering import Answering
from services.api.page.places import address, story_place
from services.api.page.story import story_page
from services.api.page.story_forms import EMPTY
from services.api.readmodel.model import ReadModel

Done = Literal["merged", "split", "pinned", "renamed", "asked"]


class StoryPageQuery(Query):
    """`done` is what a form has just asked for."""

    done: Done | None = None


def story_page_routes(pages: Answering, model: ReadModel) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @pages.get(routes, "/stories/{id}")
    async def show(request: Request, now: datetime) -> Response:
        done = read_query(StoryPageQuery, request.query_params).done
        subject = story_id(request)
        known = await model.story_now(subject)
        if known is not None and known.id != subject:
            moved = address(story_place(str(known.id)), request.query_params.multi_items())
            return RedirectResponse(moved, HTTPStatus.PERMANENT_REDIRECT)
        return pages.show(request, "story.html", now, await story_view(model, subject, now) | {"done": done})

    return routes


async def story_view(model: ReadModel, subject: UUID, now: datetime) -> dict[str, Any]:
    """What `story.html` shows, with empty forms. Raises a 404 `Problem`."""
    # The position is read before the story, so that what comes in between is told by the stream.
    position = await model.position()
    document = await model.story(subject)
    if document is None:
        raise not_found(_NO_STORY)
    untold = {"done": None, "trouble": {}, "form": EMPTY, "ticked": ()}
    return story_page(json.loads(document), str(position), now) | untold


def story_id(request: Request) -> UUID:
    """Raises a 404 `Problem`."""
    try:
        return UUID(request.path_params["id"])
    except ValueError:
        raise not_found(_NO_STORY) from None


_NO_STORY = "There is no story of this address. It may come later, or never have been."
