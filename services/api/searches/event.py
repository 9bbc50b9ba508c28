"""What a webhook is sent: a CloudEvents 1.0 document whose data is what the live stream tells."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from services.api.live.gap import Gap
from services.api.readmodel.changes import Change
from services.api.readmodel.documents import Json
from services.api.readmodel.position import Position

MEDIA_TYPE = "application/cloudevents+json"


@dataclass(frozen=True, slots=True)
class Event:
    """`position` is where its receiver is after it. The same fact has the same id, however often it is told."""

    id: UUID
    type: str
    subject: str | None
    position: str
    body: str


def event_of(search: UUID, change: Change, position: Position) -> Event:
    subject = str(json.loads(change.document)["id"])
    told = uuid5(search, f"{change.kind} {subject} {change.stream.name} {change.at}")
    time = datetime.fromtimestamp(change.at.ms / 1000, UTC)
    return _event(search, told, change.kind, subject, time, position, change.document)


def gap_of(search: UUID, gap: Gap) -> Event:
    """That what was between can no longer be told."""
    told = uuid5(search, f"gap {gap.after} {gap.until}")
    return _event(search, told, "gap", None, gap.changed_since, gap.until, gap.document())


def _event(
    search: UUID, told: UUID, kind: str, subject: str | None, time: datetime, position: Position, data: Json
) -> Event:
    head = {
        "specversion": "1.0",
        "id": str(told),
        "source": f"/v1/searches/{search}",
        "type": f"dateline.search.{kind}.v1",
        "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "position": str(position),
    }
    if subject is not None:
        head["subject"] = subject
    body = f'{json.dumps(head, separators=(",", ":"))[:-1]},"data":{data}}}'
    return Event(told, head["type"], subject, str(position), body)
