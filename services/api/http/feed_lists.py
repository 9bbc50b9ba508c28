"""`/v1/feeds.opml`: all feeds as one list, to keep or to give away, and lists of others taken in."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from services.api.commanding import Commands
from services.api.http.answers import json_answer
from services.api.http.bounded import bounded
from services.api.http.feeds import NewFeed, edits
from services.api.http.parameters import refuse_parameters
from services.api.http.problems import Problem
from services.api.readmodel.documents import FeedState, Json
from services.api.readmodel.model import ReadModel
from services.contracts.commands import AddFeedData
from services.contracts.identity import feed_id
from services.contracts.opml import BadList, Outline, Outlines, read_outlines, write_opml

MOST_BYTES = 5_000_000
_XML = ("text/x-opml", "application/xml", "text/xml")
_FORM = "multipart/form-data"
_UPLOAD = {
    "requestBody": {
        "required": True,
        "description": "An OPML list. It may also be sent as `application/xml`, `text/xml`, or as the file of a form "
        "(`multipart/form-data`).",
        # Not each form by itself: some generators make a client of it that does not compile.
        "content": {_XML[0]: {"schema": {"type": "string", "format": "binary"}}},
    }
}


class RefusedFeed(BaseModel):
    """A feed of the list that is not taken in."""

    url: str
    reason: str


class Import(BaseModel):
    """How many feeds of the list are new, are known but change their title or tags, and are known as they are."""

    added: int = 0
    edited: int = 0
    known: int = 0
    refused: list[RefusedFeed] = []


def feed_list_routes(model: ReadModel, commands: Commands, clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["feeds"], dependencies=[Depends(refuse_parameters)], route_class=bounded(MOST_BYTES))

    @routes.get(
        "/v1/feeds.opml",
        response_class=Response,
        responses={200: {"content": {_XML[0]: {"schema": {"type": "string"}}}, "description": "An OPML 2.0 document."}},
    )
    async def export_feeds() -> Response:
        """All feeds as an OPML list, with their titles, sites and tags."""
        states = (FeedState.model_validate_json(state) for state in await model.feeds())
        outlines = [Outline(state.url, state.title, state.site, state.tags) for state in states]
        headers = {"Content-Disposition": 'attachment; filename="dateline-feeds.opml"'}
        return Response(write_opml(outlines, title="Dateline"), 200, headers, f"{_XML[0]}; charset=utf-8")

    @routes.post("/v1/feeds.opml", response_model=Import, status_code=HTTPStatus.ACCEPTED, openapi_extra=_UPLOAD)
    async def import_feeds(request: Request) -> Response:
        """Ask for all feeds of an OPML list to be polled. Nested folders become tags. At most 5 MB."""
        outcome = await ask_for_list(model, commands, request, clock())
        return json_answer(Json(outcome.model_dump_json()), HTTPStatus.ACCEPTED)

    return routes


async def ask_for_list(model: ReadModel, commands: Commands, request: Request, now: datetime) -> Import:
    """Ask for the feeds of the list that the request carries. Raises a `Problem` where there is none that can be read,
    and `CommandNotSent`."""
    name, text = await asyncio.to_thread(_uploaded, _media_type(request), await request.body())
    try:
        listed = await asyncio.to_thread(read_outlines, text, name=name)
    except BadList as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-body", str(error)) from None
    states = [FeedState.model_validate_json(state) for state in await model.feeds()]
    asked, outcome = _sort_out(listed, {state.id: state for state in states})
    if asked:
        await commands.add_feeds(asked, now)
    return outcome


def _media_type(request: Request) -> str:
    """The header whole, if it names something that is read here."""
    header = request.headers.get("content-type", "")
    if header.partition(";")[0].strip().lower() in (*_XML, _FORM):
        return header
    wanted = [_XML[0], _FORM]
    detail = f"the Content-Type is {header or 'missing'}; send {' or '.join(wanted)}"
    raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "bad-media-type", detail, allowed=wanted)


def _uploaded(header: str, body: bytes) -> tuple[str, bytes]:
    """The list and its name: the body itself, or the first file of a form."""
    if not header.strip().lower().startswith(_FORM):
        return "the list", body
    form = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + header.encode() + b"\r\n\r\n" + body)
    for part in form.iter_parts() if form.is_multipart() else ():
        text = part.get_payload(decode=True)
        if part.get_filename() and isinstance(text, bytes):
            return str(part.get_filename()), text
    raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-body", "the form has no file; send one list as a file")


def _sort_out(listed: Outlines, known: dict[UUID, FeedState]) -> tuple[list[AddFeedData], Import]:
    """What to ask ingest for, and what to tell the user."""
    outcome = Import(refused=[RefusedFeed(url=one.address, reason=one.reason) for one in listed.refused])
    asked = []
    for outline in listed.feeds:
        try:
            new = NewFeed(url=outline.url, title=outline.title, tags=outline.tags)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            reason = f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}"
            outcome.refused.append(RefusedFeed(url=outline.url, reason=reason))
            continue
        add = AddFeedData(id=feed_id(new.url), **new.model_dump())
        state = known.get(add.id)
        if state is not None and not edits(state, add):
            outcome.known += 1
            continue
        outcome.edited += state is not None
        outcome.added += state is None
        asked.append(add)
    return asked, outcome
