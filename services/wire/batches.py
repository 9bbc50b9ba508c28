"""How many entries are read and handled together. Counted alone, two hundred that are huge would take gigabytes."""

from collections.abc import Iterator, Sequence
from typing import Literal, Self

from faststream.redis import StreamSub

from services.wire.messages import Delivery

TOGETHER_BYTES = 8_000_000
"""Payloads that are handled together have about so much at most: what is made of them takes several times that."""

READ_BYTES = 32_000_000
"""A reading is to bring about so much at most."""

_FIRST = 25


class Reading(StreamSub[Literal[True]]):
    """A stream that is read in batches, of which `max_records` may be changed at any time."""

    def add_prefix(self, prefix: str) -> Self:
        """FastStream would read on with a copy. Our streams have their whole names."""
        if prefix:
            raise ValueError("a stream has its whole name, so its broker must have no prefix")
        return self


def parts_of(deliveries: Sequence[Delivery]) -> Iterator[Sequence[Delivery]]:
    """In order. A delivery that is larger by itself is a part of its own."""
    part: list[Delivery] = []
    size = 0
    for delivery in deliveries:
        if part and size + len(delivery.payload) > TOGETHER_BYTES:
            yield part
            part, size = [], 0
        part.append(delivery)
        size += len(delivery.payload)
    if part:
        yield part


def next_count(before: int, deliveries: Sequence[Delivery], most: int) -> int:
    """How many entries to read next, where `before` had been asked for: as many as were so large would fit, but at most
    twice as many as before, and never more than `most`."""
    size = sum(len(delivery.payload) for delivery in deliveries)
    fitting = READ_BYTES * len(deliveries) // size if size else most
    return max(1, min(most, 2 * before, fitting))


def first_count(most: int) -> int:
    """How many to read while nothing is known of them."""
    return min(most, _FIRST)
