"""`/v1/searches/{id}/webhooks`: where to send what a saved search finds, and how that goes."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.api.http.answers import json_answer
from services.api.http.bounded import SMALL, bounded
from services.api.http.fields import WebAddress
from services.api.http.parameters import Query, parameters_of, read_query, refuse_parameters
from services.api.http.problems import Problem, not_found
from services.api.http.searches import full, known_search, opened
from services.api.http.stream import Start, reached
from services.api.live.hub import Hub
from services.api.readmodel.documents import Document, Json
from services.api.readmodel.position import Position
from services.api.searches.documents import WebhookMade, WebhookState, webhook_state
from services.api.searches.search import ARTICLE_TYPES
from services.api.searches.shelf import Shelf
from services.api.searches.signature import check_secret, new_secret
from services.api.searches.store import TooMany, as_kept
from services.api.searches.webhook import Progress, Webhook
from services.wire.addresses import AddressRefused, first_allowed
from services.wire.dial import ask_system
from services.wire.ports import check_port

MOST = 200
"""Webhooks that are kept, of all searches."""
_LOOK_UP_S = 3.0


def _known_types(types: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [kind for kind in types if kind not in ARTICLE_TYPES]
    if unknown:
        raise ValueError(f"there is no type {unknown[0]!r}; there are: {', '.join(ARTICLE_TYPES)}")
    return tuple(dict.fromkeys(types))


_Type = Annotated[str, Field(json_schema_extra={"enum": list(ARTICLE_TYPES)})]
Types = Annotated[tuple[_Type, ...], Field(min_length=1, max_length=20), AfterValidator(_known_types)]
_FORM = Field(max_length=200, json_schema_extra={"pattern": "^(whsec_)?[A-Za-z0-9+/]{32,86}={0,2}$"})
Secret = Annotated[str, _FORM, AfterValidator(check_secret)]
LIKE_THIS = "`whsec_` and 24 to 64 bytes in base64; left out, one is made."
_START = "From where on it is told: the id of an event, or an instant or (UTC) day in ISO 8601"


class NewWebhook(BaseModel):
    """Where to send what a search finds."""

    model_config = ConfigDict(extra="forbid")

    url: WebAddress
    secret: Secret | None = Field(default=None, description=LIKE_THIS)
    types: Types = Field(default=ARTICLE_TYPES, description="Only these of the live stream's events.")
    since: Start | None = Field(default=None, description=f"{_START}; left out, it is from now.")


class WebhookEdit(BaseModel):
    """What to change of a webhook; what is left out stays as it is. What waited is tried at once."""

    model_config = ConfigDict(extra="forbid")

    url: WebAddress | None = None
    types: Types | None = None
    state: Literal["active", "paused"] | None = Field(default=None, description="Paused, it misses nothing.")


class WebhookListing(Document):
    """The webhooks of a search, the oldest first."""

    webhooks: tuple[WebhookState, ...]


class ReplayQuery(Query):
    since: Start = Field(description=f"{_START}.")


async def known_webhook(shelf: Shelf | None, search: UUID, subject: UUID) -> Webhook:
    """Raises a 404 `Problem`."""
    await known_search(shelf, search)
    found = await opened(shelf).webhooks(lambda store: store.find(search, subject))
    if found is None:
        raise not_found(f"the saved search has no webhook {subject}; /v1/searches/{search}/webhooks lists them")
    return found


async def edited(
    shelf: Shelf | None, search: UUID, subject: UUID, change: Callable[[Webhook], Webhook], now: datetime
) -> WebhookState:
    """The webhook as its owner changed it. Raises a 404 `Problem`, and what `change` does."""
    await known_webhook(shelf, search, subject)
    webhook = await opened(shelf).webhooks(lambda store: store.edit(search, subject, change))
    opened(shelf).tell()
    if webhook is None:
        raise not_found(f"the saved search has no webhook {subject} any more")
    return await _shown(shelf, webhook, now)


async def _shown(shelf: Shelf | None, webhook: Webhook, now: datetime) -> WebhookState:
    return webhook_state(webhook, await opened(shelf).webhooks(lambda store: store.count_letters(webhook.id)), now)


def webhook_routes(shelf: Shelf | None, hub: Hub, allowed: frozenset[str], clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["webhooks"], route_class=bounded(SMALL))
    plain = [Depends(refuse_parameters)]

    @routes.get("/v1/searches/{id}/webhooks", response_model=WebhookListing, dependencies=plain)
    async def list_webhooks(id: UUID) -> Response:
        """The webhooks of a saved search, and how each of them goes."""
        await known_search(shelf, id)
        found = await opened(shelf).webhooks(lambda store: store.every(id))
        listing = WebhookListing(webhooks=tuple([await _shown(shelf, webhook, clock()) for webhook in found]))
        return json_answer(Json(listing.model_dump_json()))

    @routes.post(
        "/v1/searches/{id}/webhooks",
        response_model=WebhookMade,
        status_code=201,
        dependencies=plain,
        responses={409: {"description": f"There are {MOST} already."}},
    )
    async def add_webhook(id: UUID, new: NewWebhook) -> Response:
        """Have what the search finds sent to an address, signed. The secret is shown this once."""
        await known_search(shelf, id)
        await _refuse_address(new.url, allowed)
        now = as_kept(clock())
        start = _position(hub, new.since, now) if new.since is not None else hub.ring.position(hub.ring.end)
        secret = new.secret or new_secret()
        webhook = Webhook(uuid4(), id, new.url, secret, new.types, "active", now, 1, Progress(str(start)))
        try:
            await opened(shelf).webhooks(lambda store: store.add(webhook, MOST))
        except TooMany as error:
            raise full(error) from None
        opened(shelf).tell()
        made = WebhookMade(**dict(await _shown(shelf, webhook, now)), secret=secret)
        return json_answer(Json(made.model_dump_json()), HTTPStatus.CREATED, {"Location": made.links.self})

    @routes.get("/v1/searches/{id}/webhooks/{webhook}", response_model=WebhookState, dependencies=plain)
    async def read_webhook(id: UUID, webhook: UUID) -> Response:
        """One webhook, and how it goes."""
        found = await known_webhook(shelf, id, webhook)
        return json_answer(Json((await _shown(shelf, found, clock())).model_dump_json()))

    @routes.patch("/v1/searches/{id}/webhooks/{webhook}", response_model=WebhookState, dependencies=plain)
    async def edit_webhook(id: UUID, webhook: UUID, edit: WebhookEdit) -> Response:
        """Change where or what is sent, pause it, or take it up again."""
        given = edit.model_dump(exclude_none=True)
        if edit.url is not None:
            await _refuse_address(edit.url, allowed)

        def changed(before: Webhook) -> Webhook:
            return replace(before, **given, progress=at_once(before.progress))

        return json_answer(Json((await edited(shelf, id, webhook, changed, clock())).model_dump_json()))

    @routes.delete("/v1/searches/{id}/webhooks/{webhook}", status_code=204, dependencies=plain, response_class=Response)
    async def remove_webhook(id: UUID, webhook: UUID) -> Response:
        """Remove a webhook and its dead letters."""
        await known_webhook(shelf, id, webhook)
        await opened(shelf).webhooks(lambda store: store.remove(id, webhook))
        opened(shelf).tell()
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @routes.post(
        "/v1/searches/{id}/webhooks/{webhook}/replay",
        response_model=WebhookState,
        openapi_extra=parameters_of(ReplayQuery),
    )
    async def replay_webhook(id: UUID, webhook: UUID, request: Request) -> Response:
        """Send again what came since, in order, each event under the id that it had."""
        await known_webhook(shelf, id, webhook)
        start = str(_position(hub, read_query(ReplayQuery, request.query_params).since, clock()))

        def back(before: Webhook) -> Webhook:
            return replace(before, progress=replace(at_once(before.progress), position=start))

        return json_answer(Json((await edited(shelf, id, webhook, back, clock())).model_dump_json()))

    return routes


def at_once(progress: Progress) -> Progress:
    """With nothing that has to wait."""
    return replace(progress, tries=0, first_try=None, next_try=None, streak=0, why=None)


def _position(hub: Hub, since: Position | datetime, now: datetime) -> Position:
    return reached(hub, since, now) if isinstance(since, datetime) else since


async def _refuse_address(url: str, allowed: frozenset[str]) -> None:
    """Raises a 422 `Problem` where it is known by now that nothing will ever be sent there. Names that cannot be looked
    up at the moment pass: each delivery looks again."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        check_port(port)
        async with asyncio.timeout(_LOOK_UP_S):
            addresses = await asyncio.to_thread(ask_system, parts.hostname or "", port)
        first_allowed(parts.hostname or "", addresses, allowed)
    except AddressRefused as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-body", f"url: {error}", parameter="url") from None
    except (OSError, UnicodeError, TimeoutError):
        return
