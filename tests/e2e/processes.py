"""The three services as processes, as a deployment runs them, and their API as a client sees it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import ADMIN_KEY, AS_ADMIN, free_port

NAMES = ("ingest", "enrich", "api")


class Processes:
    """Starts, kills and restarts services against one Redis. Their logs stand in `folder`."""

    def __init__(self, redis_url: str, folder: Path, **settings: str) -> None:
        self.folder, self.port = folder, free_port()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")},
            "DATELINE_REDIS_URL": redis_url,
            "DATELINE_DATABASE_PATH": str(folder / "dateline.db"),
            "DATELINE_HTTP_PORT": str(self.port),
            "DATELINE_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "DATELINE_ALLOW_HOSTS": "127.0.0.1",
            "DATELINE_POLL_INTERVAL_S": "1",
            "DATELINE_LEASE_S": "3",
            "DATELINE_ADMIN_KEY": ADMIN_KEY,
            "DATELINE_RETRY_AFTER_S": "2",
            **settings,
        }
        base = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=base, timeout=60, trust_env=False, headers=AS_ADMIN)

    @contextmanager
    def running(self, *names: str) -> Iterator["Processes"]:
        try:
            for name in names or NAMES:
                self.start(name)
            yield self
        finally:
            self.http.close()
            for process in self._running.values():
                process.terminate()
            for process in self._running.values():
                process.wait(timeout=60)

    def start(self, name: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self._running[name] = subprocess.Popen(
            [sys.executable, "-m", f"services.{name}"], env=self._environment, stdout=log, stderr=log
        )
        log.close()

    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._running.items()}

    def kill(self, name: str) -> None:
        """As the kernel does when memory runs out: without a word."""
        process = self._running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self, name: str, within_s: float = 20.0) -> int:
        """Ask it to stop, as a deployment does. The status that it ended with."""
        process = self._running.pop(name)
        process.terminate()
        return process.wait(timeout=within_s)

    def get(self, path: str, **parameters: Any) -> Any:
        answer = self.http.get(path, params=parameters or None)
        answer.raise_for_status()
        return answer.json()

    def until(self, condition: Callable[["Processes"], Any], within_s: float = 30.0) -> Any:
        """The first true answer of `condition`; an API that is not up yet counts as false."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            try:
                if answer := condition(self):
                    return answer
            except httpx.TransportError:
                pass
            except httpx.HTTPStatusError as error:
                if error.response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    raise
            time.sleep(0.05)
        logs = "\n".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("*.log")))
        raise TimeoutError(f"not so within {within_s} s; the services said:\n{logs}")

    def every_article(self, **parameters: Any) -> list[dict[str, Any]]:
        """All pages of the listing, one after the other."""
        articles: list[dict[str, Any]] = []
        path: str | None = "/v1/articles"
        parameters = {"limit": 500, **parameters}
        while path:
            page = self.get(path, **parameters)
            articles += page["articles"]
            path, parameters = page["next"], {}
        return articles
