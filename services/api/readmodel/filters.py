"""What a listing is to contain, and where in it a page begins."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_CURSOR_BYTES = 8 + 16


class BadCursor(ValueError):
    """A text that is no cursor of ours."""


def to_ms(moment: datetime) -> int:
    """Unix milliseconds, rounded down. Exact, unlike by way of a float."""
    return (moment - _EPOCH) // _MS


@dataclass(frozen=True, slots=True)
class Filter:
    """All that is given must hold. `tags` are slugs, `source` an id, `language` a code as in headlines.

    `since` is included, `until` is not; both are about the headline's `time`. `words` must all occur in
    title, summary or text; what stands in double quotes occurs as it stands.
    """

    tags: tuple[str, ...] = ()
    source: str | None = None
    feed: UUID | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str | None = None

    def facets(self) -> frozenset[tuple[str, str]]:
        """(kind, key) of each facet that an article must have."""
        wanted = {("tag", tag) for tag in self.tags}
        if self.source is not None:
            wanted.add(("source", self.source))
        if self.feed is not None:
            wanted.add(("feed", str(self.feed)))
        if self.language is not None:
            wanted.add(("language", self.language))
        return frozenset(wanted)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last article of a page: the next page begins after it, however many new ones have come since."""

    time_ms: int
    article: UUID

    def __str__(self) -> str:
        packed = self.time_ms.to_bytes(8, "big", signed=True) + self.article.bytes
        return base64.urlsafe_b64encode(packed).decode()

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Read the form that `str` writes. Raises `BadCursor`."""
        try:
            packed = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            packed = b""
        if len(packed) != _CURSOR_BYTES:
            raise BadCursor("not a cursor; take it from `next` of an earlier answer, or leave it out")
        return cls(int.from_bytes(packed[:8], "big", signed=True), UUID(bytes=packed[8:]))
