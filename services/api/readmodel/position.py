"""Positions: how far along the three streams a reader is.

They are made of Redis entry ids, so they mean the same to every replica and survive a rebuilt read model.
"""

import re
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple, Self

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_PART = re.compile(r"([0-9]{1,15})-([0-9]{1,15})", re.ASCII)


class BadPosition(ValueError):
    """A text that is no position. Tell the client what one looks like."""


class Stream(IntEnum):
    """The streams that make up a position, in the order of its parts."""

    ARTICLES = 0
    ENRICHMENTS = 1
    FEEDS = 2


class EntryId(NamedTuple):
    """The id of a stream entry: Unix milliseconds and a counter. Ids of one stream only grow."""

    ms: int = 0
    seq: int = 0

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `1767225600000-0`. Raises `BadPosition`."""
        match = _PART.fullmatch(text)
        if match is None:
            raise BadPosition(f"{text!r} is no id of a stream entry, which looks like 1767225600000-0")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.ms}-{self.seq}"


class Position(NamedTuple):
    """All entries up to these have had their effect."""

    articles: EntryId = EntryId()
    enrichments: EntryId = EntryId()
    feeds: EntryId = EntryId()

    @classmethod
    def before(cls, moment: datetime) -> Self:
        """Where all entries from this moment on are still to come."""
        last = EntryId(max(0, (moment - _EPOCH) // _MS - 1), 10**15 - 1)
        return cls(last, last, last)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the form that `str` writes. Raises `BadPosition`."""
        parts = text.split("_")
        if len(parts) != len(Stream):
            raise BadPosition(f"a position has {len(Stream)} entry ids joined by '_', not {len(parts)}")
        return cls(*(EntryId.read(part) for part in parts))

    def reach(self, stream: Stream, entry: EntryId) -> "Position":
        """This position, with `stream` at `entry` unless it is further already."""
        if entry <= self[stream]:
            return self
        parts = list(self)
        parts[stream] = entry
        return Position(*parts)

    def join(self, other: "Position") -> "Position":
        """The further one of each part."""
        return Position(*(max(mine, theirs) for mine, theirs in zip(self, other, strict=True)))

    def meet(self, other: "Position") -> "Position":
        """The less far one of each part."""
        return Position(*(min(mine, theirs) for mine, theirs in zip(self, other, strict=True)))

    def __str__(self) -> str:
        return "_".join(str(part) for part in self)
