"""How far a language has come on the two streams that its stories follow from."""

from typing import NamedTuple, Self

from services.wire.entry_ids import EntryId, entry_id, written

BEGINNING: EntryId = (0, 0)
_MOST = 2**64 - 1


class Reached(NamedTuple):
    """The last entries that were dealt with: `position` on the stream of enrichments, `cursor` on that of commands."""

    position: EntryId = BEGINNING
    cursor: EntryId = BEGINNING

    def __str__(self) -> str:
        return f"{written(self.position)} {written(self.cursor)}"

    @classmethod
    def read(cls, text: str) -> Self:
        position, cursor = text.split(" ")
        return cls(entry_id(position), entry_id(cursor))


def before(entry: EntryId) -> EntryId:
    """The greatest id below this one."""
    ms, number = entry
    return (ms, number - 1) if number else (ms - 1, _MOST)
