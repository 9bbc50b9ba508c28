"""Who listens: readers of the live stream that resume by Last-Event-ID, and a program with a group of its own."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.streams import PAYLOAD

_BEGINNING = "0-0_0-0_0-0"
_AWAY_S = 0.3


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of the live stream."""

    id: str
    event: str
    data: Any


@dataclass(slots=True)
class LiveReader:
    """Reads `path` of an `api` at `base` from the beginning of time on, for ever; where it is broken off it goes on."""

    api: str
    base: str
    path: str
    heard: list[Heard] = field(default_factory=list)
    last: str = _BEGINNING
    resumed: int = 0

    def last_of(self, event: str) -> dict[str, Any]:
        """The data of the last event of that name about each id."""
        return {heard.data["id"]: heard.data for heard in self.heard if heard.event == event}

    async def run(self) -> None:
        async with httpx.AsyncClient(base_url=self.base, trust_env=False, timeout=20.0) as client:
            while True:
                with suppress(httpx.HTTPError, asyncio.IncompleteReadError):
                    headers = {"Last-Event-ID": self.last}
                    async with client.stream("GET", self.path, headers=headers) as answer:
                        if answer.is_success:
                            await self._read(answer)
                self.resumed += 1
                await asyncio.sleep(_AWAY_S)

    async def _read(self, answer: httpx.Response) -> None:
        events = _lines_of_json(answer) if "ndjson" in self.path else _server_sent_events(answer)
        async for heard in events:
            self.last = heard.id or self.last
            if heard.event not in ("position", "bye"):
                self.heard.append(heard)


async def _lines_of_json(answer: httpx.Response) -> AsyncIterator[Heard]:
    """Whole lines only: httpx hands out a last one that was broken off as well."""
    rest = b""
    async for part in answer.aiter_bytes():
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            event = json.loads(line)
            yield Heard(event["id"], event["event"], event["data"])


async def _server_sent_events(answer: httpx.Response) -> AsyncIterator[Heard]:
    """As the standard has it: an event counts from the empty line on; an id alone moves the reader on."""
    rest = b""
    async for part in answer.aiter_bytes():
        *blocks, rest = (rest + part).split(b"\n\n")
        for block in blocks:
            fields = dict(line.split(": ", 1) for line in block.decode().split("\n") if ": " in line[1:])
            data = fields.get("data")
            named = fields.get("event", "position") if data is not None else "position"
            yield Heard(fields.get("id", ""), named, json.loads(data) if data is not None else None)


@dataclass(slots=True)
class GroupReader:
    """An idempotent program beside the wire: what it has seen it passes over. `contents` has a digest by event id.

    Each time that it connects it asks `where`: for the URL of the server that has the stream by now.
    """

    where: Callable[[], Awaitable[str]]
    stream: str
    group: str = "chaos"
    contents: dict[str, str] = field(default_factory=dict)
    differing: set[str] = field(default_factory=set)
    again: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        while True:
            with suppress(RedisError, OSError, TimeoutError):
                async with Redis.from_url(await self.where(), socket_timeout=5.0) as redis:
                    await self._read(redis)
            await asyncio.sleep(_AWAY_S)

    async def _read(self, redis: Redis) -> None:
        with suppress(RedisError):
            await redis.xgroup_create(self.stream, self.group, id="0", mkstream=True)
        start = "0"
        while True:
            answer: Any = await redis.xreadgroup(self.group, "one", {self.stream: start}, count=200, block=500)
            entries = answer[0][1] if answer else []
            for entry, fields in entries:
                self._note(fields[PAYLOAD.encode()])
                await redis.xack(self.stream, self.group, entry)
            if not entries:  # what was delivered to a connection that is gone may have been so a moment ago
                start = "0" if start == ">" else ">"

    def _note(self, payload: bytes) -> None:
        event_id, digest = json.loads(payload)["id"], hashlib.sha256(payload).hexdigest()
        if event_id in self.contents:
            self.again[event_id] += 1
            if self.contents[event_id] != digest:
                self.differing.add(event_id)
        self.contents[event_id] = digest
