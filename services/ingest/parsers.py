"""Parsing in child processes: a feed that makes the parser slow, huge or crash costs one child, not the service.

Parsing takes most of ingest's time, and feedparser and HTML have inputs on which time grows with the square of size. A
thread could neither be stopped nor keep the event loop free.
"""

import asyncio
import os
import sys
from contextlib import suppress
from types import TracebackType
from typing import Self
from zlib import crc32

from services.ingest.outcomes import Fetched
from services.ingest.parse import NotAFeed, ParsedFeed
from services.ingest.parse.worker import ANSWER, LENGTH_BYTES, Refusal, Request, framed

_COMMAND = (sys.executable, "-m", "services.ingest.parse.worker")
_MOST = 4
_BUFFER = 2**20


class Parsers:
    """Up to `count` children, started when needed and ended with the context. `limit_s` bounds each parse."""

    def __init__(self, *, limit_s: float = 20.0, count: int | None = None) -> None:
        self._limit_s = limit_s
        self._count = count or min(os.cpu_count() or 1, _MOST)
        self._idle: dict[int, asyncio.subprocess.Process | None] = dict.fromkeys(range(self._count))
        self._places = asyncio.Semaphore(self._count)
        self._children: set[asyncio.subprocess.Process] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all children."""
        for child in list(self._children):
            await self._end(child)

    async def parse(self, fetched: Fetched) -> ParsedFeed:
        """Raises `NotAFeed`, also for what takes too long or crashes the parser."""
        async with self._places:
            usual = crc32(fetched.url.encode()) % self._count  # that one knows the feed's entries
            place = usual if usual in self._idle else next(iter(self._idle))
            answer = await self._parse(fetched, place)
        parsed = ANSWER.validate_json(answer)
        if isinstance(parsed, Refusal):
            raise NotAFeed(parsed.reason)
        return parsed

    async def _parse(self, fetched: Fetched, place: int) -> bytes:
        child = self._idle.pop(place)
        usable: asyncio.subprocess.Process | None = None
        try:
            child = child or await self._start()
            async with asyncio.timeout(self._limit_s):
                answer = await self._ask(child, fetched)
            usable = child
        except TimeoutError:
            raise NotAFeed(f"this is so intricate that it cannot be read in {self._limit_s:g} s") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise NotAFeed("this makes the parser crash or run out of memory") from None
        finally:
            self._idle[place] = usable
            if child and not usable:
                await self._end(child)
        return answer

    async def _ask(self, child: asyncio.subprocess.Process, fetched: Fetched) -> bytes:
        if child.stdin is None or child.stdout is None:
            raise ConnectionError("the child has no pipes")
        limit_s = self._limit_s + 1  # when it is asked to end itself, this process should have done so
        request = Request(url=fetched.url, content_type=fetched.content_type, limit_s=limit_s)
        child.stdin.write(framed(request.model_dump_json().encode()))
        child.stdin.write(framed(fetched.body))
        await child.stdin.drain()
        length = await child.stdout.readexactly(LENGTH_BYTES)
        return await child.stdout.readexactly(int.from_bytes(length, "big"))

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe, limit=_BUFFER)
        self._children.add(child)
        return child

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        self._children.discard(child)
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
