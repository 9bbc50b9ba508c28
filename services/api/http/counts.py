"""`/v1/facets` and `/v1/tags/trending`: what the articles are about."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response

from services.api.http.answers import json_answer
from services.api.http.parameters import Query, SearchQuery, parameters_of, read_query, to_filter
from services.api.http.problems import bad_parameter
from services.api.readmodel.counts import KINDS, By
from services.api.readmodel.documents import Document, Json
from services.api.readmodel.model import ReadModel
from services.contracts.base import Instant


def _to_kinds(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",")))


class CountQuery(SearchQuery):
    by: Annotated[tuple[By, ...] | None, BeforeValidator(_to_kinds, json_schema_input_type=str)] = Field(
        default=None,
        description="What to count by: `tag`, `source`, `language`, `hour`, joined by commas; all unless given.",
    )
    limit: int = Field(default=50, ge=1, le=500, description="How many of each at most.")


class FacetCount(Document):
    """`key` is a tag's slug, a source's id or a language's code."""

    key: str
    label: str
    count: int


class HourCount(Document):
    """The articles of the hour that begins at `hour`."""

    hour: Instant
    count: int


class FacetCounts(BaseModel):
    """Of the `counted` articles, the newest that were found; `complete` if these are all. What was not asked for is
    null."""

    counted: int
    complete: bool
    tag: list[FacetCount] | None
    source: list[FacetCount] | None
    language: list[FacetCount] | None
    hour: list[HourCount] | None


class TrendQuery(Query):
    hours: int = Field(default=6, ge=1, le=24, description="How many hours back.")
    limit: int = Field(default=20, ge=1, le=100, description="How many at most.")


class TrendingTag(Document):
    """A tag of `count` articles where `expected` would have been usual; `score` is in standard deviations."""

    slug: str
    label: str
    count: int
    expected: float
    score: float


class TrendListing(BaseModel):
    """The most unusual first."""

    tags: list[TrendingTag]


def count_routes(model: ReadModel, clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["tags and sources"])

    @routes.get("/v1/facets", response_model=FacetCounts, openapi_extra=parameters_of(CountQuery, but="fold"))
    async def count_facets(request: Request) -> Response:
        """How many of the articles that are found have each tag, source and language, and how many are of each hour."""
        query = read_query(CountQuery, request.query_params)
        if query.fold:
            raise bad_parameter("fold", "counts are of single articles; leave out fold=")
        found = await model.facet_counts(to_filter(query), query.by or KINDS, query.limit)
        counts = {
            kind: [FacetCount(key=one.key, label=one.label, count=one.articles) for one in found.counts[kind]]
            if kind in found.counts
            else None
            for kind in ("tag", "source", "language")
        }
        hours = found.counts.get("hour")
        answer = FacetCounts(
            counted=found.counted,
            complete=found.complete,
            **counts,
            hour=None
            if hours is None
            else [HourCount(hour=datetime.fromisoformat(one.key), count=one.articles) for one in hours],
        )
        return json_answer(Json(answer.model_dump_json()))

    @routes.get("/v1/tags/trending", response_model=TrendListing, openapi_extra=parameters_of(TrendQuery))
    async def list_trends(request: Request) -> Response:
        """Tags that more is said about than usual, the most unusual first."""
        query = read_query(TrendQuery, request.query_params)
        trends = [
            TrendingTag(
                slug=trend.slug,
                label=trend.label,
                count=trend.articles,
                expected=round(trend.expected, 2),
                score=round(trend.score, 2),
            )
            for trend in await model.trending(clock(), query.hours, query.limit)
        ]
        answer = Json(TrendListing(tags=trends).model_dump_json())
        return json_answer(answer, headers={"Cache-Control": "max-age=60"})

    return routes
