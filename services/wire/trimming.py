"""Trims the streams once a minute, and says what the operator should know of it: in the log once, when it begins."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError, RedisError

from services.contracts.streams import StreamNames
from services.wire.entry_ids import entry_id
from services.wire.group_notes import GroupNotes, Of
from services.wire.keeping import Keeping
from services.wire.messages import Entries
from services.wire.moments import moment_of, unix_ms
from services.wire.pressure import room_of
from services.wire.retention import Dropped, alarm, cuts, excess, mega, shortened, trim
from services.wire.silence import Note, noted
from services.wire.standing import GroupAt, Look, StreamAt, look_at

logger = logging.getLogger(__name__)

_EVERY_S = 60.0


def streams_of(names: StreamNames) -> tuple[str, str, str, str]:
    """The streams that are trimmed; the quarantine has bounds of its own."""
    return names.articles, names.enrichments, names.feeds, names.commands


class Trimmer:
    """Of one replica. What it drops for want of room it drops at the second look that finds so: the alarm comes first,
    and a shortage that passes by itself costs nothing."""

    def __init__(self, redis: Redis, names: StreamNames, keeping: Keeping) -> None:
        self._redis, self._streams, self._keeping = redis, streams_of(names), keeping
        self._notes = GroupNotes(redis, names.prefix)
        self._alarmed = self._short = False

    async def once(self, now: datetime) -> int:
        """Look, tell, drop. Answers how many entries went. Raises `RedisError`."""
        look, before = await look_at(self._redis, self._streams), await self._notes.read()
        patience = self._keeping.patience
        notes = {
            (stream.name, group.name): noted(group, before.get((stream.name, group.name)), unix_ms(now), patience)
            for stream, group in look.groups()
        }
        self._tell(look, before, notes)
        await self._keep(before, notes)
        horizon_ms = normal_ms = max(0, unix_ms(now - self._keeping.retain))
        give_up = excess(look, self._keeping.most_bytes)
        if give_up and self._short:
            horizon_ms = await self._shortened(horizon_ms, give_up, look.size)
        self._short = bool(give_up)
        dropped, after = 0, dict(notes)
        for stream in look.streams:
            expired = frozenset(
                group.name for group in stream.groups if notes[stream.name, group.name].state == "expired"
            )
            in_time = await trim(self._redis, stream.name, cuts(stream.groups, normal_ms, expired))
            early = Dropped()
            if horizon_ms > normal_ms:
                early = await trim(self._redis, stream.name, cuts(stream.groups, horizon_ms, expired))
                await self._tell_early(stream.name, early.entries, horizon_ms)
            for group, lost in [*in_time.lost.items(), *early.lost.items()]:
                of = stream.name, group
                after[of] = after[of].model_copy(update={"lost": after[of].lost + lost})
            dropped += in_time.entries + early.entries
        await self._keep(notes, after)
        return dropped

    async def _shortened(self, horizon_ms: int, give_up: int, size: int) -> int:
        ends: list[int] = []
        for stream in self._streams:
            for entries in (await self._redis.xrange(stream, count=1), await self._redis.xrevrange(stream, count=1)):
                ends += [entry_id(one)[0] for one, _ in cast(Entries, entries)]
        return shortened(horizon_ms, min(ends), max(ends), give_up, size) if ends else horizon_ms

    async def _tell_early(self, stream: str, dropped: int, horizon_ms: int) -> None:
        if not dropped:
            return
        kept_from = moment_of(horizon_ms)
        logger.error("%s: %d events from before %s were dropped for want of room", stream, dropped, kept_from)
        try:
            await self._notes.count_early(stream, dropped)
        except OutOfMemoryError as error:
            logger.warning("it cannot be counted now: %s", error)

    async def _keep(self, before: Mapping[Of, Note], notes: Mapping[Of, Note]) -> None:
        try:
            await self._notes.write(before, notes)
        except OutOfMemoryError as error:  # trimming goes on: it makes room
            logger.warning("how groups stand cannot be written down now: %s", error)

    def _tell(self, look: Look, before: Mapping[Of, Note], notes: Mapping[Of, Note]) -> None:
        for stream, group in look.groups():
            of = stream.name, group.name
            note, was = notes[of], before[of].state if of in before else "reading"
            if note.state != was:
                _SAY[note.state](said(stream, group, note, self._keeping.expires, returned=was == "expired"))
        told = alarm(look, self._keeping.most_bytes, before=self._alarmed)
        if told and not self._alarmed:
            logger.error("%s", told)
        elif self._alarmed and not told:
            room = mega(room_of(look, self._keeping.most_bytes))
            logger.info("the streams take %s of the %s that they may; all is well again", mega(look.size), room)
        self._alarmed = bool(told)


def said(at: StreamAt, of: GroupAt, note: Note, expires: timedelta, *, returned: bool = False) -> str:
    """What the operator is told of a group."""
    stream, group = at.name, of.name
    since = f"{moment_of(note.since_ms):%Y-%m-%d %H:%M} UTC"
    destroy = f"if it is not needed any more: XGROUP DESTROY {stream} {group}"
    if note.state == "silent":
        held = f"{of.unsettled:,} events, about {mega(at.weight(of.unsettled))}"
        days = f"{expires.total_seconds() / 86_400:g}"
        return (
            f"{group} has not read {stream} since {since} and holds back {held}; after {days} days it no longer will "
            f"({destroy})"
        )
    if note.state == "expired":
        return (
            f"{group} has not read {stream} since {since}: it holds nothing back any more, and misses what is dropped "
            f"({destroy})"
        )
    lost = f"; up to {note.lost:,} events that it had not settled were dropped meanwhile" if returned else ""
    return f"{group} reads {stream} again{lost}"


_SAY: dict[str, Callable[[str], None]] = {
    "silent": logger.warning, "expired": logger.error, "reading": logger.warning,
}  # fmt: skip


async def keep_trimmed(redis: Redis, names: StreamNames, keeping: Keeping, clock: Callable[[], datetime]) -> None:
    """Trim the streams once a minute; never returns."""
    trimmer = Trimmer(redis, names, keeping)
    while True:
        try:
            await trimmer.once(clock())
        except (RedisError, OSError) as error:
            logger.warning("streams cannot be trimmed now: %s", error)
        await asyncio.sleep(_EVERY_S)
