"""What a listing is to contain, and where in it a page begins."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from services.api.query.tree import Listed, Node, Query, Within

Sort = Literal["published", "first_seen", "revised", "relevance", "changed"]
"""The order of a listing: newest first by the headline's time, by the first sight of the article or of its present
revision; the best first; or, for those who keep a copy, the oldest first by when something last changed."""

_SORTS: tuple[Sort, ...] = ("published", "first_seen", "revised", "relevance", "changed")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_CURSOR_BYTES = 1 + 8 + 16


class BadCursor(ValueError):
    """A text that is no cursor of ours."""


def to_ms(moment: datetime) -> int:
    """Unix milliseconds, rounded down. Exact, unlike by way of a float."""
    return (moment - _EPOCH) // _MS


@dataclass(frozen=True, slots=True)
class Filter:
    """All that is given must hold. `tags` are slugs, `source` an id, `language` a code as in headlines.

    `since` is included, `until` is not; both are about the headline's `time`. `query` is what was typed. `fold` leaves
    out what repeats an earlier article. `story` is an id, also of one that was merged; `one_per_story` leaves one
    article of each story, and of those without a story what repeats no other: the newest, or the `earliest`, which goes
    on to stand for its story whatever comes.
    """

    tags: tuple[str, ...] = ()
    source: str | None = None
    feed: UUID | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    query: Query | None = None
    fold: bool = False
    story: UUID | None = None
    one_per_story: bool = False
    earliest: bool = False

    def facets(self) -> frozenset[tuple[str, str]]:
        """(kind, key) of each facet that an article must have."""
        wanted = {("tag", tag) for tag in self.tags}
        if self.source is not None:
            wanted.add(("source", self.source))
        if self.feed is not None:
            wanted.add(("feed", str(self.feed)))
        if self.language is not None:
            wanted.add(("language", self.language))
        if self.story is not None:
            wanted.add(("story", str(self.story)))
        return frozenset(wanted)

    def parts(self) -> list[Node]:
        """All that must hold, as parts of a query."""
        parts: list[Node] = [Listed("tag", (tag,)) for tag in dict.fromkeys(self.tags)]
        if self.source is not None:
            parts.append(Listed("source", (self.source,)))
        if self.feed is not None:
            parts.append(Listed("feed", (str(self.feed),)))
        if self.language is not None:
            parts.append(Listed("language", (self.language,)))
        if self.story is not None:
            parts.append(Listed("story", (str(self.story),)))
        if self.fold:
            parts.append(Listed("first", ("",)))
        if self.since is not None or self.until is not None:
            parts.append(Within(self.since, self.until))
        return parts + ([self.query.root] if self.query else [])


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last article of a page: the next page begins after it, however many new ones have come since.

    `value` is what the listing is sorted by, in Unix milliseconds. By relevance it is the number of articles that were
    shown, and `article` the newest one when the first of them were.
    """

    value: int
    article: UUID
    sort: Sort = "published"

    def __str__(self) -> str:
        packed = bytes([_SORTS.index(self.sort)]) + self.value.to_bytes(8, "big", signed=True) + self.article.bytes
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Read the form that `str` writes. Raises `BadCursor`."""
        try:
            packed = base64.b64decode(text.encode("ascii") + b"==", altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            packed = b""
        if len(packed) != _CURSOR_BYTES or packed[0] >= len(_SORTS):
            raise BadCursor("not a cursor; take it from `next` of an earlier answer, or leave it out")
        return cls(int.from_bytes(packed[1:9], "big", signed=True), UUID(bytes=packed[9:]), _SORTS[packed[0]])
