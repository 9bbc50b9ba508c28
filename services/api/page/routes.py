"""The addresses of the page."""

import json
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.api.access.keyring import Keyring
from services.api.commanding import Commands
from services.api.http.parameters import NoQuery, read_query
from services.api.http.problems import ProblemPage, not_found
from services.api.page.answering import Answering
from services.api.page.article import article_page
from services.api.page.assets import load_assets
from services.api.page.feed_page import feed_page_routes
from services.api.page.feeds import feeds_routes
from services.api.page.headlines import headline_routes
from services.api.page.in_story import in_story
from services.api.page.rendering import Renderer
from services.api.page.revisions import MOST, revisions_page
from services.api.page.session import session_routes
from services.api.page.static_files import static_routes
from services.api.page.story_editing import story_editing_routes
from services.api.page.story_page import story_page_routes
from services.api.readmodel.model import ReadModel


def page_routes(
    model: ReadModel, commands: Commands, keyring: Keyring, clock: Callable[[], datetime]
) -> tuple[APIRouter, ProblemPage]:
    """All pages and `/static/…`, and how errors are shown where a page was asked for."""
    assets = load_assets()
    pages = Answering(Renderer(assets), clock)
    router = APIRouter(include_in_schema=False)
    router.include_router(static_routes(assets))
    router.include_router(headline_routes(pages, model, clock))
    router.include_router(_article_routes(pages, model))
    router.include_router(feeds_routes(pages, model, commands))
    router.include_router(feed_page_routes(pages, model, commands))
    router.include_router(story_page_routes(pages, model))
    router.include_router(story_editing_routes(pages, model, commands))
    router.include_router(session_routes(pages, keyring, clock))
    return router, pages.problem


def _article_routes(pages: Answering, model: ReadModel) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @pages.get(routes, "/articles/{article_id}")
    async def article(request: Request, now: datetime) -> Response:
        read_query(NoQuery, request.query_params)
        document = await model.article(_article_id(request))
        if document is None:
            raise not_found(_NO_ARTICLE)
        found = json.loads(document)
        return pages.show(request, "article.html", now, article_page(found, now, await in_story(model, found)))

    @pages.get(routes, "/articles/{article_id}/revisions")
    async def revisions(request: Request, now: datetime) -> Response:
        read_query(NoQuery, request.query_params)
        subject = _article_id(request)
        document, listing = await model.article(subject), await model.revisions(subject, MOST)
        if document is None or listing is None:
            raise not_found(_NO_ARTICLE)
        return pages.show(request, "revisions.html", now, revisions_page(json.loads(document), listing))

    return routes


_NO_ARTICLE = "There is no article of this address. It may come later, or never have been."


def _article_id(request: Request) -> UUID:
    text = request.path_params["article_id"]
    try:
        return UUID(text)
    except ValueError:
        raise not_found(f"{text!r} is no id of an article.") from None
