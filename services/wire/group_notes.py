"""What is remembered of every group, and of what was dropped; the one module that knows these keys."""

from collections.abc import Mapping
from typing import Any, cast

from redis.asyncio import Redis

from services.wire.silence import Note

Of = tuple[str, str]
"""A stream, and one of its groups."""


class GroupNotes:
    """Shared by all who trim and by who tells of it. Everything raises `RedisError`."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis, self._notes, self._early = redis, f"{prefix}:groups", f"{prefix}:groups:dropped"

    async def read(self) -> dict[Of, Note]:
        held = cast("dict[bytes, bytes]", await cast(Any, self._redis.hgetall(self._notes)))
        return {_of(name.decode()): Note.model_validate_json(note) for name, note in held.items()}

    async def write(self, before: Mapping[Of, Note], now: Mapping[Of, Note]) -> None:
        """What is new or has changed; groups that are gone are forgotten."""
        changed: dict[Any, Any] = {
            _field(of): note.model_dump_json() for of, note in now.items() if before.get(of) != note
        }
        if changed:
            await cast(Any, self._redis.hset(self._notes, mapping=changed))
        if gone := [_field(of) for of in before.keys() - now.keys()]:
            await cast(Any, self._redis.hdel(self._notes, *gone))

    async def count_early(self, stream: str, dropped: int) -> None:
        """Count what was dropped before its time for want of room."""
        await cast(Any, self._redis.hincrby(self._early, stream, dropped))

    async def early(self) -> dict[str, int]:
        """How many entries of each stream were, ever."""
        held = cast("dict[bytes, bytes]", await cast(Any, self._redis.hgetall(self._early)))
        return {stream.decode(): int(count) for stream, count in held.items()}


async def has_lost(redis: Redis, prefix: str, of: Of) -> bool:
    """Whether events were dropped lately that the group had not settled, since nobody had read it for long."""
    note = (await GroupNotes(redis, prefix).read()).get(of)
    return note is not None and note.lost > 0


def _field(of: Of) -> str:
    return " ".join(of)


def _of(field: str) -> Of:
    stream, _, group = field.partition(" ")
    return stream, group
