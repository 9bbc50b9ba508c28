"""`dateline up` as a process with its own ports and data, watched from outside."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.cli.dateline import COMMAND, environment
from tests.conftest import free_port


@dataclass
class Wire:
    """A run to be started any number of times on the same data."""

    data: Path
    port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=free_port)
    sample_port: int = field(default_factory=free_port)

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *more: str | Path) -> list[str]:
        options = {"--data": self.data, "--port": self.port, "--redis-port": self.redis_port}
        return [*COMMAND, "up", *map(str, more), *(str(part) for option in options.items() for part in option)]

    @contextmanager
    def up(self, *more: str | Path, **settings: str) -> Iterator["Up"]:
        """Start it; it is killed at the end if it still runs."""
        more = more or ("--sample-port", str(self.sample_port))
        process = subprocess.Popen(
            self.command(*more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(**settings),
            start_new_session=True,
        )
        up = Up(self, process)
        try:
            yield up
        finally:
            process.kill()
            up.finish()


class Up:
    """One run. `output` grows while it runs."""

    def __init__(self, wire: Wire, process: "subprocess.Popen[bytes]") -> None:
        self.wire, self.process, self.output = wire, process, ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.output += line.decode()

    def until(self, condition: Callable[[], bool], within_s: float = 30.0) -> None:
        deadline = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(self.output)
            time.sleep(0.02)

    def until_ready(self) -> None:
        self.until(lambda: "Dateline runs" in self.output or self.process.poll() is not None)
        assert self.process.poll() is None, self.output

    def articles(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.wire.api}/v1/articles?limit=500").json()["articles"]
        return found

    def feeds(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.wire.api}/v1/feeds").json()["feeds"]
        return found

    def children(self) -> dict[int, str]:
        """Its programs' command lines by process id (Linux)."""
        pid = self.process.pid
        pids = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return {child: Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ") for child in pids}

    def press_ctrl_c(self) -> None:
        """As a terminal does: SIGINT to the whole foreground process group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def finish(self, within_s: float = 15.0) -> int:
        """Its exit status, once it ended and all of its output was read."""
        status = self.process.wait(within_s)
        self._reader.join(within_s)
        return status


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
