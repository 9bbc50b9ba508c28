"""`/v1/headlines`: what one would read out, as JSON or as plain text."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse, Response

from services.api.ages import age
from services.api.headlines import headlines_text
from services.api.http.answers import json_answer, link_header, next_page
from services.api.http.listings import ListingQuery, read_page, selected
from services.api.http.media import prefers_text
from services.api.http.parameters import parameters_of, read_query, to_filter
from services.api.readmodel.documents import AlsoIn, ArticleLinks, Document, Json, Snippet, StoryReference, listing
from services.api.readmodel.model import ReadModel
from services.contracts.base import Instant


class HeadlineQuery(ListingQuery):
    format: Literal["json", "text"] | None = Field(
        default=None, description="Which form; without it, the `Accept` header decides."
    )


class ShortHeadline(Document):
    """A headline with its age as text, such as `7 mins ago`."""

    id: UUID
    title: str
    source: str = Field(description="The publisher's name.")
    url: str | None
    time: Instant
    age: str
    also_in: AlsoIn | None = Field(description="Who repeats it; null where nobody does, and unless it was asked for.")
    snippet: Snippet | None = Field(description="Where the words of `q` stand, if `highlight` asked for it.")
    story: StoryReference | None = Field(description="The story it belongs to; null until that is known.")
    links: ArticleLinks


class HeadlineListing(BaseModel):
    """Newest first. `next` is the address of the next page, null on the last."""

    headlines: list[ShortHeadline]
    next: str | None


def headline_routes(model: ReadModel, clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["articles"])

    @routes.get(
        "/v1/headlines",
        response_model=HeadlineListing,
        openapi_extra=parameters_of(HeadlineQuery),
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def list_headlines(request: Request) -> Response:
        """Headlines with their age, newest first unless asked otherwise."""
        query = read_query(HeadlineQuery, request.query_params)
        page = await read_page(model, to_filter(query), query)
        articles: list[dict[str, Any]] = [json.loads(headline) for headline in page.headlines]
        address = next_page(request, page.next)
        headers = {"Vary": "Accept"} | link_header(address)
        as_text = prefers_text(request.headers.get("accept", "")) if query.format is None else query.format == "text"
        if as_text:
            return PlainTextResponse(headlines_text(articles, clock()), headers=headers)
        now = clock()
        shown = [Json(_short(article, now).model_dump_json()) for article in articles]
        shown = list(selected(shown, query.fields, list(ShortHeadline.model_fields)))
        return json_answer(listing("headlines", shown, next=json.dumps(address)), headers=headers)

    return routes


def _short(article: dict[str, Any], now: datetime) -> ShortHeadline:
    time = datetime.fromisoformat(article["time"])
    return ShortHeadline(
        id=article["id"],
        title=article["title"],
        source=article["source"]["name"],
        url=article["url"],
        time=time,
        age=age(time, now),
        also_in=article.get("also_in"),
        snippet=article.get("snippet"),
        story=article["story"],
        links=article["links"],
    )
