"""Whether more may be published: a pure decision on how full the broker is and how far its readers are behind.

What waits costs memory, not time: a reader that was away for an hour catches up with an hour's articles at any pace
of ours. So all bounds are in bytes. Two pairs of them each, so that nothing goes back and forth between two looks.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from services.wire.standing import Look

Level = Literal["calm", "slow", "stop"]

LARGEST_PART = 2 / 3
"""Of what the broker may use, the part that its streams may, unless set otherwise."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Shares from which on there is pressure, and at which nothing more may come. It ends `relief` below each."""

    slow: float
    stop: float
    relief: float


OF_MEMORY = Bounds(slow=0.80, stop=0.90, relief=0.05)
OF_WAITING = Bounds(slow=0.50, stop=0.90, relief=0.10)
_SLOWEST = 0.1


@dataclass(frozen=True, slots=True)
class Measures:
    """Of what the broker may use, and of what its streams may, the shares that are used, and that living groups have
    not settled. `behind` names who is behind most."""

    memory: float = 0.0
    waiting: float = 0.0
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Pressure:
    """What may be done: all, a part (`factor`), or nothing; and why."""

    level: Level = "calm"
    factor: float = 1.0
    why: str = ""


CALM = Pressure()


def room_of(look: Look, most_bytes: int) -> int:
    """Bytes that the streams may take together; `most_bytes` is what the operator set, 0 for nothing."""
    return most_bytes or int(look.memory.most * LARGEST_PART)


def measured(
    look: Look, most_bytes: int, silent: Collection[tuple[str, str]], unweighed: Collection[str] = ()
) -> Measures:
    """What a look says. Groups that are `silent` (stream and group) do not count: to wait for them helps nobody. Nor do
    the streams `unweighed`, which those who ask are to work off themselves."""
    waiting, behind, most = 0, "", 0
    for stream in look.streams:
        if stream.name in unweighed:
            continue
        groups = [(group.unsettled, group.name) for group in stream.groups if (stream.name, group.name) not in silent]
        unsettled, name = max(groups, default=(0, ""))
        weight = stream.weight(unsettled)
        waiting += weight
        if weight > most:
            most, behind = weight, f"{name} is {unsettled:,} events behind on {stream.name}"
    room = room_of(look, most_bytes)
    return Measures(look.memory.share, waiting / room if room else 0.0, behind)


def pressure(now: Measures, before: Pressure = CALM) -> Pressure:
    """What holds from now on, `before` being what held until now."""
    of_memory = _of(now.memory, OF_MEMORY, before, f"Redis uses {now.memory:.0%} of the memory that it may")
    of_waiting = _of(
        now.waiting, OF_WAITING, before,
        f"what its readers have not dealt with takes {now.waiting:.0%} of the memory for streams ({now.behind})",
    )  # fmt: skip
    return min(of_memory, of_waiting, key=lambda one: one.factor)


def _of(share: float, bounds: Bounds, before: Pressure, why: str) -> Pressure:
    relief = {level: bounds.relief if before.level in held else 0.0 for level, held in _HELD.items()}
    if share >= bounds.stop - relief["stop"]:
        return Pressure("stop", 0.0, why)
    if share < bounds.slow - relief["slow"]:
        return CALM
    begin = bounds.slow - bounds.relief
    left = (bounds.stop - share) / (bounds.stop - begin)
    return Pressure("slow", max(_SLOWEST, min(1.0, left)), why)


_HELD: dict[Level, tuple[Level, ...]] = {"slow": ("slow", "stop"), "stop": ("stop",)}
