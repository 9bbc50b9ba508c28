"""The services as processes, looked after as a deployment does: what ends by itself is noted, and started again."""

import asyncio
import os
import resource
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

from tests.conftest import ADMIN_KEY

STOP_S = 30.0
_SMALLEST = 65_536
_FAKETIME = "/usr/lib/*/faketime/libfaketimeMT.so.1"


def faketime() -> str | None:
    """The library that makes a process believe in another time; Debian's package `faketime` has it."""
    return next((str(path) for path in Path("/").glob(_FAKETIME[1:])), None)


CHILDREN = {
    "pipeline": "services.enrich.child",
    "owner": "services.enrich.story_owner",
    "parser": "services.ingest.parse.worker",
}
"""The modules that services run in processes of their own."""


class Service:
    """One process. Its log stands in `folder`; `ended_by_itself` tells of each end that nobody asked for."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str], *, wrong_clock: bool = False) -> None:
        self.name, self.log = name, folder / f"{name}.log"
        self.ended_by_itself: list[str] = []
        self.lock = asyncio.Lock()
        """Held by whoever does something to the process as a whole."""
        self._clock = folder / f"{name}.clock"
        self._command = (sys.executable, "-m", f"services.{name.partition('-')[0]}")
        self._environment = {**environment, "DATELINE_CONSUMER": name}
        library = faketime() if wrong_clock else None
        if library:
            self.step_clock(0.0)
            self._environment |= {
                "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(self._clock), "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
            }  # fmt: skip
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._asked_to_end = False

    async def start(self) -> None:
        self._asked_to_end = False
        self._process = await asyncio.create_subprocess_exec(
            *self._command, env=self._environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            limit=2**22,
        )  # fmt: skip
        self._watch = asyncio.create_task(self._keep_log(self._process), name=f"watch of {self.name}")

    async def end(self, name: signal.Signals) -> None:
        """Send the signal and wait. A SIGTERM that is not followed within 30 s, or not with status 0, is noted."""
        process, self._asked_to_end = self._process, True
        if process is None or process.returncode is not None:
            return
        self.send(name)
        try:
            async with asyncio.timeout(STOP_S):
                status = await process.wait()
        except TimeoutError:
            self.ended_by_itself.append(f"{self.name} did not stop within {STOP_S:g} s of {name.name}")
            process.kill()
            status = await process.wait()
        # Told to stop before Python has set up its handlers, a process ends by the signal itself.
        if name is signal.SIGTERM and status not in (0, -signal.SIGKILL, -signal.SIGTERM):
            self.ended_by_itself.append(f"{self.name} answered SIGTERM with status {status}")
        if self._watch:
            await self._watch

    def send(self, name: signal.Signals) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(name)

    def send_to_child(self, name: signal.Signals, kind: str) -> int:
        """Send the signal to the children of that kind in `CHILDREN`. Returns how many there were."""
        module, found = CHILDREN[kind].encode(), 0
        for pid in self._children():
            with suppress(OSError):
                if module in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                    os.kill(pid, name)
                    found += 1
        return found

    def _children(self) -> list[int]:
        if self._process is None or self._process.returncode is not None:
            return []
        with suppress(OSError):
            threads = Path(f"/proc/{self._process.pid}/task").iterdir()
            return [int(pid) for thread in threads for pid in (thread / "children").read_text().split()]
        return []

    def bound_files(self, *, small: bool) -> None:
        """Let no file of the process grow beyond 64 kB, as if the disk was full; or as they like."""
        if self._process and self._process.returncode is None:
            bound_files(self._process.pid, small=small)

    def step_clock(self, seconds: float) -> None:
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(f"{seconds:+.1f}s\n")
        shutil.move(fresh, self._clock)

    async def _keep_log(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr
        with self.log.open("ab", buffering=0) as log:
            while data := await process.stderr.read(65_536):
                log.write(data)
            status = await process.wait()
            if not self._asked_to_end:
                log.write(f"-- ended by itself with status {status}\n".encode())
        if not self._asked_to_end:
            self.ended_by_itself.append(f"{self.name} ended by itself with status {status}")
            await asyncio.sleep(0.5)
            if not self._asked_to_end:
                await self.start()


def bound_files(process: int, *, small: bool) -> None:
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (_SMALLEST if small else hard, hard))


def left_behind(folder: Path) -> list[str]:
    """The command lines of services and children of a round that still run, for instance orphans of a killed one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{folder}/".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return found


def environment(redis_url: str, prefix: str, opml: Path) -> dict[str, str]:
    """What all services of the wire are told; leases and idle times are shorter than usual."""
    ours = {
        "REDIS_URL": redis_url, "STREAM_PREFIX": prefix, "ADMIN_KEY": ADMIN_KEY, "OPML": str(opml),
        "ALLOW_HOSTS": "127.0.0.1", "POLL_INTERVAL_S": "1.5", "LEASE_S": "3", "RETRY_AFTER_S": "2",
        "RATE_PER_ADDRESS": "0", "STREAM_BACKLOG": "5000",
    }  # fmt: skip
    outside = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    return {**outside, **{f"DATELINE_{name}": value for name, value in ours.items()}}


def environment_of_api(name: str, folder: Path, port: int) -> dict[str, str]:
    """What each API has for itself."""
    ours = {"API_GROUP": name, "DATABASE_PATH": str(folder / name / "dateline.db"), "HTTP_PORT": str(port)}
    return {f"DATELINE_{name}": value for name, value in ours.items()}
