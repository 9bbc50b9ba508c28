"""Plain JSON on the wire, and batches of entries as handlers get them.

FastStream wraps payloads in a binary envelope unless told otherwise, and decodes a whole batch at
once, so that one broken entry would spoil its neighbours. Here an entry stays bytes until a handler reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from faststream.redis.message import FAKE_CONSUMER, BatchStreamMessage, RedisBatchStreamMessage
from faststream.redis.parser import MessageFormat

from services.contracts.streams import PAYLOAD

if TYPE_CHECKING:
    from fast_depends.library.serializer import SerializerProto
    from faststream._internal.basic_types import SendableMessage
    from faststream._internal.parser import CodecProto

_FIELD = PAYLOAD.encode()

Entries = Sequence[tuple[bytes, Mapping[bytes, bytes]]]
"""Stream entries as redis-py returns them: id and fields."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One stream entry as delivered to a group. `deliveries` counts this one; 1 is the first."""

    stream: str
    entry_id: str
    payload: bytes
    deliveries: int = 1


class PlainJson(MessageFormat):
    """The payload and nothing else: headers have their place in the CloudEvents envelope."""

    @classmethod
    async def encode(
        cls,
        *,
        message: "Sequence[SendableMessage] | SendableMessage",
        reply_to: str | None,
        headers: dict[str, Any] | None,
        correlation_id: str,
        serializer: "SerializerProto | None" = None,
        codec: "CodecProto | None" = None,
    ) -> bytes:
        built = await cls.build(
            message=message,
            reply_to=reply_to,
            headers=headers,
            correlation_id=correlation_id,
            serializer=serializer,
            codec=codec,
        )
        return built.data

    @classmethod
    def parse(cls, data: bytes) -> tuple[bytes, dict[str, Any]]:
        return data, {}


def deliveries_of(stream: str, entries: Entries, counts: Mapping[bytes, int] | None = None) -> list[Delivery]:
    """Entries with their delivery counts by entry id where known."""
    return [
        Delivery(stream, entry_id.decode(), fields.get(_FIELD, b""), (counts or {}).get(entry_id, 1))
        for entry_id, fields in entries
    ]


async def keep_entries(message: BatchStreamMessage) -> RedisBatchStreamMessage:
    """A FastStream parser that leaves the entries of a batch as they are."""
    return RedisBatchStreamMessage(raw_message=message, body=b"", content_type=None, consumer=FAKE_CONSUMER, group=None)


async def to_deliveries(message: RedisBatchStreamMessage) -> list[Delivery]:
    """The FastStream decoder that goes with `keep_entries`."""
    raw = message.raw_message
    return deliveries_of(raw["channel"], list(zip(raw["message_ids"], raw["data"], strict=True)))
