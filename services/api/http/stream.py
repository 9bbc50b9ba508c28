"""`/v1/stream` and `/v1/stream.ndjson`: the live stream as server-sent events and as lines of JSON, resumable."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, cast

from fastapi import APIRouter, Request
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from services.api.http.parameters import FacetQuery, Word, parameters_of, read_query, to_filter, to_instant, to_query
from services.api.http.problems import bad_parameter, too_many
from services.api.live.formats import JSON_LINES, SERVER_SENT_EVENTS, Format
from services.api.live.hub import Hub
from services.api.live.places import RETRY_AFTER_S, NoPlace, Places
from services.api.live.response import LiveStream
from services.api.live.wanted import TYPES, Wanted
from services.api.readmodel.documents import ChangeKind
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import BadPosition, Position

_CLOCKS = timedelta(minutes=1)
"""How far a client's clock may be ahead of ours."""


def _to_start(text: str) -> Position | datetime:
    if "_" in text:
        return Position.read(text)
    try:
        return to_instant(text)
    except ValueError as error:
        raise ValueError(f"neither the id of an event nor a time: {error}") from None


class StreamQuery(FacetQuery):
    q: Word | None = Field(default=None, description="A query, as for listings: only articles that it finds.")
    types: tuple[Word, ...] = Field(
        default=(), description=f"Only these types of events, joined by commas: {', '.join(TYPES)}.", max_length=20
    )
    since: Annotated[Position | datetime | None, BeforeValidator(_to_start, json_schema_input_type=str)] = Field(
        default=None,
        description="Where to go on: the id of an event, or an instant or (UTC) day in ISO 8601. "
        "`Last-Event-ID` does the same with an id, and goes first.",
    )


def stream_routes(model: ReadModel, hub: Hub, per_address: int, clock: Callable[[], datetime]) -> APIRouter:
    routes, places = APIRouter(tags=["stream"]), Places(per_address)

    def live(request: Request, written: Format) -> Response:
        query = read_query(StreamQuery, request.query_params)
        wanted = Wanted(_types(query.types), to_filter(query).facets(), to_query(query.q))
        start = _last_event_id(request) or query.since
        if isinstance(start, datetime):
            start = _reached(hub, start, clock())
        address = request.client.host if request.client else ""
        try:
            places.take(address)
        except NoPlace:
            detail = f"{per_address} streams are open from {address or 'here'}; close one, or come again later"
            raise too_many("too-many-streams", detail, RETRY_AFTER_S) from None
        return LiveStream(model, hub, hub.channel(wanted, written), start, lambda: places.give_back(address))

    @routes.get(
        "/v1/stream",
        response_class=Response,
        openapi_extra=parameters_of(StreamQuery),
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def live_stream(request: Request) -> Response:
        """Events `article`, `revision`, `enrichment`, `listing` (their data is the headline) and `feed` (its state).

        `gap` says what can no longer be told, `bye` why the server ends the stream.
        """
        return live(request, SERVER_SENT_EVENTS)

    @routes.get(
        "/v1/stream.ndjson",
        response_class=Response,
        openapi_extra=parameters_of(StreamQuery),
        responses={200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}},
    )
    async def live_lines(request: Request) -> Response:
        """The same as lines of JSON, each with `id`, `event` and `data`; `position` keeps a silent line alive."""
        return live(request, JSON_LINES)

    return routes


def _types(given: tuple[str, ...]) -> frozenset[ChangeKind]:
    named = {name for names in given for name in names.split(",")}
    unknown = sorted(named - set(TYPES))
    if unknown:
        detail = f"types={unknown[0]!r}: there is no such type of events; there are: {', '.join(TYPES)}"
        raise bad_parameter("types", detail, list(TYPES))
    return cast(frozenset[ChangeKind], frozenset(named or TYPES))


def _reached(hub: Hub, moment: datetime, now: datetime) -> Position:
    """Where a reader is who has all that came before the moment."""
    # Not further than this read model: a reader from the future of a silent stream would have frames of its own.
    if moment > now + _CLOCKS:
        raise bad_parameter("since", f"since={moment.isoformat()}: is in the future")
    return Position.before(moment).meet(hub.ring.position(hub.ring.end))


def _last_event_id(request: Request) -> Position | None:
    text = request.headers.get("last-event-id")
    if not text:
        return None
    try:
        return Position.read(text)
    except BadPosition as error:
        raise bad_parameter("Last-Event-ID", f"Last-Event-ID={text!r}: {error}") from None
