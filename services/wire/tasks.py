"""Ending the long-running tasks of a service, for certain.

On Python 3.11 `asyncio.wait_for` swallows a cancellation that comes in the moment in which it is done, and redis-py
sends every command through it, so a task may live on after one `cancel()`. (Python 3.12 mended this.)
"""

import asyncio
from typing import Any

_AGAIN_AFTER_S = 0.2


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel the tasks until all are done, and raise what one of them had failed with before."""
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _done, pending = await asyncio.wait(pending, timeout=_AGAIN_AFTER_S)
    for task in tasks:
        if not task.cancelled() and (error := task.exception()):
            raise error
