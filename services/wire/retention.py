"""How long events stay on a stream: until every group has settled them, and for a set time after that."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from services.wire.moments import unix_ms

logger = logging.getLogger(__name__)

EntryId = tuple[int, int]
"""A stream entry's id: milliseconds since the epoch, and a sequence number within them."""

_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class GroupPosition:
    """How far a group has come: the last entry delivered to it, and the first of those it has not settled."""

    delivered: EntryId
    first_unsettled: EntryId | None


def entry_id(text: bytes | str) -> EntryId:
    """Parse `1767225600000-3`. Raises ValueError for anything else."""
    milliseconds, _, sequence = (text.decode() if isinstance(text, bytes) else text).partition("-")
    return int(milliseconds), int(sequence)


def first_to_keep(groups: Sequence[GroupPosition], horizon_ms: int) -> EntryId | None:
    """The oldest entry that must stay; None where all must, because no group has registered yet."""
    if not groups:
        return None
    unsettled = [group.first_unsettled or (group.delivered[0], group.delivered[1] + 1) for group in groups]
    return min(*unsettled, (horizon_ms, 0))


async def trim(redis: Redis, stream: str, retain: timedelta, now: datetime) -> int:
    """Drop what every group of the stream has settled and what is older than `retain`. Returns how many entries."""
    keep = first_to_keep(await _positions(redis, stream), unix_ms(now - retain))
    if keep is None:
        return 0
    return int(await redis.xtrim(stream, minid=f"{keep[0]}-{keep[1]}", approximate=False))


async def keep_trimmed(redis: Redis, streams: Sequence[str], retain: timedelta, clock: Callable[[], datetime]) -> None:
    """Trim the streams once a minute; never returns."""
    while True:
        try:
            for stream in streams:
                await trim(redis, stream, retain, clock())
        except (RedisError, OSError) as error:
            logger.warning("streams cannot be trimmed now: %s", error)
        await asyncio.sleep(_EVERY_S)


async def _positions(redis: Redis, stream: str) -> list[GroupPosition]:
    try:
        groups: list[dict[str, Any]] = await redis.xinfo_groups(stream)
    except ResponseError:  # there is no such stream yet
        return []
    positions = []
    for group in groups:
        pending = await redis.xpending_range(stream, group["name"], "-", "+", 1)
        first = entry_id(cast(bytes, pending[0]["message_id"])) if pending else None
        positions.append(GroupPosition(entry_id(group["last-delivered-id"]), first))
    return positions
