"""Where events go that cannot be processed: kept with who, when and why, out of the others' way."""

import base64
from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel
from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD
from services.wire.messages import Delivery


class Quarantined(BaseModel, frozen=True):
    """An entry of the quarantine stream. `original` is base64 where `encoding` says so: it may be no UTF-8."""

    group: str
    stream: str
    entry_id: str
    deliveries: int
    why: str
    at: datetime
    encoding: str
    original: str


def quarantined(delivery: Delivery, group: str, why: str, now: datetime) -> bytes:
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
    )
    return record.model_dump_json().encode()


class Quarantine:
    """Moves one delivery at a time from its group to the quarantine stream, in one transaction."""

    def __init__(self, redis: Redis, stream: str, clock: Callable[[], datetime]) -> None:
        self._redis, self._stream, self._clock = redis, stream, clock

    async def put(self, delivery: Delivery, group: str, why: str) -> None:
        async with self._redis.pipeline(transaction=True) as transaction:
            transaction.xadd(self._stream, {PAYLOAD: quarantined(delivery, group, why, self._clock())})
            transaction.xack(delivery.stream, group, delivery.entry_id)
            await transaction.execute()
