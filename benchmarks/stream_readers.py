"""Thousands of readers of the live stream in one process: raw connections, as cheap as a client can be.

`benchmarks.stream` runs it: `python -m benchmarks.stream_readers PORT COUNT PATH`. It says `ready` when all are
greeted, reads until its input ends, and prints what came as JSON.
"""

import asyncio
import json
import re
import sys
import time
from array import array
from collections import Counter, defaultdict
from typing import cast

import uvloop

_MARK = re.compile(rb'"title":"Made up (\d+) at (\d+)"')
_LONGEST_MARK = 64
_PORTS_OF_AN_ADDRESS = 20_000
"""Loopback has many addresses, and each of them its own ports."""
_AT_ONCE = 200


class Readers:
    """What all of them heard. `delays` are seconds by the number of the article."""

    def __init__(self) -> None:
        self.delays: defaultdict[int, array[float]] = defaultdict(lambda: array("d"))
        self.heard: Counter[int] = Counter()
        self.greeted = 0
        self.lost = 0


class Reader(asyncio.Protocol):
    """One connection. `number` is its own."""

    __slots__ = ("_greeted", "_number", "_readers", "_request", "_tail")

    def __init__(self, readers: Readers, number: int, request: bytes) -> None:
        self._readers, self._number, self._request = readers, number, request
        self._tail, self._greeted = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        readers = self._readers
        if not self._greeted and b" 200 OK" in data:
            self._greeted = True
            readers.greeted += 1
        if self._tail:
            data = self._tail + data
        end = 0
        for found in _MARK.finditer(data):
            end = found.end()
            readers.delays[int(found[1])].append((now - int(found[2])) / 1e9)
            readers.heard[self._number] += 1
        self._tail = b"" if data.endswith(b"\r\n") else data[max(end, len(data) - _LONGEST_MARK) :]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._readers.lost += 1


async def read(port: int, count: int, path: str) -> None:
    loop, readers = asyncio.get_running_loop(), Readers()
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    def connect(number: int) -> "asyncio.Future[object]":
        source = (f"127.0.0.{1 + number // _PORTS_OF_AN_ADDRESS}", 0)
        opening = loop.create_connection(lambda: Reader(readers, number, request), "127.0.0.1", port, local_addr=source)
        return asyncio.ensure_future(opening)

    connections = []
    for first in range(0, count, _AT_ONCE):
        several = range(first, min(first + _AT_ONCE, count))
        connections += await asyncio.gather(*(connect(number) for number in several))
    async with asyncio.timeout(60):
        while readers.greeted < count:
            await asyncio.sleep(0.05)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    every = [delay for delays in readers.delays.values() for delay in delays]
    outcome = {
        "every": percentiles(every),
        "last": percentiles([max(delays) for delays in readers.delays.values()]),
        "least": min((readers.heard[number] for number in range(count)), default=0),
        "most": max((readers.heard[number] for number in range(count)), default=0),
        "lost": readers.lost,
    }
    print(json.dumps(outcome), flush=True)


def percentiles(values: list[float]) -> dict[str, float]:
    """Nearest rank: the half, the 99th, and the worst."""
    ordered = sorted(values) or [float("nan")]
    last = len(ordered) - 1
    return {"p50": ordered[last // 2], "p99": ordered[min(last, int(len(ordered) * 0.99))], "worst": ordered[last]}


def main() -> None:
    port, count, path = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(read(int(port), int(count), path))


if __name__ == "__main__":
    main()
