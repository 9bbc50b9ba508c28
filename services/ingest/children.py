"""Work in child processes: what makes it slow, huge or crash costs one child, not the service.

A thread could neither be stopped nor keep the event loop free. A child reads requests from stdin and answers on stdout
until stdin ends. A request is a JSON document and then a body as it is, an answer a JSON document, each after its
length (4 bytes, big-endian).
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, Self
from zlib import crc32

from services.wire.allotment import GIB, allot

_LENGTH_BYTES = 4
_MOST = 4
_BUFFER = 2**20
_BUSY, _STARTED_S = 15, 10.0
"""An answer may take so many times as long as it may compute, since others need the processors too; and a start."""
_ENDED_S = 5.0
_BY_ITS_ALARM = -int(getattr(signal, "SIGPROF", 0))
_MEMORY = 2 * GIB


class ChildFailed(Exception):
    """No answer. The message says what the body did to the child."""


class Children:
    """Up to `count` processes of `python -m module`, started when needed and ended with the context. `limit_s` bounds
    what each request may take of a processor's time: how busy the machine is must not decide what can be read."""

    def __init__(self, module: str, *, limit_s: float, count: int | None = None) -> None:
        self._limit_s, self._patience_s = limit_s, _BUSY * limit_s + _STARTED_S
        self._command = (sys.executable, "-m", module, str(limit_s), str(self._patience_s + 1))
        self._count = count or min(os.cpu_count() or 1, _MOST)
        self._idle: dict[int, asyncio.subprocess.Process | None] = dict.fromkeys(range(self._count))
        self._places = asyncio.Semaphore(self._count)
        self.running: set[asyncio.subprocess.Process] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all children."""
        for child in list(self.running):
            await self._end(child)

    async def ask(self, document: bytes, body: bytes, *, subject: str) -> bytes:
        """Raises `ChildFailed`. Requests with one `subject` go to the same child, which may remember it, unless that
        one is busy."""
        async with self._places:
            usual = crc32(subject.encode("utf-8", "replace")) % self._count
            return await self._ask(document, body, usual if usual in self._idle else next(iter(self._idle)))

    async def _ask(self, document: bytes, body: bytes, place: int) -> bytes:
        """Where the child ended it is asked of another one as well: somebody may have killed it, now or long ago."""
        child = self._idle.pop(place)
        usable: asyncio.subprocess.Process | None = None
        try:
            for _try in range(2):
                child = child or await self._start()
                try:
                    async with asyncio.timeout(self._patience_s):
                        answer = await _exchange(child, document, body)
                except (asyncio.IncompleteReadError, ConnectionError):
                    with suppress(TimeoutError):  # to send a signal to one that has ended would lose its status
                        await asyncio.wait_for(child.wait(), _ENDED_S)
                    await self._end(child)
                    if child.returncode == _BY_ITS_ALARM:
                        raise ChildFailed(
                            f"is so intricate that it cannot be read in {self._limit_s:g} s of computing"
                        ) from None
                    child = None
                else:
                    usable = child
                    return answer
        except TimeoutError:
            raise ChildFailed(f"was not read in {self._patience_s:g} s by a machine that is too busy") from None
        finally:
            self._idle[place] = usable
            if child and not usable:
                await self._end(child)
        raise ChildFailed("makes the parser crash or run out of memory")

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe, limit=_BUFFER)
        self.running.add(child)
        return child

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        self.running.discard(child)
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _exchange(child: asyncio.subprocess.Process, document: bytes, body: bytes) -> bytes:
    if child.stdin is None or child.stdout is None:
        raise ConnectionError("the child has no pipes")
    try:
        child.stdin.write(_framed(document))
        child.stdin.write(_framed(body))
        await child.stdin.drain()
    except RuntimeError as error:  # what uvloop says of a pipe that was closed at the other end
        raise ConnectionError("the child has ended") from error
    length = await child.stdout.readexactly(_LENGTH_BYTES)
    return await child.stdout.readexactly(int.from_bytes(length, "big"))


def _framed(document: bytes) -> bytes:
    return len(document).to_bytes(_LENGTH_BYTES, "big") + document


def _read_framed(stream: BinaryIO) -> bytes:
    """Empty at the stream's end."""
    return stream.read(int.from_bytes(stream.read(_LENGTH_BYTES), "big"))


def answer_requests(answer: Callable[[bytes, bytes], bytes]) -> None:
    """What a child does: `answer` documents with their bodies until stdin ends.

    A request that takes more than it may of the processor ends the process by its own alarm; so does one that takes
    too long in all where the parent, which would have ended it a second before, is dead.
    """
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # either may be sent to the whole group; the parent decides when to end
    allot(_MEMORY)
    limit_s, patience_s = map(float, sys.argv[1:3])
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    with suppress(BrokenPipeError):  # nobody waits for the answer any more
        while document := _read_framed(requests):
            body = _read_framed(requests)
            _set_alarms(limit_s, patience_s)
            found = answer(document, body)
            _set_alarms(0, 0)
            answers.write(_framed(found))
            answers.flush()


def _set_alarms(computing_s: float, after_s: float) -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, computing_s)
        signal.setitimer(signal.ITIMER_REAL, after_s)
