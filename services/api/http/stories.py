"""`/v1/stories`: which there are, and one whole."""

import json
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BeforeValidator, Field
from starlette.responses import RedirectResponse, Response

from services.api.http.answers import json_answer, link_header, next_page
from services.api.http.listings import ListingQuery, read_page, selected
from services.api.http.parameters import (
    FacetQuery,
    NoQuery,
    Word,
    one_of,
    parameters_of,
    read_query,
    to_filter,
    to_query,
)
from services.api.http.problems import Problem, bad_parameter, not_found
from services.api.readmodel.documents import Json, listing
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel
from services.api.readmodel.stories import StoryCursor
from services.api.readmodel.stories_documents import FullStory, StoryArticle, StoryArticleListing, StoryListing

_MOVED: dict[int | str, dict[str, Any]] = {
    308: {"description": "The story was merged: `Location` is the one that has its articles now."}
}


_Mark = Annotated[StoryCursor, BeforeValidator(StoryCursor.read), one_of({"pattern": "^[A-Za-z0-9_-]{55}$"})]


class StoryQuery(FacetQuery):
    """Stories that have an article of which all of it holds."""

    place: tuple[Word, ...] = Field(
        default=(), description="A place's slug, such as `oslo`; repeated, all of them.", max_length=20
    )
    person: tuple[Word, ...] = Field(
        default=(), description="A person's slug, such as `jane-doe`; repeated, all of them.", max_length=20
    )
    q: Word | None = Field(default=None, description="A search, as for articles.")
    sort: Literal["momentum", "newest"] = Field(
        default="momentum",
        description="By how much more is told of it now than usual, and where that is nothing by its latest article; "
        "or by when it opened.",
    )
    limit: int = Field(default=20, ge=1, le=200, description="How many at most.")
    cursor: _Mark | None = Field(default=None, description="Where to go on: from `next` of an earlier answer.")


class StoryArticleQuery(ListingQuery):
    """A page of the articles of a story."""


def story_routes(model: ReadModel, clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["stories"])

    @routes.get("/v1/stories", response_model=StoryListing, openapi_extra=parameters_of(StoryQuery))
    async def list_stories(request: Request) -> Response:
        """Stories, those first that more is told of now than usual, unless asked otherwise."""
        query = read_query(StoryQuery, request.query_params)
        if query.cursor is not None and query.cursor.sort != query.sort:
            raise bad_parameter("cursor", "this cursor is of a listing in another order; leave it out to begin anew")
        # To the minute, so that an unchanged wire gives the same answer for so long.
        now = clock().replace(second=0, microsecond=0)
        page = await model.stories(_wanted(query), now, query.limit, query.cursor, query.sort)
        address = next_page(request, page.next)
        return json_answer(listing("stories", page.stories, next=json.dumps(address)), headers=link_header(address))

    @routes.get("/v1/stories/{id}", response_model=FullStory, responses=_MOVED, openapi_extra=parameters_of(NoQuery))
    async def read_story(id: UUID, request: Request) -> Response:
        """One story: its title and why it was chosen, who tells it since when, and its articles with their reasons."""
        read_query(NoQuery, request.query_params)
        survivor = await _survivor(model, id)
        if survivor != id:
            return _moved(request, survivor)
        document: Json | None = await model.story(id)
        if document is None:
            raise no_story(id)
        return json_answer(document)

    @routes.get(
        "/v1/stories/{id}/articles",
        response_model=StoryArticleListing,
        responses=_MOVED,
        openapi_extra=parameters_of(StoryArticleQuery, but="story"),
    )
    async def list_story_articles(id: UUID, request: Request) -> Response:
        """The articles of a story, newest first unless asked otherwise, each with why it belongs to it."""
        query = read_query(StoryArticleQuery, request.query_params)
        if query.story is not None:
            raise bad_parameter("story", "the address names the story; leave out story=")
        survivor = await _survivor(model, id)
        if survivor != id:
            return _moved(request, survivor)
        page = await read_page(model, to_filter(query.model_copy(update={"story": id})), query)
        address = next_page(request, page.next)
        told = selected(await model.reasons(page.headlines), query.fields, list(StoryArticle.model_fields))
        return json_answer(listing("articles", told, next=json.dumps(address)), headers=link_header(address))

    return routes


def no_story(subject: UUID) -> Problem:
    return not_found(f"there is no story {subject}; /v1/stories lists them")


async def _survivor(model: ReadModel, subject: UUID) -> UUID:
    known = await model.story_now(subject)
    if known is None:
        raise no_story(subject)
    return known.id


def _moved(request: Request, survivor: UUID) -> Response:
    """To the same below the story that the articles went to."""
    parts = request.url.path.split("/")
    parts[3] = str(survivor)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(quote("/".join(parts)) + query, HTTPStatus.PERMANENT_REDIRECT)


def _wanted(query: StoryQuery) -> Filter:
    named = [_slug("place", one) for one in query.place] + [_slug("person", one) for one in query.person]
    narrowed = to_filter(query.model_copy(update={"tag": (*query.tag, *named)}))
    return Filter(
        tags=narrowed.tags,
        source=narrowed.source,
        feed=narrowed.feed,
        language=narrowed.language,
        story=narrowed.story,
        query=to_query(query.q),
    )


def _slug(space: str, given: str) -> str:
    """Names are tags: `oslo` and `place:oslo` are the same place."""
    slug = "-".join(given.lower().split())
    return slug if slug.startswith(f"{space}:") else f"{space}:{slug}"
