"""`/v1/push/{feed}/{token}`: where WebSub hubs call back. What they bring goes to ingest as a command; only ingest has
the secrets. A hub learns nothing here but whether it was asked."""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from redis.exceptions import RedisError
from starlette.responses import PlainTextResponse, Response

from services.api.commanding import CommandNotSent, Commands
from services.api.http.bounded import bounded
from services.api.http.problems import Problem, ProblemDocument, not_found
from services.contracts.commands import PushAnswer, PushDelivery
from services.wire.expectations import Expectation, Expectations

MOST_BYTES = 2_000_000
MOST_PER_MINUTE = 60
_LONGEST_TEXT = 1_000
_UNKNOWN = "no hub was asked to call this address"
_VERIFIED: dict[str, Literal["subscribe", "unsubscribe"]] = {"subscribe": "subscribe", "unsubscribe": "unsubscribe"}


def push_routes(commands: Commands, expectations: Expectations, clock: Callable[[], datetime]) -> APIRouter:
    """Parameters that are not known are left alone here: hubs may add what they like."""
    routes = APIRouter(tags=["push"], route_class=bounded(MOST_BYTES))

    @routes.get(
        "/v1/push/{feed}/{token}",
        response_class=PlainTextResponse,
        responses={503: {"model": ProblemDocument, "description": "Redis does not answer; call again."}},
    )
    async def verify(feed: UUID, token: str, request: Request) -> Response:
        """For WebSub hubs: they make sure that a subscription is wanted, by the parameters `hub.mode`, `hub.topic`,
        `hub.challenge` and `hub.lease_seconds`, or say by `hub.mode=denied` that there will be none."""
        said = {name: value[:_LONGEST_TEXT] for name, value in request.query_params.items()}
        mode, topic, challenge = (
            said.get("hub.mode", ""),
            request.query_params.get("hub.topic"),
            said.get("hub.challenge"),
        )
        expected = await _find(expectations, feed, token)
        if expected is None or topic != expected.topic:
            raise not_found(_UNKNOWN)
        if mode == "denied" and expected.mode == "subscribe":
            reason = said.get("hub.reason")
            answer = PushAnswer(id=feed, token=token, mode="denied", topic=expected.topic, reason=reason)
            await commands.answer_push(answer, clock())
            return PlainTextResponse("")
        if mode != expected.mode or not challenge:
            raise not_found(_UNKNOWN)
        lease_s = _seconds(said.get("hub.lease_seconds"))
        answer = PushAnswer(id=feed, token=token, mode=_VERIFIED[mode], topic=expected.topic, lease_s=lease_s)
        await commands.answer_push(answer, clock())
        return PlainTextResponse(challenge, headers={"X-Content-Type-Options": "nosniff"})

    @routes.post(
        "/v1/push/{feed}/{token}",
        status_code=HTTPStatus.ACCEPTED,
        response_class=Response,
        responses={
            410: {"model": ProblemDocument, "description": "Nothing is to be delivered here any more."},
            413: {"model": ProblemDocument, "description": "The body is too large; the feed is polled instead."},
            429: {"model": ProblemDocument, "description": "Too many deliveries; `Retry-After` says when to go on."},
            503: {"model": ProblemDocument, "description": "Redis does not answer; deliver again."},
        },
    )
    async def deliver(feed: UUID, token: str, request: Request) -> Response:
        """For WebSub hubs: the feed, or its new entries, signed by `X-Hub-Signature`. It is taken whether the signature
        is right or not; what is not signed rightly is counted and dropped."""
        expected = await _find(expectations, feed, token)
        if expected is None or expected.mode != "subscribe":
            raise Problem(HTTPStatus.GONE, "gone", "nothing is to be delivered here any more")
        async with _redis_answers():
            count = await expectations.count(feed, token)
        if count > MOST_PER_MINUTE:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too-many",
                f"more than {MOST_PER_MINUTE} deliveries in a minute; send the feed once for all that is new in it",
            )
        delivery = PushDelivery(
            id=feed,
            token=token,
            body=base64.b64encode(await request.body()).decode(),
            content_type=_header(request, "content-type"),
            signature=_header(request, "x-hub-signature"),
        )
        await commands.deliver_push(delivery, clock())
        return Response(status_code=HTTPStatus.ACCEPTED)

    return routes


async def _find(expectations: Expectations, feed: UUID, token: str) -> Expectation | None:
    async with _redis_answers():
        return await expectations.find(feed, token)


@asynccontextmanager
async def _redis_answers() -> AsyncIterator[None]:
    """An outage is never a "not found": the hub would give us up."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise CommandNotSent(f"Redis does not say now what was asked of hubs: {error}") from error


def _header(request: Request, name: str) -> str | None:
    value = request.headers.get(name)
    return value[:_LONGEST_TEXT] if value else None


def _seconds(text: str | None) -> float | None:
    return float(text[:12]) if text and text.isascii() and text.isdecimal() and int(text) > 0 else None
