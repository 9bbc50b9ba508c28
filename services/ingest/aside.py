"""Work that takes seconds where a document is huge."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

_MANY = 1_000
_R = TypeVar("_R")


async def aside(entries: int, work: Callable[[], _R]) -> _R:
    """What `work` returns. Over so many entries it is done in a thread: leases and other polls go on meanwhile."""
    return work() if entries < _MANY else await asyncio.to_thread(work)
