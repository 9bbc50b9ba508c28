"""A real HTTP server that webhooks are sent to, which answers as a test pleases and keeps what came."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Came:
    """A request as it came. Header names are in lower case; `at` is the loop's time."""

    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def what(self) -> str:
        """Such as `article 7`: what happened to the article of which number."""
        kind = self.event["type"].split(".")[2]
        return f"{kind} {self.event['data'].get('title', '').removeprefix('Article ')}".strip()


@dataclass
class Receiver:
    """`answer` gives the status, with headers where there are some, for what came; None is silence."""

    url: str = ""
    came: list[Came] = field(default_factory=list)
    answer: Callable[[Came], str | None] = lambda _came: "200 OK"

    @property
    def what(self) -> list[str]:
        return [came.what for came in self.came]

    @property
    def once(self) -> list[str]:
        """What came, by the ids that the sender gave, without what came again."""
        return list({came.headers["webhook-id"]: came.what for came in self.came}.values())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            body = await reader.readexactly(int(headers["content-length"]))
            came = Came(headers, body, asyncio.get_running_loop().time())
            self.came.append(came)
            said = self.answer(came)
            if said is None:
                await reader.read()  # until the sender gives up
            else:
                writer.write(f"HTTP/1.1 {said}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiver(port: int = 0) -> AsyncIterator[Receiver]:
    here = Receiver()
    server = await asyncio.start_server(here.serve, "127.0.0.1", port)
    here.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield here
    finally:
        server.close()
