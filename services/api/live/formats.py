"""The two forms of the live stream: server-sent events, and one JSON document a line.

Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html. What is a comment or a bare id
there is an event `position` here, so that every line is a document with an event and an id.
"""

from typing import Protocol

from services.api.readmodel.documents import Json
from services.api.readmodel.position import Position

RETRY_MS = 2_000


class Format(Protocol):
    """How events are written. JSON text has no line breaks outside its escapes, so one line holds a document."""

    media_type: str

    def told(self, position: Position, event: str, document: Json) -> bytes:
        """An event, after which its reader is at `position`."""

    def greeting(self, position: Position) -> bytes:
        """Tells a reader at once where it is, so that it can resume even if it never gets an event."""

    def still_here(self, position: Position) -> bytes:
        """Keeps a silent connection open, and moves a reader on past what it does not want."""


class ServerSentEvents:
    media_type = "text/event-stream"

    def told(self, position: Position, event: str, document: Json) -> bytes:
        return f"id: {position}\nevent: {event}\ndata: {document}\n\n".encode()

    def greeting(self, position: Position) -> bytes:
        return f"retry: {RETRY_MS}\nid: {position}\n\n".encode()

    def still_here(self, position: Position) -> bytes:
        return f": still here\nid: {position}\n\n".encode()


class JsonLines:
    media_type = "application/x-ndjson"

    def told(self, position: Position, event: str, document: Json) -> bytes:
        return f'{{"id":"{position}","event":"{event}","data":{document}}}\n'.encode()

    def greeting(self, position: Position) -> bytes:
        return self.still_here(position)

    def still_here(self, position: Position) -> bytes:
        return f'{{"id":"{position}","event":"position","data":null}}\n'.encode()


SERVER_SENT_EVENTS: Format = ServerSentEvents()
JSON_LINES: Format = JsonLines()
