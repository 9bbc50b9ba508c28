"""What stands on the two streams, as owners read it."""

from collections.abc import Iterable
from typing import NamedTuple

from services.contracts.enrichments import ArticleEnriched
from services.contracts.registry import StoryCommand, UnreadableEvent, read_event
from services.contracts.stories import StoryChanged
from services.contracts.streams import PAYLOAD
from services.enrich.stories.engine import UNKNOWN
from services.wire.entry_ids import EntryId, entry_id
from services.wire.messages import Entries

Told = ArticleEnriched | StoryChanged | StoryCommand

_FIELD = PAYLOAD.encode()


class Entry(NamedTuple):
    """`told` is what concerns stories, or why the entry cannot be read; None for the business of others."""

    id: EntryId
    payload: bytes
    told: Told | str | None

    @property
    def language(self) -> str | None:
        """That of the article, story or command."""
        if isinstance(self.told, ArticleEnriched):
            return self.told.data.language.code or UNKNOWN
        return None if self.told is None or isinstance(self.told, str) else self.told.data.language


def read(entries: Iterable[tuple[bytes, dict[bytes, bytes]]] | Entries) -> list[Entry]:
    return [_read(entry_id(id_), fields.get(_FIELD, b"")) for id_, fields in entries]


def _read(id_: EntryId, payload: bytes) -> Entry:
    try:
        event = read_event(payload)
    except UnreadableEvent as error:
        return Entry(id_, payload, str(error))
    return Entry(id_, payload, event if isinstance(event, Told) else None)
