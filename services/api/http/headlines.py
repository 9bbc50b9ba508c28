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
from services.api.http.articles import ListingQuery
from services.api.http.media import prefers_text
from services.api.http.parameters import parameters_of, read_query, to_filter
from services.api.readmodel.documents import ArticleLinks, Document, Json
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
        """Headlines, newest first, with their age."""
        query = read_query(HeadlineQuery, request.query_params)
        page = await model.articles(to_filter(query), query.limit, query.cursor)
        articles: list[dict[str, Any]] = [json.loads(headline) for headline in page.headlines]
        address = next_page(request, page.next)
        headers = {"Vary": "Accept"} | link_header(address)
        as_text = prefers_text(request.headers.get("accept", "")) if query.format is None else query.format == "text"
        if as_text:
            return PlainTextResponse(headlines_text(articles, clock()), headers=headers)
        now = clock()
        answer = HeadlineListing(headlines=[_short(article, now) for article in articles], next=address)
        return json_answer(Json(answer.model_dump_json()), headers=headers)

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
        links=article["links"],
    )
