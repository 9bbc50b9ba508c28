"""A real HTTP server whose answers a test writes byte by byte."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Asked:
    """A request as the server got it. Header names are in lower case; `at` is monotonic."""

    path: str
    headers: Mapping[str, str]
    at: float = field(default_factory=time.monotonic)


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> Answer:
    """A well-behaved answer; `Content_Type="…"` is a header."""

    async def write(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return write


def raw(content: bytes, *, then_stall: bool = False) -> Answer:
    """Exactly these bytes, then the end of the connection, or silence."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(content)
        await writer.drain()
        if then_stall:
            await asyncio.Event().wait()

    return write


@dataclass
class FeedServer:
    """Serves `pages` (by path) on loopback. An answer may be changed at any time."""

    url: str = ""
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def count(self, path: str) -> int:
        return sum(request.path == path for request in self.asked)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in head[1:] if line)
            request = Asked(head[0].split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs})
            self.asked.append(request)
            await self.pages.get(request.path, answer(b"nothing here", "404 Not Found"))(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def feed_server() -> AsyncIterator[FeedServer]:
    pages = FeedServer()
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            connections.add(task)
            task.add_done_callback(connections.discard)
        try:
            await pages.serve(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    pages.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield pages
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
