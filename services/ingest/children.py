"""Work in child processes: what makes it slow, huge or crash costs one child, not the service.

A thread could neither be stopped nor keep the event loop free. A child reads requests from stdin and answers on stdout,
each after its length (4 bytes, big-endian), until stdin ends.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, Self

LENGTH_BYTES = 4
_MOST = 4


class ChildFailed(Exception):
    """No answer. The message says what the request did to the child."""


class Children:
    """Up to `count` processes of `python -m module`, started when needed and ended with the context. `limit_s` bounds
    each request."""

    def __init__(self, module: str, *, limit_s: float, count: int | None = None) -> None:
        self.limit_s = limit_s
        self._command = (sys.executable, "-m", module)
        self._idle: asyncio.LifoQueue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        for _ in range(count or min(os.cpu_count() or 1, _MOST)):
            self._idle.put_nowait(None)
        self._running: set[asyncio.subprocess.Process] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in list(self._running):
            await self._end(child)

    async def ask(self, request: bytes) -> bytes:
        """Raises `ChildFailed`."""
        child = await self._idle.get()
        usable: asyncio.subprocess.Process | None = None
        try:
            child = child or await self._start()
            async with asyncio.timeout(self.limit_s):
                answer = await _exchange(child, request)
            usable = child
        except TimeoutError:
            raise ChildFailed(f"it is so intricate that it cannot be read in {self.limit_s:g} s") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise ChildFailed("it makes the reader crash or run out of memory") from None
        finally:
            if child and not usable:
                await self._end(child)
            self._idle.put_nowait(usable)
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe)
        self._running.add(child)
        return child

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        self._running.discard(child)
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _exchange(child: asyncio.subprocess.Process, request: bytes) -> bytes:
    if child.stdin is None or child.stdout is None:
        raise ConnectionError("the child has no pipes")
    child.stdin.write(framed(request))
    await child.stdin.drain()
    length = await child.stdout.readexactly(LENGTH_BYTES)
    return await child.stdout.readexactly(int.from_bytes(length, "big"))


def framed(document: bytes) -> bytes:
    return len(document).to_bytes(LENGTH_BYTES, "big") + document


def answer_requests(requests: BinaryIO, answers: BinaryIO, answer: Callable[[bytes], bytes], limit_s: float) -> None:
    """What a child does until `requests` ends. A request that takes longer than `limit_s` ends the process: it is
    killed by its own alarm even where its parent is dead."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # either may be sent to the whole group; the parent decides when to end
    has_alarm = hasattr(signal, "setitimer")
    while len(length := requests.read(LENGTH_BYTES)) == LENGTH_BYTES:
        request = requests.read(int.from_bytes(length, "big"))
        if has_alarm:
            signal.setitimer(signal.ITIMER_REAL, limit_s)
        found = answer(request)
        if has_alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(framed(found))
        answers.flush()
