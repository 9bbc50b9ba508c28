"""Keeps the process of an owner of stories running, and knows what it last said of itself."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.contracts.streams import StreamNames
from services.enrich.story_owner.keys import GROUP, Keys
from services.wire.settings import WireSettings
from services.wire.tasks import end

logger = logging.getLogger(__name__)

_AGAIN_S = 5.0
"""It is started no more often than that."""
_LEAVE_S = 7.0
_FRESH_S = 10.0
_COMMAND = (sys.executable, "-m", "services.enrich.story_owner")


class Keeper:
    """Runs it while entered as a context, and lets it leave in order."""

    def __init__(self, settings: WireSettings, streams: StreamNames) -> None:
        told = {"redis_url": settings.redis_url.secret, "prefix": streams.prefix, "log_level": settings.log_level}
        self._told = json.dumps(told).encode() + b"\n"
        self._account: Mapping[str, Any] = {}
        self._child: asyncio.subprocess.Process | None = None

    @property
    def account(self) -> Mapping[str, Any]:
        """The owner's process id, and of each language that it owns how many stories it holds and how far behind the
        stream it is (s). Nothing where it did not say so lately."""
        return self._account if time.time() - self._account.get("at", 0.0) < _FRESH_S else {}

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run(), name="stories")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await end(self._running)
        finally:
            if self._child:
                await _end(self._child)

    async def _run(self) -> None:
        while True:
            began, pipe = time.monotonic(), asyncio.subprocess.PIPE
            self._child = child = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe)
            await self._listen(child)
            await child.wait()
            logger.error("the process that finds stories ended with status %s; it is started again", child.returncode)
            await asyncio.sleep(max(0.0, began + _AGAIN_S - time.monotonic()))

    async def _listen(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(self._told)
            await child.stdin.drain()
        except (ConnectionError, RuntimeError):  # it has ended; the latter is what uvloop says of a closed pipe
            return
        while line := await child.stdout.readline():
            self._account = json.loads(line)


async def forget_group(redis: Redis, streams: StreamNames) -> None:
    """Where stories are switched off nothing must be kept for them on the streams."""
    for stream in (streams.enrichments, streams.commands):
        with suppress(ResponseError):  # there is no such stream
            await redis.xgroup_destroy(stream, GROUP)
    await redis.delete(Keys(streams).began)


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        async with asyncio.timeout(_LEAVE_S):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
