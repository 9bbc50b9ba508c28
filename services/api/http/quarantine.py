"""`/v1/quarantine`: events that could not be processed; looked at, put back, dropped."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from redis.exceptions import RedisError
from starlette.responses import Response

from services.api.commanding import CommandNotSent
from services.api.http.answers import json_answer
from services.api.http.parameters import Query, Word, parameters_of, read_query, refuse_parameters
from services.api.http.problems import Problem, bad_parameter, not_found
from services.api.readmodel.documents import Document, Json
from services.api.readmodel.position import BadPosition, EntryId
from services.wire.held_events import Choice, Held, HeldEvents, NoWayBack


class HeldError(Document):
    """What the handler raised the last time, where that is known."""

    type: str
    message: str = Field(description="Without what looks like a password or a key.")
    at: tuple[str, ...] = Field(description="Places in Dateline's own code, the innermost last.")


class HeldEvent(Document):
    """An event in quarantine."""

    id: str = Field(description="Of its place in quarantine.")
    stream: str = Field(description="The stream that it came from.")
    entry: str = Field(description="The id that it had there.")
    group: str = Field(description="Who could not process it.")
    at: datetime = Field(description="When it was set aside.")
    deliveries: int = Field(description="How often it was delivered before.")
    retries: int = Field(description="How often it had been put back before.")
    why: str
    error: HeldError | None


class WholeHeldEvent(HeldEvent):
    """An event in quarantine, with its original."""

    encoding: str = Field(description="`utf-8`, or `base64` where the original is none.")
    original: str = Field(description="As it stood in its stream.")


class QuarantineListing(Document):
    """The latest first."""

    total: int = Field(description="How many there are in all, chosen or not.")
    events: tuple[HeldEvent, ...]
    next: str | None = Field(description="The address of the next page.")


class PutBack(Document):
    """Where the event stands now."""

    stream: str
    entry: str


class HowMany(Document):
    events: int


class ChoiceQuery(Query):
    stream: Word | None = Field(
        default=None, description="Only of this stream: `articles`, `enrichments`, `feeds` or `commands`."
    )
    reason: Word | None = Field(default=None, description="Only with this in `why` or `error`.")

    @property
    def choice(self) -> Choice:
        return Choice(self.stream, self.reason)


class ManyQuery(ChoiceQuery):
    all: bool = Field(default=False, description="All events, where neither of the others is given.")

    @property
    def choice(self) -> Choice:
        """Raises a 400 `Problem` where nothing is given: all are not meant by accident."""
        if self.stream is None and self.reason is None and not self.all:
            raise bad_parameter("all", "say which events: stream=…, reason=…, or all=true", ["all", "reason", "stream"])
        return super().choice


class HeldQuery(ChoiceQuery):
    limit: int = Field(default=50, ge=1, le=500, description="How many at most.")
    before: str | None = Field(
        default=None,
        description="The page after the one that ended with this id.",
        json_schema_extra={"pattern": "^[0-9]{1,15}-[0-9]{1,15}$"},
    )


def quarantine_routes(held: HeldEvents) -> APIRouter:
    routes = APIRouter(tags=["quarantine"])
    plain = [Depends(refuse_parameters)]

    @routes.get("/v1/quarantine", response_model=QuarantineListing, openapi_extra=parameters_of(HeldQuery))
    async def list_held_events(request: Request) -> Response:
        """Events that could not be processed, the latest first. They stay until they are put back or dropped, or more
        than 10,000 of them came after."""
        query = read_query(HeldQuery, request.query_params)
        if query.before is not None:
            try:
                EntryId.read(query.before)
            except BadPosition as error:
                raise bad_parameter("before", str(error)) from None
        async with _redis():
            found = await held.page(query.limit + 1, query.before, query.choice)
            total = (await held.fullness()).events
        shown, more = found[: query.limit], len(found) > query.limit
        following = request.url.include_query_params(before=shown[-1].id) if more else None
        listing = QuarantineListing(
            total=total,
            events=tuple(HeldEvent.model_validate(_members(one)) for one in shown),
            next=f"{following.path}?{following.query}" if following else None,
        )
        return json_answer(Json(listing.model_dump_json()))

    @routes.post("/v1/quarantine", response_model=HowMany, openapi_extra=parameters_of(ManyQuery))
    async def retry_held_events(request: Request) -> Response:
        """Put all events that are chosen back to the streams that they came from, the oldest first."""
        choice = read_query(ManyQuery, request.query_params).choice
        async with _redis():
            return json_answer(Json(HowMany(events=await held.retry_all(choice)).model_dump_json()))

    @routes.delete("/v1/quarantine", response_model=HowMany, openapi_extra=parameters_of(ManyQuery))
    async def drop_held_events(request: Request) -> Response:
        """Forget all events that are chosen, for ever."""
        choice = read_query(ManyQuery, request.query_params).choice
        async with _redis():
            return json_answer(Json(HowMany(events=await held.drop_all(choice)).model_dump_json()))

    @routes.get("/v1/quarantine/{id}", response_model=WholeHeldEvent, dependencies=plain)
    async def read_held_event(id: str) -> Response:
        """An event that could not be processed, with its original."""
        async with _redis():
            one = await _known(held, id)
        whole = WholeHeldEvent.model_validate(
            _members(one) | {"encoding": one.event.encoding, "original": one.event.original}
        )
        return json_answer(Json(whole.model_dump_json()))

    @routes.post("/v1/quarantine/{id}/retry", response_model=PutBack, dependencies=plain)
    async def retry_held_event(id: str) -> Response:
        """Put an event back to the stream that it came from, once; every reader of the stream gets it again. Where
        several groups had set it aside, it leaves quarantine for all of them."""
        async with _redis():
            one = await _known(held, id)
            appended = await held.retry(one)
        if appended is None:
            raise _gone(id)
        return json_answer(Json(PutBack(stream=one.event.stream, entry=appended).model_dump_json()))

    @routes.delete("/v1/quarantine/{id}", status_code=204, dependencies=plain, response_class=Response)
    async def drop_held_event(id: str) -> Response:
        """Forget an event, for ever."""
        async with _redis():
            if not await held.drop([await _known(held, id)]):
                raise _gone(id)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return routes


@asynccontextmanager
async def _redis() -> AsyncIterator[None]:
    """Raises a 503 where Redis does not answer, and a 409 where an event cannot be put back."""
    try:
        yield
    except NoWayBack as error:
        raise Problem(HTTPStatus.CONFLICT, "no-way-back", str(error)) from None
    except (RedisError, OSError) as error:
        raise CommandNotSent(f"Redis does not answer now: {error}") from error


async def _known(held: HeldEvents, subject: str) -> Held:
    found = await held.find(subject)
    if found is None:
        raise _gone(subject)
    return found


def _gone(subject: str) -> Problem:
    return not_found(f"there is no event {subject} in quarantine; it may have been put back or dropped meanwhile")


def _members(held: Held) -> dict[str, object]:
    event = held.event
    return {
        "id": held.id,
        "stream": event.stream,
        "entry": event.entry_id,
        "group": event.group,
        "at": event.at,
        "deliveries": event.deliveries,
        "retries": held.retries,
        "why": event.why,
        "error": event.error.model_dump() if event.error else None,
    }
