"""One running program: its lines relayed under its name, its end awaited, its stop insisted on."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from services.cli.embedded.lifeline import lifeline
from services.cli.embedded.plan import Program

Write = Callable[[str, str], None]
"""Takes a program's name and one line of its output."""

_HURRY_CHECK_S = 0.1


class Child:
    def __init__(self, program: Program, process: asyncio.subprocess.Process, write: Write) -> None:
        self.program = program
        self._process = process
        self.ended = asyncio.create_task(self._end(write), name=f"{program.name} runs")

    @classmethod
    async def start(cls, program: Program, write: Write) -> Self:
        """Start it in a session of its own: a terminal's Ctrl-C then reaches only us, who know the order to stop in."""
        process = await asyncio.create_subprocess_exec(
            *program.command,
            env={**os.environ, **program.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lifeline(),
        )
        return cls(program, process, write)

    def terminate(self) -> None:
        with suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    async def _end(self, write: Write) -> int:
        """Relay its output until it ends; returns the exit status, negative for a signal."""
        if self._process.stdout is None:
            raise AssertionError("started without a pipe")
        rest = b""
        while chunk := await self._process.stdout.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                write(self.program.name, line.decode(errors="replace"))
        if rest:
            write(self.program.name, rest.decode(errors="replace"))
        return await self._process.wait()


async def stop_all(children: list[Child], patience_s: float, hurry: asyncio.Event) -> None:
    """Ask all to end; kill what has not within `patience_s`, or at once when `hurry` is set."""
    if not children:
        return
    for child in children:
        child.terminate()
    deadline = asyncio.get_running_loop().time() + patience_s
    while not all(child.ended.done() for child in children):
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0 or hurry.is_set():
            break
        await asyncio.wait([child.ended for child in children], timeout=min(left, _HURRY_CHECK_S))
    for child in children:
        if not child.ended.done():
            child.kill()
    await asyncio.wait([child.ended for child in children])
