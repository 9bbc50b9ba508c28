"""`/v1/searches`: queries that are saved."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.api.http.answers import json_answer
from services.api.http.bounded import SMALL, bounded
from services.api.http.feeds_out import ENTRIES
from services.api.http.fields import Name, Number, cannot_be_null
from services.api.http.parameters import Word, refuse_parameters
from services.api.http.problems import Problem, not_found
from services.api.readmodel.documents import Document, Json
from services.api.searches.documents import SearchState, search_state
from services.api.searches.search import Broken, SavedSearch, question
from services.api.searches.shelf import Shelf
from services.api.searches.store import TooMany, as_kept

MOST = 1_000
"""Searches that are kept."""
Entries = Annotated[int, Field(ge=1, le=500), Number]
Fold = Literal["repeats", "story"]


class NewSearch(BaseModel):
    """A search to be saved."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    q: Word = Field(description="The query, in the language of listings.")
    fold: Fold | None = Field(default=None, description="As for listings.")
    limit: Entries = Field(default=ENTRIES, description="How many entries its feeds have.")


class SearchEdit(BaseModel):
    """What to change of a search, as a JSON merge patch (RFC 7396): what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = Field(default=None, json_schema_extra=cannot_be_null)
    q: Word | None = Field(
        default=None, description="The query, in the language of listings.", json_schema_extra=cannot_be_null
    )
    fold: Fold | None = Field(default=None, description="As for listings; null for no folding.")
    limit: Entries | None = Field(default=None, description="How many entries its feeds have; null for 50.")


class SearchListing(Document):
    """All saved searches by name."""

    searches: tuple[SearchState, ...]


def opened(shelf: Shelf | None) -> Shelf:
    """Raises a 503 `Problem` where this API keeps no searches."""
    if shelf is None:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "this API keeps no searches")
    return shelf


def full(error: TooMany) -> Problem:
    return Problem(HTTPStatus.CONFLICT, "full", str(error))


async def known_search(shelf: Shelf | None, subject: UUID) -> SavedSearch:
    """Raises a 404 `Problem`."""
    found = await opened(shelf).searches(lambda store: store.find(subject))
    if found is None:
        raise not_found(f"there is no saved search {subject}; /v1/searches lists them")
    return found


def search_routes(shelf: Shelf | None, clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["searches"], route_class=bounded(SMALL))
    plain = [Depends(refuse_parameters)]

    @routes.get("/v1/searches", response_model=SearchListing, dependencies=plain)
    async def list_searches() -> Response:
        """All saved searches, by name."""
        found = await opened(shelf).searches(lambda store: store.every())
        return _json(SearchListing(searches=tuple(search_state(search) for search in found)))

    @routes.post("/v1/searches", response_model=SearchState, status_code=201, dependencies=plain, responses=_FULL)
    async def save_search(new: NewSearch) -> Response:
        """Save a query, to be had as a feed, a live stream and by webhooks."""
        now = as_kept(clock())
        search = SavedSearch(uuid4(), new.name, new.q, new.fold, new.limit, now, now)
        _refuse_broken(search)
        try:
            await opened(shelf).searches(lambda store: store.add(search, MOST))
        except TooMany as error:
            raise full(error) from None
        state = search_state(search)
        return _json(state, HTTPStatus.CREATED, {"Location": state.links.self})

    @routes.get("/v1/searches/{id}", response_model=SearchState, dependencies=plain)
    async def read_search(id: UUID) -> Response:
        """One saved search. `broken` says why it cannot be asked, where that is so."""
        return _json(search_state(await known_search(shelf, id)))

    @routes.patch("/v1/searches/{id}", response_model=SearchState, dependencies=plain)
    async def edit_search(id: UUID, edit: SearchEdit) -> Response:
        """Change a saved search. Its feeds, streams and webhooks go on with the new query."""
        before = await known_search(shelf, id)
        given = edit.model_dump(exclude_unset=True)
        if given.get("limit", ...) is None:
            given["limit"] = ENTRIES
        for name in ("name", "q"):
            if given.get(name, ...) is None:
                raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-body", f"{name}: there must be one", parameter=name)
        search = replace(before, **given, changed=as_kept(clock()))
        _refuse_broken(search)
        await opened(shelf).searches(lambda store: store.replace(search))
        opened(shelf).tell()
        return _json(search_state(search))

    @routes.delete("/v1/searches/{id}", status_code=204, dependencies=plain, response_class=Response)
    async def remove_search(id: UUID) -> Response:
        """Remove a saved search, with its webhooks and their dead letters."""
        await known_search(shelf, id)
        await opened(shelf).searches(lambda store: store.remove(id))
        opened(shelf).tell()
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return routes


_FULL: dict[int | str, dict[str, object]] = {409: {"description": f"There are {MOST:,} already."}}


def _json(document: BaseModel, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response:
    return json_answer(Json(document.model_dump_json()), status, headers)


def _refuse_broken(search: SavedSearch) -> None:
    """Raises a 422 `Problem` that points at the place in the query."""
    asked = question(search)
    if not isinstance(asked, Broken):
        return
    if asked.at is None:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-body", asked.detail)
    raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-query", asked.detail, parameter="q", at=asked.at)
