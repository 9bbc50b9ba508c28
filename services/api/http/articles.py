"""`/v1/articles`: listings, and one article whole."""

import json
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.api.http.answers import json_answer, link_header, next_page
from services.api.http.listings import ListingQuery, read_page, selected
from services.api.http.parameters import Query, parameters_of, read_query, refuse_parameters, to_filter
from services.api.http.problems import not_found
from services.api.readmodel.documents import FoundHeadline, FullArticle, Json, RevisionListing, listing
from services.api.readmodel.model import ReadModel


class ArticleListing(BaseModel):
    """Newest first. `next` is the address of the next page, null on the last. Folded, the articles have `also_in`."""

    articles: list[FoundHeadline]
    next: str | None


class RevisionQuery(Query):
    limit: int = Field(default=20, ge=1, le=100, description="How many at most.")


def article_routes(model: ReadModel) -> APIRouter:
    routes = APIRouter(tags=["articles"])

    @routes.get("/v1/articles", response_model=ArticleListing, openapi_extra=parameters_of(ListingQuery))
    async def list_articles(request: Request) -> Response:
        """Articles, newest first unless asked otherwise."""
        query = read_query(ListingQuery, request.query_params)
        page = await read_page(model, to_filter(query), query)
        address = next_page(request, page.next)
        articles = selected(page.headlines, query.fields, list(FoundHeadline.model_fields))
        return json_answer(listing("articles", articles, next=json.dumps(address)), headers=link_header(address))

    @routes.get("/v1/articles/{id}", response_model=FullArticle, dependencies=[Depends(refuse_parameters)])
    async def read_article(id: UUID) -> Response:
        """One article with its body, enrichment and revisions."""
        document: Json | None = await model.article(id)
        if document is None:
            raise not_found(f"there is no article {id}")
        return json_answer(document)

    @routes.get(
        "/v1/articles/{id}/revisions", response_model=RevisionListing, openapi_extra=parameters_of(RevisionQuery)
    )
    async def list_revisions(id: UUID, request: Request) -> Response:
        """The revisions of an article, newest first, each with what it changed."""
        revisions = await model.revisions(id, read_query(RevisionQuery, request.query_params).limit)
        if revisions is None:
            raise not_found(f"there is no article {id}")
        return json_answer(Json(revisions.model_dump_json()))

    return routes
