"""Ingest slows, and stops, where the broker has no room for what it would publish, and says so. Nothing is lost by it:
feeds stay due, pages and commands wait. No feed is marked for it."""

import asyncio
import logging

from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError, RedisError

from services.contracts.streams import StreamNames
from services.wire.group_notes import GroupNotes
from services.wire.pressure import CALM, Pressure, measured, pressure
from services.wire.standing import look_at
from services.wire.trimming import streams_of

logger = logging.getLogger(__name__)

_EVERY_S, _CLOSELY_S = 1.0, 0.2
_CLOSE = 0.3  # of what there is; from there on a second may be long
_LONGEST_PAUSE_S = 1.0
_NOTES_EVERY = 30  # looks


class NoRoom(Exception):
    """Nothing may be published now. What was to be is tried again."""


class Slowing:
    """How much this replica may do now. All replicas look at the same broker, and come to the same."""

    def __init__(self, redis: Redis, names: StreamNames, most_bytes: int = 0, patience_s: float = 5.0) -> None:
        self._redis, self._names, self._most_bytes, self._patience_s = redis, names, most_bytes, patience_s
        self._notes = GroupNotes(redis, names.prefix)
        self._silent: frozenset[tuple[str, str]] = frozenset()
        self._changed, self._close = asyncio.Event(), False
        self.now: Pressure = CALM

    async def watch(self) -> None:
        """Look once a second, more often where little is left; never returns."""
        looks, blind = 0, False
        while True:
            try:
                await self._look(notes=looks % _NOTES_EVERY == 0)
                looks, blind = looks + 1, False
            except (RedisError, OSError) as error:  # what holds goes on to hold
                if not blind:
                    logger.warning("how full Redis is cannot be seen now: %s", error)
                blind = True
            await asyncio.sleep(_CLOSELY_S if self._close else _EVERY_S)

    async def _look(self, *, notes: bool) -> None:
        look = await look_at(self._redis, streams_of(self._names))
        if notes:
            self._silent = frozenset(of for of, note in (await self._notes.read()).items() if note.state != "reading")
        own = (self._names.commands,)  # for ingest to work off: to stop would keep them
        found = measured(look, self._most_bytes, self._silent, own)
        self._close = max(found.memory, found.waiting) >= _CLOSE
        self._set(pressure(found, self.now))

    def refused(self, error: BaseException) -> None:
        """The broker refused a write. Where it was for want of memory nothing more is tried until a look finds room."""
        if isinstance(error, OutOfMemoryError):
            self._set(Pressure("stop", 0.0, "the memory of Redis is full: it refuses what is written"))

    def _set(self, now: Pressure) -> None:
        if now.level != self.now.level:
            match now.level:
                case "stop":
                    logger.error("ingest publishes nothing now: %s. Feeds stay due, and commands wait", now.why)
                case "slow":
                    logger.warning("ingest slows: %s", now.why)
                case "calm":
                    logger.info("there is room again: ingest goes on as usual")
        self.now = now
        self._changed.set()
        self._changed = asyncio.Event()

    def places(self, most: int) -> int:
        """How many of `most` may be at work at the same time."""
        return 0 if self.now.level == "stop" else max(1, round(most * self.now.factor))

    @property
    def pause_s(self) -> float:
        """How long to wait before more is begun."""
        return _LONGEST_PAUSE_S * (1.0 - self.now.factor)

    async def room(self) -> None:
        """To be waited for before what others sent is published. Raises `NoRoom` where there is none for seconds."""
        try:
            async with asyncio.timeout(self._patience_s):
                while self.now.level == "stop":
                    await self._changed.wait()
        except TimeoutError:
            raise NoRoom(self.now.why) from None
        if self.now.level == "slow":
            await asyncio.sleep(self.pause_s / 5)

    def told(self) -> dict[str, object]:
        """For the sign of life."""
        return {"pressure": {"level": self.now.level, "factor": round(self.now.factor, 2), "why": self.now.why}}
