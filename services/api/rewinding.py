"""A read model that is behind its group: what it has not seen although the group was given it is read again.

The group stands in Redis, the read model in a file that may be an older copy, restored, or new. Each knows how far it
has come. Applying an event twice changes nothing, so it is safe to go back too far, and wrong only to go too little.
"""

import logging
import os
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.api.readmodel.position import EntryId
from services.wire.held_events import HeldEvents
from services.wire.messages import Entries

logger = logging.getLogger(__name__)

_PAGE = 500
_MARGIN_MS = 3_600_000
"""A copy may lack events from before its position, that waited to be delivered again when it was made. They wait for
some minutes at most."""


def marker(database: Path) -> Path:
    """The file beside a restored database; it stands until the groups have been put back."""
    return database.with_name(f"{database.name}.restored")


def mark_restored(database: Path, manifest: BaseModel) -> None:
    """Say so before the database is in its place: to go back in vain does no harm."""
    with marker(database).open("w", encoding="utf-8") as file:
        file.write(manifest.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())


async def rewind(redis: Redis, stream: str, group: str, come_to: EntryId, held: HeldEvents, *, restored: bool) -> bool:
    """Put the group back to where the read model stands, if there is anything that only the group has come past."""
    delivered = await _delivered(redis, stream, group)
    if delivered is None or delivered == EntryId():
        return False
    if not restored and (delivered <= come_to or not await _missed(redis, stream, group, come_to, delivered, held)):
        return False
    to = min(EntryId(max(0, come_to.ms - _MARGIN_MS)) if restored else come_to, delivered)
    if to == delivered:
        return False
    logger.warning("the read model is behind its group on %s; the group goes back from %s to %s", stream, delivered, to)
    await redis.xgroup_setid(stream, group, str(to))
    return True


async def _delivered(redis: Redis, stream: str, group: str) -> EntryId | None:
    try:
        groups: list[dict[str, Any]] = await redis.xinfo_groups(stream)
    except ResponseError:  # there is no such stream yet
        return None
    found = [one["last-delivered-id"] for one in groups if _text(one["name"]) == group]
    return EntryId.read(_text(found[0])) if found else None


async def _missed(redis: Redis, stream: str, group: str, after: EntryId, until: EntryId, held: HeldEvents) -> bool:
    """Whether there is an entry that neither waits to be delivered again nor is in quarantine."""
    aside: set[str] | None = None
    start = f"({after}"
    while entries := cast(Entries, await redis.xrange(stream, start, str(until), _PAGE)):
        first, last = _text(entries[0][0]), _text(entries[-1][0])
        pending = await redis.xpending_range(stream, group, first, last, _PAGE)
        waiting = {_text(cast(bytes, one["message_id"])) for one in pending}
        rest = [_text(entry_id) for entry_id, _ in entries if _text(entry_id) not in waiting]
        if rest:
            aside = await held.holds(group, stream) if aside is None else aside
            if not aside.issuperset(rest):
                return True
        start = f"({last}"
    return False


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
