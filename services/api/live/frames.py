"""Server-sent events as bytes (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from dataclasses import dataclass

from services.api.readmodel.changes import Change
from services.api.readmodel.position import Position

RETRY_MS = 2_000


@dataclass(frozen=True, slots=True)
class Frame:
    """A change, encoded once for all who get it. `name_and_data` lacks the id, `whole` has it."""

    change: Change
    name_and_data: bytes
    whole: bytes


def frame(change: Change) -> Frame:
    # JSON text has no line breaks outside its escapes, so one data line holds it.
    name_and_data = f"event: {change.kind}\ndata: {change.document}\n\n".encode()
    return Frame(change, name_and_data, _id(change.position) + name_and_data)


def as_read_at(encoded: Frame, position: Position) -> bytes:
    """The frame for a reader who is at `position` after it. That is nearly always the frame's own."""
    if position == encoded.change.position:
        return encoded.whole
    return _id(position) + encoded.name_and_data


def greeting(position: Position) -> bytes:
    """Tells a reader at once where it is, so that it can resume even if it never gets an event."""
    return b"retry: %d\n" % RETRY_MS + _id(position) + b"\n"


def comment(text: str) -> bytes:
    return f": {text}\n\n".encode()


def _id(position: Position) -> bytes:
    return f"id: {position}\n".encode()
