"""`/v1/rebuild`: the read model is made anew from the streams while the old one is served."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from services.api.anew.build import Wanted
from services.api.anew.rebuilding import AnotherRebuild, Progress, Rebuilding
from services.api.http.answers import json_answer
from services.api.http.parameters import Moment, Query, Word, parameters_of, read_query, refuse_parameters
from services.api.http.problems import Problem
from services.api.readmodel.documents import Document, Json


class RebuildState(Document):
    """How it goes, or went the last time since the API started."""

    state: Literal["never", "running", "done", "failed"]
    events: int = Field(description="Read from the streams so far.")
    articles: int = Field(description="Of the new read model, when it is done.")
    reason: str | None = Field(description="Why it failed; the old read model is served on.")


class RebuildQuery(Query):
    since: Moment | None = Field(default=None, description="Read only events that came from this time on.")
    source: Word | None = Field(default=None, description="Of articles, read only those of this publisher.")


def rebuild_routes(rebuilding: Rebuilding | None) -> APIRouter:
    routes = APIRouter(tags=["rebuild"])

    @routes.post(
        "/v1/rebuild",
        response_model=RebuildState,
        status_code=HTTPStatus.ACCEPTED,
        openapi_extra=parameters_of(RebuildQuery),
        responses={HTTPStatus.CONFLICT: {"description": "One is under way that reads other events."}},
    )
    async def start_rebuild(request: Request) -> Response:
        """Make the read model anew from the streams, and from the old one what they do not reach or is not asked for.
        It takes the old one's place when it is done; cursors, positions and open streams go on. Only one is made at a
        time."""
        query = read_query(RebuildQuery, request.query_params)
        if rebuilding is None:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "this API cannot make its read model anew")
        try:
            progress = rebuilding.start(Wanted.of(query.since, query.source))
        except AnotherRebuild as error:
            raise Problem(HTTPStatus.CONFLICT, "busy", f"{error}.") from None
        return json_answer(_state(progress), HTTPStatus.ACCEPTED)

    @routes.get("/v1/rebuild", response_model=RebuildState, dependencies=[Depends(refuse_parameters)])
    async def read_rebuild() -> Response:
        """How the making of the new read model goes."""
        return json_answer(_state(rebuilding.progress if rebuilding else Progress()))

    return routes


def _state(progress: Progress) -> Json:
    return Json(RebuildState.model_validate(asdict(progress)).model_dump_json())
