"""`/healthz` and `/readyz`, for those who watch over the process, and `/v1/health` on the whole wire."""

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.responses import Response

from services.api.http.answers import json_answer
from services.api.http.parameters import refuse_parameters
from services.api.http.problems import Problem, ProblemDocument
from services.api.http.streams_health import BrokerHealth, broker_checks, broker_health
from services.api.readmodel.documents import Json
from services.api.readmodel.model import ReadModel
from services.contracts.streams import StreamNames
from services.wire.group_notes import GroupNotes
from services.wire.heartbeat import signs
from services.wire.held_events import MOST, MOST_BYTES, Fullness, HeldEvents
from services.wire.inbox import Inbox
from services.wire.keeping import Keeping
from services.wire.pressure import Level
from services.wire.standing import look_at
from services.wire.trimming import streams_of

_PATIENCE_S = 2.0


class Health(BaseModel):
    """`checks` says of each part that it is fine."""

    status: str
    checks: dict[str, str] = {}


class StepCount(BaseModel):
    """Of one step, since the replica started: articles that it ran over, articles that it was skipped for, CPU time in
    seconds."""

    ran: int = 0
    skipped: int = 0
    seconds: float = 0.0


class StoriesOf(BaseModel):
    """How many stories of a language can still grow, and how many seconds behind the stream of enrichments they are.
    `unlike` counts what was found on the stream otherwise than it would be told now, after a restart."""

    stories: int
    behind_s: float
    unlike: int = 0


class StoryOwner(BaseModel):
    """The process of a replica that finds stories, and the languages that it owns."""

    pid: int | None = None
    languages: dict[str, StoriesOf] = {}


class PressureTold(BaseModel):
    """Whether ingest publishes all that it finds (`calm`), a `factor` of it at a time, or nothing for now; and why."""

    level: Level
    factor: float
    why: str


class Replica(BaseModel):
    """A process of ingest or enrich that showed a sign of life in the last 12 seconds. `at` is when, `since` when it
    started. Of ingest: whether it slows, for want of room in Redis. Of enrich: its steps, why the rules file as it is
    now is not in use, if it is not, and the languages whose stories it finds."""

    service: str
    replica: str
    at: datetime
    since: datetime
    pressure: PressureTold | None = None
    broken_rules: str | None = None
    steps: dict[str, StepCount] = {}
    stories: StoryOwner | None = None


class WireHealth(BaseModel):
    """`status` is `ok` where all checks are and no rules file is broken. Probes should ask `/readyz` instead. `checks`
    has, besides the parts of this process: `ingest` and `enrich` (one lives), `pressure` (ingest publishes all that it
    finds), `room` (streams and Redis have enough memory), `groups` (each group of a stream is read), `quarantine`."""

    status: Literal["ok", "degraded"]
    checks: dict[str, str]
    replicas: list[Replica]
    quarantine: int | None = Field(default=None, description="Events that could not be processed, in `/v1/quarantine`.")
    broker: BrokerHealth | None = None


def health_routes(
    model: ReadModel, redis: Redis, inboxes: Sequence[tuple[str, Inbox]], names: StreamNames, held: HeldEvents,
    keeping: Keeping,
) -> APIRouter:  # fmt: skip
    routes = APIRouter(tags=["health"], dependencies=[Depends(refuse_parameters)])

    @routes.get("/healthz", response_model=Health)
    async def alive() -> Response:
        """Whether the process lives."""
        return json_answer(Json(Health(status="ok").model_dump_json()))

    @routes.get("/readyz", response_model=Health, responses={503: {"model": ProblemDocument}})
    async def ready() -> Response:
        """Whether it can serve what is new: Redis and the read model answer, and all streams are read."""
        checks = await _checks(model, redis, inboxes)
        failing = {part: reason for part, reason in checks.items() if reason != "ok"}
        if failing:
            detail = "; ".join(f"{part}: {reason}" for part, reason in failing.items())
            raise Problem(503, "not-ready", detail, checks=checks)
        return json_answer(Json(Health(status="ok", checks=checks).model_dump_json()))

    @routes.get("/v1/health", response_model=WireHealth)
    async def wire_health() -> Response:
        """How the wire is: this process's checks, which replicas of ingest and enrich live, what each step of enrich
        did, and whether the rules file is in use."""
        checks = await _checks(model, redis, inboxes)
        replicas = await _replicas(redis, names.prefix) if checks["redis"] == "ok" else []
        for service in ("ingest", "enrich"):
            lives = any(replica.service == service for replica in replicas)
            checks[service] = "ok" if lives else "no replica shows a sign of life"
        full = await _fullness(held) if checks["redis"] == "ok" else None
        if full is not None:
            checks["quarantine"] = _too_full(full) if full.alarm else "ok"
        checks["pressure"] = "; ".join(sorted({slowed for one in replicas if (slowed := _slowed(one))})) or "ok"
        broker = await _broker(redis, names, keeping, checks) if checks["redis"] == "ok" else None
        fine = set(checks.values()) == {"ok"} and not any(replica.broken_rules for replica in replicas)
        health = WireHealth(status="ok" if fine else "degraded", checks=checks, replicas=replicas)
        health.quarantine, health.broker = None if full is None else full.events, broker
        return json_answer(Json(health.model_dump_json(exclude_none=True)))

    return routes


async def _checks(model: ReadModel, redis: Redis, inboxes: Sequence[tuple[str, Inbox]]) -> dict[str, str]:
    checks = {"redis": await _redis(redis), "read model": await _read_model(model)}
    return checks | {stream: "ok" if inbox.reading else "is not being read" for stream, inbox in inboxes}


async def _replicas(redis: Redis, prefix: str) -> list[Replica]:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            found = await signs(redis, prefix)
    except (RedisError, OSError, TimeoutError):
        return []  # the check of Redis says so at the next question
    facts = [{"service": one.service, "replica": one.replica, "at": one.at, "since": one.since} for one in found]
    return [Replica.model_validate({**one.told, **fact}) for one, fact in zip(found, facts, strict=True)]


def _slowed(replica: Replica) -> str | None:
    told = replica.pressure
    if told is None or told.level == "calm":
        return None
    return f"ingest on {replica.replica} {'publishes nothing now' if told.level == 'stop' else 'slows'}: {told.why}"


async def _broker(redis: Redis, names: StreamNames, keeping: Keeping, checks: dict[str, str]) -> BrokerHealth | None:
    """How Redis and the streams stand; what is wrong goes into `checks`."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            look, notes = await look_at(redis, streams_of(names)), GroupNotes(redis, names.prefix)
            read, early = await notes.read(), await notes.early()
    except (RedisError, OSError, TimeoutError):
        return None
    checks |= broker_checks(look, read, keeping)
    return broker_health(look, read, early, keeping)


async def _fullness(held: HeldEvents) -> Fullness | None:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await held.fullness()
    except (RedisError, OSError, TimeoutError):
        return None


def _too_full(full: Fullness) -> str:
    bounds = f"beyond {MOST:,} or {MOST_BYTES >> 20} MB the oldest are dropped"
    return f"holds {full.events:,} events in {full.size >> 20} MB; {bounds}. Retry or drop them: /v1/quarantine"


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
