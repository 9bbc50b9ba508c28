"""Where a read model that has just been made begins: what had left the streams before, it can never tell."""

from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.api.readmodel.position import EntryId

_HIGHEST = 10**15 - 1


async def out_of_reach(redis: Redis, stream: str, group: str) -> EntryId | None:
    """The last entry that a new reader of the group does not get: trimmed away, or settled by an earlier one."""
    try:
        about: dict[str, Any] = await redis.xinfo_stream(stream)
        groups: list[dict[str, Any]] = await redis.xinfo_groups(stream)
    except ResponseError:  # there is no such stream yet
        return None
    taken = [_read(one["last-delivered-id"]) for one in groups if _text(one["name"]) == group and _settled(one)]
    trimmed = []
    if about["entries-added"] > about["length"]:
        first = about["first-entry"]
        trimmed.append(_before(_read(first[0])) if first else _read(about["last-generated-id"]))
    return max((entry for entry in taken + trimmed if entry != EntryId()), default=None)


def _settled(group: dict[str, Any]) -> bool:
    """Whether some of what the group was delivered will not come again."""
    return group["entries-read"] is None or group["entries-read"] > group["pending"]


def _before(entry: EntryId) -> EntryId:
    return EntryId(entry.ms, entry.seq - 1) if entry.seq else EntryId(entry.ms - 1, _HIGHEST)


def _read(entry: bytes | str) -> EntryId:
    return EntryId.read(_text(entry))


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
