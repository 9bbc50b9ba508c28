"""`/feeds/{id}`: one feed, and, for who has a key of scope admin, forms to edit, refresh and remove it."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.api.commanding import Commands
from services.api.http.bounded import SMALL, bounded
from services.api.http.feeds import ask_to_edit
from services.api.http.parameters import Query, read_query
from services.api.http.problems import Problem, not_found
from services.api.page.answering import Answering, onward
from services.api.page.awaiting import until
from services.api.page.feed import feed_line, pushed
from services.api.page.feed_forms import EMPTY, feed_edit, is_about_the_form
from services.api.page.forms import read_form
from services.api.page.places import feed_place
from services.api.readmodel.documents import FeedState, Json
from services.api.readmodel.model import ReadModel


class FeedPageQuery(Query):
    """`done` is what a form has just asked for."""

    done: str | None = None


def feed_page_routes(pages: Answering, model: ReadModel, commands: Commands) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=bounded(SMALL))

    @pages.get(routes, "/feeds/{id}")
    async def show(request: Request, now: datetime) -> Response:
        done = read_query(FeedPageQuery, request.query_params).done
        return pages.show(request, "feed.html", now, feed_view(await known(request), now) | {"done": done})

    @pages.post(routes, "/feeds/{id}/edit")
    async def edit(request: Request, now: datetime) -> Response:
        form, before = await read_form(request), await known(request)
        try:
            expected = await ask_to_edit(before, commands, feed_edit(form), now)
        except Problem as problem:
            if not is_about_the_form(problem):
                raise
            told = {"trouble": problem.detail, "form": EMPTY | form}
            return pages.show(request, "feed.html", now, feed_view(before, now) | told, status=problem.status)
        await until(lambda: model.feed(before.id), lambda state: state is None or _is_so(state, expected))
        return onward(feed_place(str(before.id)), done="edited")

    @pages.post(routes, "/feeds/{id}/refresh")
    async def refresh(request: Request, now: datetime) -> Response:
        before = await known(request)
        await commands.refresh_feed(before.id, now)
        await until(lambda: model.feed(before.id), lambda state: state is None or _read(state) != before.polled_at)
        return onward(feed_place(str(before.id)), done="refreshed")

    @pages.post(routes, "/feeds/{id}/remove")
    async def remove(request: Request, now: datetime) -> Response:
        before = await known(request)
        await commands.remove_feed(before.id, now)
        await until(lambda: model.feed(before.id), lambda state: state is None)
        return onward("/feeds", done="removed")

    async def known(request: Request) -> FeedState:
        try:
            found = await model.feed(UUID(request.path_params["id"]))
        except ValueError:
            found = None
        if found is None:
            raise not_found("There is no such feed, or not any more. The page of feeds lists those that are read.")
        return FeedState.model_validate_json(found)

    return routes


def feed_view(feed: FeedState, now: datetime) -> dict[str, Any]:
    """What `feed.html` shows of a feed."""
    state = json.loads(feed.model_dump_json())
    form = {"title": feed.title or "", "tags": ", ".join(feed.tags), "full_text": "yes" if feed.full_text else ""}
    return {
        "feed": feed_line(state, now),
        "push": pushed(state),
        "form": form,
        "trouble": None,
        "done": None,
        "here": "feed",
    }


def _read(state: Json) -> datetime | None:
    return FeedState.model_validate_json(state).polled_at


def _is_so(state: Json, expected: FeedState) -> bool:
    now = FeedState.model_validate_json(state)
    return (now.tags, now.full_text) == (expected.tags, expected.full_text) and expected.title in (None, now.title)
