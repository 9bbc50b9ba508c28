"""How long events stay on a stream: until every group has settled them, and for a set time after that.

Only two things go before that, and neither unannounced. A group that nobody has read for a set time (`silence`) holds
nothing back any more. And where the streams take more memory than they may, or the broker has hardly any left, what
every group has settled goes before its time; what one has not settled stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from redis.asyncio import Redis

from services.wire.entry_ids import EntryId, written
from services.wire.pressure import OF_MEMORY, room_of
from services.wire.standing import GroupAt, Look

ALARM = 0.8
"""The part of what streams may take from which on there is an alarm."""
_RELIEVED = 0.95
"""Where something has to go, the part that is left."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Drop all before an entry. `losers` are the groups that had not settled all of what goes by it."""

    keep_from: EntryId
    losers: tuple[str, ...] = ()


@dataclass(slots=True)
class Dropped:
    """How many entries went, and how many of them each expired group had not settled (at most)."""

    entries: int = 0
    lost: dict[str, int] = field(default_factory=dict)


def cuts(groups: Sequence[GroupAt], horizon_ms: int, expired: frozenset[str] = frozenset()) -> list[Cut]:
    """What to drop from a stream, in this order. Nothing while no group has registered.

    All that is before the horizon and settled by every group that is not expired goes, piece by piece, so that the
    broker's own counts say how much an expired group loses.
    """
    if not groups:
        return []
    keep = min([(horizon_ms, 0), *(group.first_unsettled for group in groups if group.name not in expired)])
    losing = sorted((group.first_unsettled, group.name) for group in groups if group.name in expired)
    doomed = [(begin, name) for begin, name in losing if begin < keep]
    ends = [*(begin for begin, _ in doomed), keep]
    return [Cut(end, tuple(name for _, name in doomed[:number])) for number, end in enumerate(ends)]


async def trim(redis: Redis, stream: str, wanted: Sequence[Cut]) -> Dropped:
    """Raises `RedisError`."""
    dropped = Dropped()
    for cut in wanted:
        gone = int(await redis.xtrim(stream, minid=written(cut.keep_from), approximate=False))
        dropped.entries += gone
        for name in cut.losers:
            dropped.lost[name] = dropped.lost.get(name, 0) + gone
    return dropped


def excess(look: Look, most_bytes: int) -> int:
    """Bytes that streams must give up: what is beyond their room, or what is missing to the broker; 0 mostly."""
    room, memory = room_of(look, most_bytes), look.memory
    beyond = look.size - int(_RELIEVED * room) if look.size > room else 0
    short = memory.used - int(_RELIEVED * OF_MEMORY.slow * memory.most) if memory.share >= OF_MEMORY.slow else 0
    return max(beyond, short, 0)


def alarm(look: Look, most_bytes: int, *, before: bool = False) -> str | None:
    """What to tell the operator before anything is dropped for want of room; None where there is enough. `before` is
    whether there was an alarm until now: it ends a little below where it begins."""
    room, memory, relief = room_of(look, most_bytes), look.memory, OF_MEMORY.relief if before else 0.0
    if look.size >= (ALARM - relief) * room > 0:
        told = f"the streams take {look.size / room:.0%} of the {mega(room)} that they may"
    elif memory.share >= OF_MEMORY.slow - relief:
        told = f"Redis uses {memory.share:.0%} of the {mega(memory.most)} that it may"
    else:
        return None
    return f"{told}; at the limit events that every group has settled are dropped before DATELINE_RETAIN_DAYS"


def shortened(horizon_ms: int, oldest_ms: int, newest_ms: int, give_up: int, size: int) -> int:
    """The horizon behind which about `give_up` of `size` bytes lie, as if they had come evenly from the oldest entry to
    the newest. Where they did not, the next look has the rest."""
    if not give_up or not size:
        return horizon_ms
    return max(horizon_ms, oldest_ms + round((newest_ms - oldest_ms) * min(1.0, give_up / size)))


def mega(size: int) -> str:
    return f"{size / 1e6:,.{0 if size >= 10e6 else 1}f} MB"
