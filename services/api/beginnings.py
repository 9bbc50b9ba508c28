"""Where a read model that is new, or restored, begins: what has left the streams, it can never tell."""

from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.api.readmodel.position import EntryId

_HIGHEST = 10**15 - 1


async def out_of_reach(redis: Redis, stream: str) -> EntryId | None:
    """The last entry that was trimmed away; the one before the first that is there, where there is one."""
    try:
        about: dict[str, Any] = await redis.xinfo_stream(stream)
    except ResponseError:  # there is no such stream yet
        return None
    if about["entries-added"] == about["length"]:
        return None
    first = about["first-entry"]
    gone = _before(_read(first[0])) if first else _read(about["last-generated-id"])
    return None if gone == EntryId() else gone


def _before(entry: EntryId) -> EntryId:
    return EntryId(entry.ms, entry.seq - 1) if entry.seq else EntryId(entry.ms - 1, _HIGHEST)


def _read(entry: bytes | str) -> EntryId:
    return EntryId.read(entry.decode() if isinstance(entry, bytes) else entry)
