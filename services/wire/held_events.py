"""What is in quarantine: looked at, put back, dropped; and the bound on how much there may be."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.streams import PAYLOAD, StreamNames
from services.wire.messages import Delivery, Entries
from services.wire.quarantine import Quarantined, quarantined

logger = logging.getLogger(__name__)

MOST = 10_000
"""Events that are kept in quarantine."""
MOST_BYTES = 256 * 2**20
"""Memory of Redis that they may take."""
ALARM = 0.8
"""Part of either bound from which on there is an alarm."""

_PAGE = 200
_EVERY_S = 30.0
_ID = re.compile(r"[0-9]{1,15}-[0-9]{1,15}", re.ASCII)

# An event that several groups set aside is put back once for all: every group gets what is appended to the stream. The
# hash tells of the entry that was put back how often its event has been by then.
_RETRY = """
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return false end
for i = 6, #ARGV do redis.call('XDEL', KEYS[1], ARGV[i]) end
local id = redis.call('XADD', KEYS[2], '*', ARGV[2], ARGV[3])
redis.call('HDEL', KEYS[3], KEYS[2] .. ' ' .. ARGV[4])
redis.call('HSET', KEYS[3], KEYS[2] .. ' ' .. id, ARGV[5])
return id
"""


class NoWayBack(Exception):
    """The event cannot be put back: the stream that it came from is none of ours. Tell the operator."""


@dataclass(frozen=True, slots=True)
class Held:
    """An event in quarantine under the id of its entry there. `retries`: how often it was put back before."""

    id: str
    event: Quarantined
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Fullness:
    """How many events are held, and how much memory they take (bytes)."""

    events: int
    size: int

    @property
    def alarm(self) -> bool:
        return self.events >= ALARM * MOST or self.size >= ALARM * MOST_BYTES

    @property
    def excess(self) -> int:
        """How many must go for both bounds to be kept."""
        by_size = -(-self.events * (self.size - MOST_BYTES) // self.size) if self.size > MOST_BYTES else 0
        return max(self.events - MOST, by_size, 0)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which events are meant: of a stream (its whole name, or the part after the prefix), with `reason` in what is said
    of why they are there. Nothing given means all."""

    stream: str | None = None
    reason: str | None = None

    def takes(self, event: Quarantined) -> bool:
        if self.stream is not None and self.stream not in (event.stream, event.stream.rpartition(":")[2]):
            return False
        error = event.error
        said = f"{event.why} {error.type} {error.message}" if error else event.why
        return self.reason is None or self.reason.casefold() in said.casefold()


ALL = Choice()


