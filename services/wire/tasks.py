"""Ending the long-running tasks of a service."""

import asyncio
from typing import Any

_ASK_AGAIN_S = 0.5


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel the tasks and wait until all have ended, whatever they ended with.

    Asks again for as long as one goes on: a cancellation that meets an answer or a time-out at the same moment may be
    swallowed by the library that waited for it, and a service that never stops is killed in the middle of its work.
    """
    open_ = {task for task in tasks if not task.done()}
    while open_:
        for task in open_:
            task.cancel()
        _done, open_ = await asyncio.wait(open_, timeout=_ASK_AGAIN_S)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # marks it as seen
