"""The connection below a request, for answers that write to thousands of connections at once.

What ASGI offers for writing is a chain of coroutines for each connection and each event. The live stream writes the
same bytes to all of them, so it writes to the transports; headers, replay and the last chunk go by ASGI.
"""

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LINE = "line"
"""Where a request's `scope["state"]` has its `Line`."""


class Line:
    """One connection. `on_lost` is called when it is gone, for whatever reason."""

    __slots__ = ("_transport", "lost", "on_lost")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.lost = False
        self.on_lost: Callable[[], None] | None = None

    @property
    def unsent(self) -> int:
        """Bytes that were written and that the system has not taken yet."""
        return self._transport.get_write_buffer_size()

    def write(self, chunk: bytes) -> None:
        """Write part of a body in chunked transfer coding, as `chunked` makes it. Never waits."""
        if not self._transport.is_closing():
            self._transport.write(chunk)

    def cut(self) -> None:
        """End the connection at once, whatever was not sent."""
        self._transport.abort()

    def lose(self) -> None:
        self.lost = True
        if self.on_lost is not None:
            self.on_lost()


def chunked(body: bytes) -> bytes:
    """RFC 9112, section 7.1. The body must not be empty, which would end the answer."""
    return b"%x\r\n%b\r\n" % (len(body), body)


class WithLine(HttpToolsProtocol):
    """uvicorn's protocol, which also gives each request the connection that it came by."""

    _line: Line

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        super().connection_made(transport)
        self._line = Line(transport)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"][LINE] = self._line

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._line.lose()