class HeldEvents:
    """The quarantine of one wire. Everything raises `RedisError` when Redis does not answer."""

    def __init__(self, redis: Redis, names: StreamNames) -> None:
        self._redis, self._stream = redis, names.quarantine
        self._retries = f"{names.quarantine}:retries"
        self._streams = (names.articles, names.enrichments, names.feeds, names.commands)
        self._retry = redis.register_script(_RETRY)

    async def fullness(self) -> Fullness:
        size = await self._redis.memory_usage(self._stream)
        return Fullness(int(await self._redis.xlen(self._stream)), int(size or 0))

    async def page(self, limit: int, before: str | None = None, choice: Choice = ALL) -> list[Held]:
        """The latest first, from the one before the id `before` on."""
        found: list[Held] = []
        async for held in self._backwards(before):
            if len(found) == limit:
                break
            if choice.takes(held.event):
                found.append(held)
        return found

    async def find(self, subject: str) -> Held | None:
        if not _ID.fullmatch(subject):
            return None
        entries = cast(Entries, await self._redis.xrange(self._stream, subject, subject))
        return next(iter(await self._read(entries)), None)

    async def retry(self, held: Held) -> str | None:
        """Put the event back, once, and let go of it here, also where other groups had set the same entry aside.

        Returns the id of its new entry; None where it is not in quarantine any more. Raises `NoWayBack`.
        """
        event = held.event
        if event.stream not in self._streams:
            raise NoWayBack(
                f"it came from {event.stream}, which is no stream of this wire; drop it, or append it by hand"
            )
        siblings = [
            other.id
            async for other in self._backwards()
            if other.id != held.id and (other.event.stream, other.event.entry_id) == (event.stream, event.entry_id)
        ]
        arguments: list[str | bytes | int] = [
            held.id,
            PAYLOAD,
            event.payload,
            event.entry_id,
            held.retries + 1,
            *siblings,
        ]
        appended = await self._retry(keys=[self._stream, event.stream, self._retries], args=arguments)
        return None if appended is None else _text(appended)

    async def retry_all(self, choice: Choice) -> int:
        """Put back all that are chosen and are here now, the oldest first. How many. Raises `NoWayBack`."""
        chosen = [held async for held in self._backwards() if choice.takes(held.event)]
        return sum([await self.retry(held) is not None for held in reversed(chosen)])

    async def drop(self, held: Collection[Held]) -> int:
        """Forget these for ever. How many were still here."""
        gone = 0
        for one in held:
            gone += int(await self._redis.xdel(self._stream, one.id))
            await cast(Any, self._redis.hdel(self._retries, _field(one.event)))
        return gone

    async def drop_all(self, choice: Choice) -> int:
        return await self.drop([held async for held in self._backwards() if choice.takes(held.event)])

    async def holds(self, group: str, stream: str) -> set[str]:
        """The ids of the entries of a stream that a group has set aside."""
        events = [held.event async for held in self._backwards()]
        return {event.entry_id for event in events if (event.group, event.stream) == (group, stream)}

    async def keep_bounded(self) -> int:
        """Drop the oldest where there are too many, and say so; warn before that. How many were dropped."""
        full = await self.fullness()
        if full.alarm:
            logger.warning(
                "quarantine holds %d events in %d MB; beyond %d or %d MB the oldest are dropped",
                full.events, full.size // 2**20, MOST, MOST_BYTES // 2**20,
            )  # fmt: skip
        if full.excess:
            dropped = await self._redis.xtrim(self._stream, maxlen=full.events - full.excess, approximate=False)
            logger.error("quarantine is full: its %d oldest events were dropped", dropped)
        await self._forget_counts()
        return full.excess

    async def _forget_counts(self) -> None:
        fields = cast("list[bytes]", await cast(Any, self._redis.hkeys(self._retries)))
        if len(fields) > MOST:
            oldest = sorted(fields, key=_moment)[: len(fields) - MOST // 2]
            await cast(Any, self._redis.hdel(self._retries, *oldest))

    async def _backwards(self, before: str | None = None) -> AsyncIterator[Held]:
        last = f"({before}" if before else "+"
        if before and not any(int(part) for part in before.split("-")):
            return  # there is no id before the first, and Redis refuses to look
        while entries := cast(Entries, await self._redis.xrevrange(self._stream, last, "-", _PAGE)):
            for held in await self._read(entries):
                yield held
            last = f"({_text(entries[-1][0])}"

    async def _read(self, entries: Entries) -> list[Held]:
        if not entries:
            return []
        events = [_event(self._stream, entry_id, fields.get(PAYLOAD.encode(), b"")) for entry_id, fields in entries]
        counts = await cast(Any, self._redis.hmget(self._retries, [_field(event) for event in events]))
        return [
            Held(_text(entry_id), event, int(count or 0))
            for (entry_id, _), event, count in zip(entries, events, counts, strict=True)
        ]


async def keep_quarantine_bounded(held: HeldEvents) -> None:
    """Look at the bounds twice a minute; never returns."""
    while True:
        try:
            await held.keep_bounded()
        except (RedisError, OSError) as error:
            logger.warning("the quarantine cannot be looked after now: %s", error)
        await asyncio.sleep(_EVERY_S)


def _event(stream: str, entry_id: bytes, payload: bytes) -> Quarantined:
    """What somebody else appended to the stream is shown as it is."""
    try:
        return Quarantined.model_validate_json(payload)
    except ValidationError:
        moment = datetime.fromtimestamp(int(entry_id.partition(b"-")[0]) / 1000, UTC)
        record = quarantined(Delivery(stream, _text(entry_id), payload), "", "this is no record of ours", moment)
        return Quarantined.model_validate_json(record)


def _field(event: Quarantined) -> str:
    return f"{event.stream} {event.entry_id}"


def _moment(field: bytes) -> int:
    return int(field.rpartition(b" ")[2].partition(b"-")[0])


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
