"""`/v1/tags` and `/v1/sources`: what there is, with the number of articles."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.api.http.answers import json_answer
from services.api.http.parameters import Query, parameters_of, read_query
from services.api.readmodel.documents import Document, Json
from services.api.readmodel.model import ReadModel


class FacetListQuery(Query):
    limit: int = Field(default=500, ge=1, le=10_000, description="How many at most.")


class TagSize(Document):
    """A tag, and how many articles carry it."""

    slug: str
    label: str
    count: int


class TagListing(BaseModel):
    """The tag with the most articles first."""

    tags: list[TagSize]


class SourceSize(Document):
    """A publisher, and how many articles are from it."""

    id: str
    name: str
    url: str | None
    count: int


class SourceListing(BaseModel):
    """The publisher with the most articles first."""

    sources: list[SourceSize]


def facet_routes(model: ReadModel) -> APIRouter:
    routes = APIRouter(tags=["tags and sources"])

    @routes.get("/v1/tags", response_model=TagListing, openapi_extra=parameters_of(FacetListQuery))
    async def list_tags(request: Request) -> Response:
        """Tags, the one with the most articles first."""
        found = await model.tags(read_query(FacetListQuery, request.query_params).limit)
        tags = [TagSize(slug=tag.key, label=tag.label, count=tag.articles) for tag in found]
        return json_answer(Json(TagListing(tags=tags).model_dump_json()))

    @routes.get("/v1/sources", response_model=SourceListing, openapi_extra=parameters_of(FacetListQuery))
    async def list_sources(request: Request) -> Response:
        """Publishers, the one with the most articles first."""
        found = await model.sources(read_query(FacetListQuery, request.query_params).limit)
        sources = [SourceSize(id=one.key, name=one.label, url=one.url, count=one.articles) for one in found]
        return json_answer(Json(SourceListing(sources=sources).model_dump_json()))

    return routes
