"""What `/v1/health` says of the streams: how full they are, who reads them, and who does not."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field

from services.wire.group_notes import Of
from services.wire.keeping import Keeping
from services.wire.moments import moment_of
from services.wire.pressure import room_of
from services.wire.retention import alarm
from services.wire.silence import Note, State
from services.wire.standing import GroupAt, Look, StreamAt
from services.wire.trimming import said


class GroupHealth(BaseModel):
    """A group of readers. `unread`: how many events it was never given (about); `pending`: given and not acknowledged.
    Where nobody reads it, `since` when, and how many bytes of memory it holds back; an expired one holds nothing back.
    `lost`: events that it had not settled and that were dropped while it was expired."""

    name: str
    state: State = "reading"
    unread: int = 0
    pending: int = 0
    since: datetime | None = None
    holds_bytes: int | None = None
    lost: int = 0


class StreamHealth(BaseModel):
    """A stream. `bytes` is about how much memory it takes; `dropped_early` counts events that every group had settled
    and that went before `DATELINE_RETAIN_DAYS`, for want of room."""

    name: str
    entries: int
    bytes: int
    dropped_early: int = 0
    groups: list[GroupHealth] = []


class BrokerHealth(BaseModel):
    """The memory of Redis: what it uses, what it may use, and what of that the streams take and may take, in bytes."""

    used: int
    most: int
    streams_used: int
    streams_most: int
    streams: list[StreamHealth] = Field(default=[])


def broker_health(look: Look, notes: Mapping[Of, Note], early: Mapping[str, int], keeping: Keeping) -> BrokerHealth:
    return BrokerHealth(
        used=look.memory.used,
        most=look.memory.most,
        streams_used=look.size,
        streams_most=room_of(look, keeping.most_bytes),
        streams=[
            StreamHealth(
                name=stream.name,
                entries=stream.entries,
                bytes=stream.size,
                dropped_early=early.get(stream.name, 0),
                groups=[_group(stream, group, notes.get((stream.name, group.name))) for group in stream.groups],
            )
            for stream in look.streams
        ],
    )


def broker_checks(look: Look, notes: Mapping[Of, Note], keeping: Keeping) -> dict[str, str]:
    """`ok`, or what the operator should know, of the room for streams and of groups that nobody reads."""
    unread = []
    for stream, group in look.groups():
        note = notes.get((stream.name, group.name))
        if note and (note.state != "reading" or note.lost):
            unread.append(said(stream, group, note, keeping.expires, returned=bool(note.lost)))
    return {"room": alarm(look, keeping.most_bytes) or "ok", "groups": "; ".join(unread) or "ok"}


def _group(stream: StreamAt, group: GroupAt, note: Note | None) -> GroupHealth:
    health = GroupHealth(name=group.name, unread=group.unread, pending=group.pending)
    if note:
        health.state, health.lost = note.state, note.lost
        if note.state != "reading":
            health.since = moment_of(note.since_ms)
            health.holds_bytes = stream.weight(group.unsettled) if note.state == "silent" else 0
    return health
