"""Start everything, say where to look, end everything: on a signal, or because one of them ended."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from services.cli.embedded.child import Child, Write, stop_all
from services.cli.embedded.plan import Plan, Program
from services.cli.trouble import Trouble

_SERVICES_END_WITHIN_S = 6.0
_SERVER_ENDS_WITHIN_S = 3.0
_REMIND_S = 10.0
_ASK_S = 0.05
_FIRST_ARTICLE_WITHIN_S = 5.0


class Run:
    """`server` (if it is ours) ends after all of `services`, which still write to it while they stop."""

    def __init__(self, plan: Plan, server: Program | None, services: tuple[Program, ...], write: Write) -> None:
        self._plan, self._server, self._programs, self._write = plan, server, services, write
        self._stop, self._hurry = asyncio.Event(), asyncio.Event()

    async def until_stopped(self, on_ready: Callable[[], None]) -> None:
        """Returns after a signal. Raises `Trouble` when a program ended by itself; all others are ended then too."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)
        servers: list[Child] = []
        services: list[Child] = []
        try:
            if self._server:
                servers.append(await Child.start(self._server, self._write))
            for program in self._programs:
                services.append(await Child.start(program, self._write))
            await self._watch([*servers, *services], on_ready)
        finally:
            await stop_all(services, _SERVICES_END_WITHIN_S, self._hurry)
            await stop_all(servers, _SERVER_ENDS_WITHIN_S, self._hurry)

    def _on_signal(self) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    async def _watch(self, children: list[Child], on_ready: Callable[[], None]) -> None:
        stopped = asyncio.create_task(self._stop.wait())
        ready = asyncio.create_task(self._wait_until_ready())
        ends = {child.ended: child for child in children}
        try:
            awaited: set[asyncio.Task[Any]] = {stopped, ready, *ends}
            while True:
                done, _ = await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
                if stopped in done:
                    return
                for task, child in ends.items():
                    if task in done:
                        raise Trouble(_epitaph(child.program, task.result()))
                if ready in done:
                    awaited.discard(ready)
                    ready.result()
                    on_ready()
        finally:
            stopped.cancel()
            ready.cancel()

    async def _wait_until_ready(self) -> None:
        loop = asyncio.get_running_loop()
        remind_at = loop.time() + _REMIND_S
        async with httpx.AsyncClient(base_url=self._plan.api_url, timeout=5, trust_env=False) as client:
            while True:
                try:
                    answer = await client.get("/readyz")
                    if answer.is_success:
                        break
                    reason = answer.text
                except httpx.HTTPError as error:
                    reason = str(error) or type(error).__name__
                if loop.time() > remind_at:
                    self._write("up", f"still waiting for {self._plan.api_url}/readyz: {reason}")
                    remind_at = loop.time() + _REMIND_S
                await asyncio.sleep(_ASK_S)
            if self._plan.sample:
                await _first_article(client)


async def _first_article(client: httpx.AsyncClient) -> None:
    """The sample feeds are at hand, so whoever looks at the page now is to find them there."""
    with suppress(httpx.HTTPError, TimeoutError):
        async with asyncio.timeout(_FIRST_ARTICLE_WITHIN_S):
            while True:
                answer = await client.get("/v1/articles", params={"limit": 1})
                if answer.is_error or answer.json()["articles"]:
                    return
                await asyncio.sleep(_ASK_S)


def _epitaph(program: Program, status: int) -> str:
    how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
    hint = f" Its log, {program.log}, ends:\n{_tail(program.log)}" if program.log else " Its last lines above say why."
    return f"{program.name} {how}, so everything was stopped.{hint}"


def _tail(log: Path, lines: int = 5) -> str:
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError as error:
        return f"(unreadable: {error.strerror})"
