"""A task that is told to end ends, even if a library swallows the first cancellation."""

import asyncio

import pytest

from services.wire.tasks import end

pytestmark = pytest.mark.anyio


async def test_waits_until_a_task_has_cleaned_up() -> None:
    cleaned = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.set()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    await end(task)
    assert cleaned.is_set()


async def test_asks_again_when_a_cancellation_was_swallowed() -> None:
    swallowed = 0

    async def work() -> None:
        nonlocal swallowed
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            swallowed += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    await end(task)
    assert swallowed == 1
    assert task.cancelled()


async def test_what_a_task_failed_with_is_not_lost() -> None:
    async def work() -> None:
        raise RuntimeError("broken")

    task = asyncio.create_task(work())
    await asyncio.wait({task})
    with pytest.raises(RuntimeError, match="broken"):
        await end(task)


async def test_no_tasks_are_ended_at_once() -> None:
    await end()
