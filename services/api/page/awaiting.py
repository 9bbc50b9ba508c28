"""Waiting for what was asked of ingest, so that the next page can already show it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

_PATIENCE_S, _PAUSE_S = 3.0, 0.05

State = TypeVar("State")


async def until(read: Callable[[], Awaitable[State]], wanted: Callable[[State], bool]) -> bool:
    """Whether it came to be within three seconds. Ingest may be busy, or away: then it comes later."""
    for _ in range(round(_PATIENCE_S / _PAUSE_S)):
        if wanted(await read()):
            return True
        await asyncio.sleep(_PAUSE_S)
    return False
