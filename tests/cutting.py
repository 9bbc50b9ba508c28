"""A way through to a server that breaks: it cuts the live stream off in the middle, on purpose."""

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_BYTES = 65_536


class Cutter:
    """Hands on what comes at `url` to a server; each of the first `cuts` streams is broken off after some bytes.

    How many is drawn anew for each, so that headers, events and heartbeats are all cut through at some time; `inside`
    counts those that were broken off in the middle of an event.
    Threads, so that it serves tests with an event loop and tests without.
    """

    def __init__(self, server_port: int, cuts: int, bounds: tuple[int, int]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cut = self.inside = 0
        self._server_port, self._cuts = server_port, cuts
        self._bounds, self._chance = bounds, random.Random(cuts)
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        self._run(self._accept)

    def stop(self) -> None:
        for one in (self._listener, *self._open):
            _hang_up(one)
        for thread in self._threads:
            thread.join(5)
        for one in (self._listener, *self._open):
            one.close()

    def _run(self, work: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=work, args=given, name="cutter")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._open += [client, server]
                self._run(self._serve, client, server)

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        allowed: list[int] = []
        self._run(self._ask, client, server, allowed)
        with suppress(OSError):
            while chunk := server.recv(min([_BYTES, *allowed])):
                client.sendall(chunk)
                if allowed:
                    allowed[0] -= len(chunk)
                    if allowed[0] <= 0:
                        self.cut += 1
                        self.inside += not chunk.endswith((b"\n", b"\r"))
                        break
        _hang_up(client)
        _hang_up(server)

    def _ask(self, client: socket.socket, server: socket.socket, allowed: list[int]) -> None:
        """Hand on the requests of a connection; a stream is allowed only so many bytes from then on."""
        with suppress(OSError):
            while chunk := client.recv(_BYTES):
                if b" /v1/stream" in chunk and self.cut < self._cuts:
                    allowed.append(self._chance.randint(*self._bounds))
                server.sendall(chunk)
        _hang_up(server)


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting(server_port: int, cuts: int, at_least: int = 1_500, at_most: int = 8_000) -> Iterator[Cutter]:
    cutter = Cutter(server_port, cuts, (at_least, at_most))
    cutter.start()
    try:
        yield cutter
    finally:
        cutter.stop()
