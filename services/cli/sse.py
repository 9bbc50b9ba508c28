"""Reading Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One event. `id` is the last one seen on the stream, also when this event brought none."""

    event: str
    data: str
    id: str | None


async def messages(lines: AsyncIterator[str], last_id: str | None = None) -> AsyncIterator[Message]:
    """Events from the stream's lines (without line ends). One that the stream breaks off in is not given."""
    event, data = "message", list[str]()
    async for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if line == "":
            if data:
                yield Message(event, "\n".join(data), last_id)
            event, data = "message", []
        elif name == "event":
            event = value
        elif name == "data":
            data.append(value)
        elif name == "id" and "\0" not in value:
            last_id = value or None
