"""`/v1/stream` and `/v1/stream.ndjson`: the live stream as server-sent events and as lines of JSON, resumable."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Request
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from services.api.http.parameters import (
    DAY,
    INSTANT,
    FacetQuery,
    Word,
    one_of,
    parameters_of,
    read_query,
    to_filter,
    to_instant,
    to_query,
)
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


def to_start(text: object) -> Position | datetime:
    if not isinstance(text, str):
        raise ValueError("neither the id of an event nor a time")  # noqa: TRY004 - pydantic tells of this one only
    if "_" in text:
        return Position.read(text)
    try:
        return to_instant(text)
    except ValueError as error:
        raise ValueError(f"neither the id of an event nor a time: {error}") from None


Start = Annotated[
    Position | datetime,
    BeforeValidator(to_start),
    one_of(INSTANT, DAY, {"pattern": "^([0-9]{1,15}-[0-9]{1,15}_){2}[0-9]{1,15}-[0-9]{1,15}$"}),
]


class StreamQuery(FacetQuery):
    fold: Literal["story"] | None = Field(
        default=None, description="`story`: nothing is told of articles, and of each story only that it is new."
    )
    q: Word | None = Field(default=None, description="A query, as for listings: only articles that it finds.")
    types: tuple[Word, ...] = Field(
        default=(), description=f"Only these types of events, joined by commas: {', '.join(TYPES)}.", max_length=20
    )
    since: Start | None = Field(
        default=None,
        description="Where to go on: the id of an event, or an instant or (UTC) day in ISO 8601. "
        "`Last-Event-ID` does the same with an id, and goes first.",
    )


class Opening:
    """Opens live streams, so many for each address."""

    def __init__(self, model: ReadModel, hub: Hub, per_address: int, clock: Callable[[], datetime]) -> None:
        self._model, self._hub, self._clock = model, hub, clock
        self._per_address, self._places = per_address, Places(per_address)

    def open(
        self, request: Request, wanted: Wanted, written: Format, since: Position | datetime | None = None
    ) -> Response:
        """`Last-Event-ID` goes before `since`. Raises a 400 or 429 `Problem`."""
        start = _last_event_id(request) or since
        if isinstance(start, datetime):
            start = reached(self._hub, start, self._clock())
        address, places = request.client.host if request.client else "", self._places
        try:
            places.take(address)
        except NoPlace:
            detail = f"{self._per_address} streams are open from {address or 'here'}; close one, or come again later"
            raise too_many("too-many-streams", detail, RETRY_AFTER_S) from None
        channel = self._hub.channel(wanted, written)
        return LiveStream(self._model, self._hub, channel, start, lambda: places.give_back(address))


def stream_routes(opening: Opening) -> APIRouter:
    routes = APIRouter(tags=["stream"])

    def live(request: Request, written: Format) -> Response:
        query = read_query(StreamQuery, request.query_params)
        facets = to_filter(query).facets()
        wanted = Wanted(_types(query.types), facets, to_query(query.q), query.fold == "story")
        return opening.open(request, wanted, written, query.since)

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


def reached(hub: Hub, moment: datetime, now: datetime) -> Position:
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
