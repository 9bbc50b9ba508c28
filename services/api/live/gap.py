"""What a reader is told who has been away for longer than the journal reaches."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from services.api.live.wanted import Wanted
from services.api.readmodel.documents import Json
from services.api.readmodel.horizon import Horizon, beyond
from services.api.readmodel.position import EntryId, Position
from services.contracts.base import Instant

_CLOCKS = timedelta(minutes=5)
"""Redis numbers its entries by its own clock, and an article is applied some time after it was appended."""


class GapDocument(BaseModel):
    """The data of a `gap` event: what was between can no longer be told, but its outcome can be read."""

    after: str = Field(description="Where the reader was.")
    until: str = Field(description="From here on nothing is missing.")
    changed_since: Instant = Field(description="What changed in the gap changed after this.")
    page: str = Field(description="Where to read all articles that changed since.")
    feeds: str = Field(default="/v1/feeds", description="Where to read the state of every feed.")


@dataclass(frozen=True, slots=True)
class Gap:
    after: Position
    until: Position
    changed_since: datetime

    @classmethod
    def of(cls, reader: Position, horizon: Horizon, wanted: Wanted) -> "Gap":
        """For a reader who is before the horizon, in at least one stream."""
        passed = beyond(horizon, reader, wanted.streams()) or list(horizon)
        until = reader
        for stream, edge in horizon.items():
            until = until.reach(stream, edge.entry)
        first = min((reader[stream] for stream in passed), default=EntryId())
        since = datetime.fromtimestamp(first.ms // 1000, UTC) if first.ms else datetime.fromtimestamp(0, UTC)
        return cls(reader, until, max(since - _CLOCKS, datetime.fromtimestamp(0, UTC)))

    def document(self) -> Json:
        since = self.changed_since.isoformat().replace("+00:00", "Z")
        return Json(
            GapDocument(
                after=str(self.after),
                until=str(self.until),
                changed_since=self.changed_since,
                page=f"/v1/headlines?{urlencode({'changed_since': since})}",
            ).model_dump_json()
        )
