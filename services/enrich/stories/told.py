"""What is told of a story, and the event that tells it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID
from zlib import crc32

from services.contracts.stories import LifeChange, Story

TOLD_TERMS = 6

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_ID = 16
_ENTRY = 20


@dataclass(slots=True)
class Told:
    """A story beside its numbers. `entries` has the id of each article (16 bytes) and a hash of its source (4), in
    the order in which they came; `words` the texts of its heaviest terms, a line each. `named` is what an editor
    calls it. A title of which only the article is known any more is empty."""

    id: bytes
    opened: int
    title: str
    title_from: bytes
    title_says: int = 0
    named: str | None = None
    quiet: bool = False
    sources: int = 0
    words: str = ""
    entries: bytes = b""

    @property
    def articles(self) -> list[bytes]:
        return [self.entries[at : at + _ID] for at in range(0, len(self.entries), _ENTRY)]

    def add(self, article: bytes, source: str) -> None:
        self.take_over(article + crc32(source.encode("utf-8", "surrogatepass")).to_bytes(_ENTRY - _ID, "big"))

    def take_over(self, entries: bytes) -> None:
        self.entries += entries
        self._count()

    def give_up(self, articles: Collection[bytes]) -> bytes:
        """Takes the entries of these articles out."""
        all_of_them = [self.entries[at : at + _ENTRY] for at in range(0, len(self.entries), _ENTRY)]
        given = [entry for entry in all_of_them if entry[:_ID] in articles]
        self.entries = b"".join(entry for entry in all_of_them if entry[:_ID] not in articles)
        self._count()
        return b"".join(given)

    def _count(self) -> None:
        self.sources = len({self.entries[at : at + 4] for at in range(_ID, len(self.entries), _ENTRY)})


class Reason(NamedTuple):
    """`Because` of an event, before it is one."""

    method: Literal["opened", "similarity", "repeat", "editor"]
    score: float | None = None
    threshold: float | None = None
    shared: Sequence[tuple[str, float]] = ()
    nearest: UUID | None = None


BY_EDITOR = Reason("editor")


class Change(NamedTuple):
    """What an event says beside what is told of the story."""

    change: LifeChange
    sequence: int
    last: int
    terms: Sequence[tuple[str, float]] = ()
    joined: Sequence[bytes] = ()
    reason: Reason = BY_EDITOR
    by_editor: bool = False
    into: bytes | None = None
    split_from: bytes | None = None


def event_of(told: Told, language: str, change: Change) -> Story:
    """The event's data; `change.reason` is why each of the articles joined."""
    why = {**change.reason._asdict(), "shared": _weighed(change.reason.shared)}
    return Story.model_validate(
        {
            "id": UUID(bytes=told.id),
            "sequence": change.sequence,
            "change": change.change,
            "by": "editor" if change.by_editor else "wire",
            "language": language,
            "title": told.title if told.named is None else told.named,
            "title_from": UUID(bytes=told.title_from) if told.named is None else None,
            "articles": 0 if change.into else len(told.entries) // _ENTRY,
            "sources": 0 if change.into else told.sources,
            "opened": _moment(told.opened),
            "last": _moment(change.last),
            "joined": [{"article": UUID(bytes=article), "because": why} for article in change.joined],
            "into": UUID(bytes=change.into) if change.into else None,
            "split_from": UUID(bytes=change.split_from) if change.split_from else None,
            "terms": _weighed(change.terms),
        }
    )


def _weighed(terms: Sequence[tuple[str, float]]) -> list[dict[str, str | float]]:
    return [{"text": text, "weight": weight} for text, weight in terms]


def _moment(ms: int) -> datetime:
    return _BEGINNING + timedelta(milliseconds=ms)
