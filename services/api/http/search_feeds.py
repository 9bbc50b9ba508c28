"""What a saved search finds as a feed, as an entry of a list of feeds, and as a live stream."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from services.api.http.feeds_out import ATOM, JSON_FEED, RSS, FeedQuery, Form, Heading, feed_answer
from services.api.http.listings import PageMark
from services.api.http.parameters import Query, parameters_of, read_query, refuse_parameters
from services.api.http.problems import Problem
from services.api.http.searches import known_search, opened
from services.api.http.stream import Opening, Start
from services.api.live.formats import SERVER_SENT_EVENTS
from services.api.readmodel.model import ReadModel
from services.api.searches.documents import search_state
from services.api.searches.search import Broken, SavedSearch, question, wanted_by
from services.api.searches.shelf import Shelf
from services.contracts.opml import Outline, write_opml

_OPML = "text/x-opml"


class PageOfFeed(Query):
    cursor: PageMark | None = Field(
        default=None, description="Where to go on: from the link `next` of an earlier feed."
    )


class StreamStart(Query):
    since: Start | None = Field(default=None, description="Where to go on, as for `/v1/stream`.")


def search_feed_routes(
    model: ReadModel, shelf: Shelf | None, opening: Opening, clock: Callable[[], datetime]
) -> APIRouter:
    routes = APIRouter(tags=["searches"])

    @routes.get(
        "/v1/searches.opml", response_class=Response, responses=_AS_OPML, dependencies=[Depends(refuse_parameters)]
    )
    async def export_searches(request: Request) -> Response:
        """All saved searches as a list of feeds (OPML), for any reader of feeds."""
        base = str(request.base_url).rstrip("/")
        found = await opened(shelf).searches(lambda store: store.every())
        states = [search_state(search) for search in found]
        outlines = (Outline(base + state.links.atom, state.name, base + state.links.page) for state in states)
        return Response(write_opml(outlines, title="Dateline: saved searches"), media_type=_OPML)

    def add_feed(form: Form, ending: str, name: str) -> None:
        async def read_feed(id: UUID, request: Request) -> Response:
            search = await known_search(shelf, id)
            given = read_query(PageOfFeed, request.query_params)
            wanted = question(search)
            if isinstance(wanted, Broken):
                raise _broken(search, wanted)
            query = FeedQuery.model_construct(limit=search.limit, sort="first_seen", cursor=given.cursor)
            about = f"Articles found by {search.q}"
            heading = Heading(search.id, search.name, about, search_state(search).links.page, search.changed)
            return await feed_answer(request, model, form, wanted, query, heading, clock())

        routes.add_api_route(
            f"/v1/searches/{{id}}/feed.{ending}",
            read_feed,
            name=f"read_search_{form.ending}",
            summary=f"A saved search as {name}",
            description=f"What a saved search finds as {name}, newest to the wire first. 409 where it is broken.",
            response_class=form.response,
            response_model=form.model,
            openapi_extra=parameters_of(PageOfFeed),
            responses={200: form.described, **_BROKEN},
        )

    add_feed(RSS, "rss", "RSS 2.0")
    add_feed(ATOM, "atom", "Atom")
    add_feed(JSON_FEED, "json", "JSON Feed 1.1")

    @routes.get(
        "/v1/searches/{id}/stream",
        response_class=Response,
        openapi_extra=parameters_of(StreamStart),
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **_BROKEN},
    )
    async def stream_search(id: UUID, request: Request) -> Response:
        """What a saved search finds as it comes: server-sent events, as `/v1/stream` has them."""
        search = await known_search(shelf, id)
        wanted = wanted_by(search)
        if isinstance(wanted, Broken):
            raise _broken(search, wanted)
        return opening.open(request, wanted, SERVER_SENT_EVENTS, read_query(StreamStart, request.query_params).since)

    return routes


_BROKEN: dict[int | str, dict[str, object]] = {409: {"description": "The query of the search is not understood."}}
_AS_OPML: dict[int | str, dict[str, object]] = {
    200: {"content": {_OPML: {"schema": {"type": "string"}}}, "description": "The list."}
}


def _broken(search: SavedSearch, broken: Broken) -> Problem:
    detail = f"the saved search {search.name!r} cannot be asked any more, change its query: {broken.detail}"
    members: dict[str, int] = {} if broken.at is None else {"at": broken.at}
    return Problem(HTTPStatus.CONFLICT, "broken-search", detail, **members)
