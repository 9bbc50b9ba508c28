"""`/healthz` and `/readyz`, for those who watch over the process."""

import asyncio
import sqlite3
from collections.abc import Sequence

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.responses import Response

from services.api.http.answers import json_answer
from services.api.http.parameters import refuse_parameters
from services.api.http.problems import Problem, ProblemDocument
from services.api.readmodel.documents import Json
from services.api.readmodel.model import ReadModel
from services.wire.inbox import Inbox

_PATIENCE_S = 2.0


class Health(BaseModel):
    """`checks` says of each part that it is fine."""

    status: str
    checks: dict[str, str] = {}


def health_routes(model: ReadModel, redis: Redis, inboxes: Sequence[tuple[str, Inbox]]) -> APIRouter:
    routes = APIRouter(tags=["health"], dependencies=[Depends(refuse_parameters)])

    @routes.get("/healthz", response_model=Health)
    async def alive() -> Response:
        """Whether the process lives."""
        return json_answer(Json(Health(status="ok").model_dump_json()))

    @routes.get("/readyz", response_model=Health, responses={503: {"model": ProblemDocument}})
    async def ready() -> Response:
        """Whether it can serve what is new: Redis and the read model answer, and all streams are read."""
        checks = {"redis": await _redis(redis), "read model": await _read_model(model)}
        checks |= {stream: "ok" if inbox.reading else "is not being read" for stream, inbox in inboxes}
        failing = {part: reason for part, reason in checks.items() if reason != "ok"}
        if failing:
            detail = "; ".join(f"{part}: {reason}" for part, reason in failing.items())
            raise Problem(503, "not-ready", detail, checks=checks)
        return json_answer(Json(Health(status="ok", checks=checks).model_dump_json()))

    return routes


async def _redis(redis: Redis) -> str:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await redis.ping()
    except (RedisError, OSError, TimeoutError) as error:
        return f"does not answer: {error or 'it takes too long'}"
    return "ok"


async def _read_model(model: ReadModel) -> str:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await model.position()
    except (sqlite3.Error, TimeoutError) as error:
        return f"does not answer: {error or 'it takes too long'}"
    return "ok"
