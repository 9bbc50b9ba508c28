"""Start and stop of a service's process: settings, log, signals, one clear line when it cannot run."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import uvloop
from pydantic import ValidationError

from services.wire.broker_url import without_password
from services.wire.connection import BrokerUnreachable
from services.wire.settings import WireSettings
from services.wire.tasks import end

logger = logging.getLogger(__name__)

_TIDY_S = 3.0

Settings = TypeVar("Settings", bound=WireSettings)


def utc_now() -> datetime:
    """The clock of a running service. Anything that decides is given the time instead."""
    return datetime.now(UTC)


def read_settings(model: type[Settings]) -> Settings:
    """Settings from the environment. On a bad value the process ends with status 2 and a line that names it."""
    try:
        return model()
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            name = "DATELINE_" + "_".join(str(part) for part in problem["loc"]).upper()
            is_secret = "SecretStr" in str(model.model_fields[str(problem["loc"][0])].annotation)
            shown = "…" if is_secret else without_password(repr(problem["input"]))
            print(f"{name}={shown}: {problem['msg']}", file=sys.stderr)
        raise SystemExit(2) from None


def log_to_stderr(service: str, level: str) -> None:
    """One line a record, on stderr; libraries are heard from warnings on."""
    logging.basicConfig(
        level=logging.WARNING, format=f"%(asctime)s {service:<6} %(levelname)-7s %(message)s", stream=sys.stderr
    )
    logging.getLogger("services").setLevel(level)


def run(main: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """Run `main` until it returns; SIGINT and SIGTERM set the event that it is given. A signal that comes before `main`
    first waits for that event finds it starting, and ends it at once.

    Ends the process with status 1 and one line on stderr when the broker cannot be reached.
    """
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_with_signals(main))
    except BrokerUnreachable as error:
        logger.error("%s", error)
        raise SystemExit(1) from None


async def _with_signals(main: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    stop = _Stop()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    running, told = asyncio.create_task(main(stop)), asyncio.create_task(stop.wait_beside())
    try:
        await asyncio.wait((running, told), return_when=asyncio.FIRST_COMPLETED)
        if not running.done() and not stop.is_heeded:
            logger.info("told to stop before it had started")
            running.cancel()
            await asyncio.wait((running,), timeout=_TIDY_S)
            await end(running)
            return
        await running
    finally:
        await end(told)


def wait_for_end_of_stdin() -> None:
    """For a child, in a thread: returns when whoever began it is gone, or wants it gone."""
    while os.read(0, 1024):  # a reader of Python's own would hold its lock when the process ends
        pass


class _Stop(asyncio.Event):
    """Knows whether the service has come so far as to wait for it. A start may take minutes where the broker is out of
    order, and asks nobody."""

    is_heeded = False

    async def wait(self) -> Literal[True]:
        self.is_heeded = True
        return await super().wait()

    async def wait_beside(self) -> None:
        await super().wait()
