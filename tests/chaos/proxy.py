"""A way through to a server that can fail as networks do."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_BYTES = 65_536


class Proxy:
    """Hands on what comes at `port` to the server's port.

    Set `refusing`, `silent` (connections stand and nothing passes) or `delay_s` while it runs; `hang_up` breaks all
    connections, `cut` some of them in the middle of what they carry next.
    """

    def __init__(self, server_port: int, seed: int) -> None:
        self._server_port, self._chance = server_port, random.Random(seed)
        self._open: dict[asyncio.StreamWriter, asyncio.StreamWriter] = {}
        self._to_cut: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.refusing = self.silent = False
        self.delay_s = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.hang_up()

    def hang_up(self) -> None:
        for writer in [*self._open, *self._open.values()]:
            writer.transport.abort()

    def cut(self) -> None:
        for client, server in self._open.items():
            self._to_cut.add(self._chance.choice((client, server)))

    async def keep_cutting(self, lasts_s: float) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + lasts_s
        while loop.time() < ends:
            self.cut()
            await asyncio.sleep(0.25)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            writer.transport.abort()
            return
        self._open[writer] = to_server
        try:
            await asyncio.gather(self._pump(reader, to_server), self._pump(from_server, writer))
        finally:
            del self._open[writer]
            for one in (writer, to_server):
                self._to_cut.discard(one)
                one.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_BYTES):
                while self.silent:
                    await asyncio.sleep(0.05)
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if writer in self._to_cut:
                    writer.write(data[: self._chance.randrange(len(data))])
                    await writer.drain()
                    break
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
        # The other direction ends as well: half of a connection is of no use to anybody here.
        for client, server in list(self._open.items()):
            if writer in (client, server):
                client.transport.abort()
                server.transport.abort()
