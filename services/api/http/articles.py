"""`/v1/articles`: listings, and one article whole."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response

from services.api.http.answers import json_answer, link_header, next_page
from services.api.http.parameters import SearchQuery, parameters_of, read_query, refuse_parameters, to_filter
from services.api.http.problems import not_found
from services.api.readmodel.documents import FullArticle, Headline, Json, listing
from services.api.readmodel.filters import Cursor
from services.api.readmodel.model import ReadModel


def _to_cursor(text: str) -> Cursor:
    return Cursor.read(text)


class ListingQuery(SearchQuery):
    """A page of a listing."""

    limit: int = Field(default=20, ge=1, le=500, description="How many at most.")
    cursor: Annotated[Cursor | None, BeforeValidator(_to_cursor, json_schema_input_type=str)] = Field(
        default=None, description="Where to go on: from `next` of an earlier answer."
    )


class ArticleListing(BaseModel):
    """Newest first. `next` is the address of the next page, null on the last."""

    articles: list[Headline]
    next: str | None


def article_routes(model: ReadModel) -> APIRouter:
    routes = APIRouter(tags=["articles"])

    @routes.get("/v1/articles", response_model=ArticleListing, openapi_extra=parameters_of(ListingQuery))
    async def list_articles(request: Request) -> Response:
        """Articles, newest first."""
        query = read_query(ListingQuery, request.query_params)
        page = await model.articles(to_filter(query), query.limit, query.cursor)
        address = next_page(request, page.next)
        return json_answer(listing("articles", page.headlines, next=json.dumps(address)), headers=link_header(address))

    @routes.get("/v1/articles/{id}", response_model=FullArticle, dependencies=[Depends(refuse_parameters)])
    async def read_article(id: UUID) -> Response:
        """One article with its body, enrichment and revisions."""
        document: Json | None = await model.article(id)
        if document is None:
            raise not_found(f"there is no article {id}")
        return json_answer(document)

    return routes
