"""`/feeds`: how the feeds fare, and, for who has a key of scope admin, forms to add some."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.api.commanding import Commands
from services.api.http.bounded import SMALL, bounded
from services.api.http.feed_lists import MOST_BYTES, ask_for_list
from services.api.http.feeds import ask_to_add
from services.api.http.parameters import read_query
from services.api.http.problems import Problem
from services.api.page.answering import Answering, onward
from services.api.page.awaiting import until
from services.api.page.feed_forms import EMPTY, is_about_the_form, new_feed
from services.api.page.feed_table import FeedsQuery, feed_table
from services.api.page.forms import read_form
from services.api.page.places import feed_place
from services.api.readmodel.model import ReadModel


def feeds_routes(pages: Answering, model: ReadModel, commands: Commands) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=bounded(SMALL))
    lists = APIRouter(include_in_schema=False, route_class=bounded(MOST_BYTES))

    @pages.get(routes, "/feeds")
    async def show(request: Request, now: datetime) -> Response:
        query = read_query(FeedsQuery, request.query_params)
        return pages.show(request, "feeds.html", now, await view(query, now))

    @pages.post(routes, "/feeds")
    async def add(request: Request, now: datetime) -> Response:
        form = await read_form(request)
        try:
            feed, asked = await ask_to_add(model, commands, new_feed(form), now)
        except Problem as problem:
            return await again(request, problem, now, {"form": EMPTY | form, "trouble": problem.detail})
        if asked and not await until(lambda: model.feed(feed.id), lambda state: state is not None):
            return onward("/feeds", done="asked")
        return onward(feed_place(str(feed.id)), done="added" if asked else "known")

    @pages.post(lists, "/feeds/import")
    async def take_in(request: Request, now: datetime) -> Response:
        try:
            outcome = await ask_for_list(model, commands, request, now)
        except Problem as problem:
            return await again(request, problem, now, {"list_trouble": problem.detail})
        if outcome.refused:
            return pages.show(request, "feeds.html", now, await view(FeedsQuery(), now) | {"outcome": outcome})
        counts = {name: str(getattr(outcome, name)) for name in ("added", "edited", "known")}
        return onward("/feeds", done="list", **counts)

    async def view(query: FeedsQuery, now: datetime) -> dict[str, Any]:
        untold = {"form": EMPTY, "trouble": None, "list_trouble": None, "outcome": None}
        told = {"done": query.done, "told": query, "no_room": await commands.no_room()}
        return feed_table(await model.feeds(), query, now) | untold | told

    async def again(request: Request, problem: Problem, now: datetime, told: dict[str, Any]) -> Response:
        """The page with what was typed, and what is wrong with it."""
        if not is_about_the_form(problem):
            raise problem
        return pages.show(request, "feeds.html", now, await view(FeedsQuery(), now) | told, status=problem.status)

    routes.include_router(lists)
    return routes
