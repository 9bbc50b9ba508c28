"""`/v1/stream`: the live stream as server-sent events, resumable."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from services.api.http.parameters import FacetQuery, parameters_of, read_query, to_filter
from services.api.http.problems import bad_parameter
from services.api.live.following import follow
from services.api.live.hub import Hub, Subscriber
from services.api.live.response import EventStreamResponse
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import BadPosition, Position


def _to_position(text: str) -> Position:
    return Position.read(text)


class StreamQuery(FacetQuery):
    since: Annotated[Position | None, BeforeValidator(_to_position, json_schema_input_type=str)] = Field(
        default=None, description="Where to go on: the id of an event. `Last-Event-ID` does the same, and goes first."
    )


def stream_routes(model: ReadModel, hub: Hub, backlog: int) -> APIRouter:
    routes = APIRouter(tags=["stream"])

    @routes.get(
        "/v1/stream",
        response_class=Response,
        openapi_extra=parameters_of(StreamQuery),
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def live_stream(request: Request) -> Response:
        """Events `article`, `revision`, `enrichment`, `listing` (their data is the headline) and `feed` (its state)."""
        query = read_query(StreamQuery, request.query_params)
        start = _last_event_id(request) or query.since or await model.position()
        subscriber = Subscriber(to_filter(query), backlog)
        return EventStreamResponse(subscriber, follow(model, hub, subscriber, start))

    return routes


def _last_event_id(request: Request) -> Position | None:
    text = request.headers.get("last-event-id")
    if not text:
        return None
    try:
        return Position.read(text)
    except BadPosition as error:
        raise bad_parameter("Last-Event-ID", f"Last-Event-ID={text!r}: {error}") from None
