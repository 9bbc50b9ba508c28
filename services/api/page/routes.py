"""The addresses of the page."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from services.api.http.listings import ListingQuery, read_page
from services.api.http.parameters import Query, read_query, to_filter
from services.api.http.problems import Problem, not_found
from services.api.page.article import article_page
from services.api.page.assets import load_assets
from services.api.page.feed import feed_line
from services.api.page.front import address, facet_links, heading, nothing_found, stream_address
from services.api.page.headline import BLANK, grouped
from services.api.page.rendering import Renderer
from services.api.page.static_files import static_routes
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel

HEADLINES = 30
TAGS = 12
SOURCES = 16
_TITLES = {400: "This address is not understood", 404: "There is nothing here"}


class PageQuery(ListingQuery):
    """The front page takes what listings take."""

    limit: int = Field(default=HEADLINES, ge=1, le=100, description="How many headlines at most.")


class NoParameters(Query):
    """For pages that take none."""


def page_routes(model: ReadModel, clock: Callable[[], datetime]) -> APIRouter:
    """`/`, `/articles/{id}`, `/feeds` and `/static/…`. Errors of theirs are answered with a page, not a document."""
    assets = load_assets()
    render = Renderer(assets)
    router = APIRouter(include_in_schema=False)
    router.include_router(static_routes(assets))

    def page(path: str, show: Callable[[Request, datetime], Awaitable[Response]]) -> None:
        async def answer(request: Request) -> Response:
            now = clock()
            try:
                return await show(request, now)
            except Problem as problem:
                title = _TITLES.get(problem.status, "This cannot be shown")
                return render.page("error.html", now, {"title": title, "detail": problem.detail}, status=problem.status)

        router.add_api_route(path, answer)

    async def front(request: Request, now: datetime) -> Response:
        query = read_query(PageQuery, request.query_params)
        return render.page("front.html", now, await _front(model, query, request.query_params.multi_items(), now))

    async def article(request: Request, now: datetime) -> Response:
        read_query(NoParameters, request.query_params)
        document = await model.article(_article_id(request.path_params["article_id"]))
        if document is None:
            raise not_found("There is no article of this address. It may come later, or never have been.")
        return render.page("article.html", now, article_page(json.loads(document), now))

    async def feeds(request: Request, now: datetime) -> Response:
        read_query(NoParameters, request.query_params)
        lines = [feed_line(json.loads(feed), now) for feed in await model.feeds()]
        return render.page("feeds.html", now, {"feeds": lines})

    page("/", front)
    page("/articles/{article_id}", article)
    page("/feeds", feeds)
    return router


async def _front(model: ReadModel, query: PageQuery, given: list[tuple[str, str]], now: datetime) -> dict[str, Any]:
    wanted = to_filter(query)
    if wanted == Filter():
        wanted = replace(wanted, fold=True)
    # The position is read before the headlines, so that what comes in between is told by the stream.
    position = await model.position()
    listing, tags, sources = await asyncio.gather(
        read_page(model, wanted, query), model.tags(2 * TAGS), model.sources(SOURCES)
    )
    articles = [json.loads(headline) for headline in listing.headlines]
    return {
        "heading": heading(wanted, articles),
        "groups": grouped(articles, now),
        "blank": BLANK,
        "leads": not given,
        "nothing": nothing_found(wanted),
        "older": address("/", given, cursor=str(listing.next)) if listing.next else None,
        "newest": address("/", [pair for pair in given if pair[0] != "cursor"]) if query.cursor else None,
        "tags": facet_links("tag", [(tag.key, tag.label) for tag in tags])[:TAGS],
        "sources": facet_links("source", [(source.key, source.label) for source in sources]),
        "stream": stream_address(given),
        "position": str(position),
        "query": query.q or "",
    }


def _article_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise not_found(f"{text!r} is no id of an article.") from None
