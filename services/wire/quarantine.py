"""Where events go that cannot be processed: kept with who, when and why, out of the others' way."""

import base64
from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel
from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD
from services.wire.failure import Failure
from services.wire.group_marks import NOTE, GroupMarks
from services.wire.messages import Delivery


class Quarantined(BaseModel, frozen=True):
    """An entry of the quarantine stream. `original` is base64 where `encoding` says so: it may be no UTF-8.

    `error` is what the handler raised, where it raised and this replica saw it.
    """

    group: str
    stream: str
    entry_id: str
    deliveries: int
    why: str
    at: datetime
    encoding: str
    original: str
    error: Failure | None = None

    @property
    def payload(self) -> bytes:
        """The original as it stood in its stream."""
        return base64.b64decode(self.original) if self.encoding == "base64" else self.original.encode()


def quarantined(delivery: Delivery, group: str, why: str, now: datetime, error: Failure | None = None) -> bytes:
    """The JSON to be written to the quarantine stream."""
    try:
        encoding, original = "utf-8", delivery.payload.decode()
    except UnicodeDecodeError:
        encoding, original = "base64", base64.b64encode(delivery.payload).decode()
    record = Quarantined(
        group=group,
        stream=delivery.stream,
        entry_id=delivery.entry_id,
        deliveries=delivery.deliveries,
        why=why,
        at=now,
        encoding=encoding,
        original=original,
        error=error,
    )
    return record.model_dump_json(exclude_none=True).encode()


# Whoever acknowledges the entry first writes it down; the same script sent again after a lost answer does nothing.
_PUT = f"""{NOTE}
if redis.call('XACK', KEYS[2], ARGV[1], ARGV[2]) == 1 then
  redis.call('XADD', KEYS[1], '*', ARGV[3], ARGV[4])
  if KEYS[3] then note(KEYS[3], KEYS[2], ARGV[1]) end
end
"""


class Quarantine:
    """Moves one delivery at a time from its group to the quarantine stream, in one atomic step, once. With `marks`
    that is noted of the group."""

    def __init__(
        self, redis: Redis, stream: str, clock: Callable[[], datetime], marks: GroupMarks | None = None
    ) -> None:
        self._stream, self._clock = stream, clock
        self._marks = [marks.key] if marks else []
        self._put = redis.register_script(_PUT)

    async def put(self, delivery: Delivery, group: str, why: str, error: Failure | None = None) -> None:
        record = quarantined(delivery, group, why, self._clock(), error)
        keys = [self._stream, delivery.stream, *self._marks]
        await self._put(keys=keys, args=[group, delivery.entry_id, PAYLOAD, record])
