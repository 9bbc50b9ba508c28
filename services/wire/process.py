"""Start and stop of a service's process: settings, log, signals, one clear line when it cannot run."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import uvloop
from pydantic import ValidationError

from services.wire.connection import BrokerUnreachable
from services.wire.settings import WireSettings

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
            shown = "…" if is_secret else repr(problem["input"])
            print(f"{name}={shown}: {problem['msg']}", file=sys.stderr)
        raise SystemExit(2) from None


def log_to_stderr(service: str, level: str) -> None:
    """One line a record, on stderr; libraries are heard from warnings on."""
    logging.basicConfig(
        level=logging.WARNING, format=f"%(asctime)s {service:<6} %(levelname)-7s %(message)s", stream=sys.stderr
    )
    logging.getLogger("services").setLevel(level)


def run(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run `main` until it returns; SIGINT and SIGTERM set the event that it is given.

    Ends the process with status 1 and one line on stderr when the broker cannot be reached.
    """
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_with_signals(main))
    except BrokerUnreachable as error:
        logging.getLogger(__name__).error("%s", error)
        raise SystemExit(1) from None


async def _with_signals(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await main(stop)
