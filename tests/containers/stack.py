"""The compose file, started on a real engine under a name, ports and an image tag of its own."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class NoEngine(Exception):
    """No containers can be run here. The text says what is missing."""


def _answers(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _clients() -> Iterator[str]:
    """Every `docker` on the PATH: a distribution's own has a builder and compose, another may not."""
    for folder in dict.fromkeys(os.environ.get("PATH", "").split(os.pathsep)):
        if found := shutil.which("docker", path=folder):
            yield found


@cache
def tools() -> tuple[str, tuple[str, ...]]:
    """The docker client and the compose command to use. Raises `NoEngine`."""
    clients = [client for client in _clients() if _answers(client, "version")]
    if not clients:
        raise NoEngine("no Docker engine answers on this machine")
    for client in clients:
        if _answers(client, "compose", "version"):
            return client, (client, "compose")
    if not (compose := shutil.which("docker-compose")):
        raise NoEngine("an engine answers, but neither `docker compose` nor `docker-compose` is installed")
    beside = str(Path(compose).with_name("docker"))
    return beside if beside in clients else clients[0], (compose,)


@dataclass(frozen=True)
class Stack:
    """One project of compose. `override` is a second compose file, `settings` stand for `.env`."""

    project: str
    override: Path
    settings: Mapping[str, str]
    image: str = field(default="dateline:under-test")

    def compose(self, *arguments: str, timeout_s: float = 60) -> str:
        _client, command = tools()
        files = ["--file", str(ROOT / "docker-compose.yml"), "--file", str(self.override)]
        where = ["--project-name", self.project, "--project-directory", str(ROOT)]
        return self._run([*command, *files, *where, *arguments], timeout_s)

    def docker(self, *arguments: str) -> str:
        client, _command = tools()
        return self._run([client, *arguments], 60)

    def container(self, service: str) -> str:
        """The id of the service's container, whether it runs or not."""
        return self.docker(
            "ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={self.project}",
            "--filter", f"label=com.docker.compose.service={service}",
        ).strip()  # fmt: skip

    def inspect(self, service: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = json.loads(self.docker("inspect", self.container(service)))
        return found[0]

    def run_in(self, service: str, *command: str) -> str:
        return self.docker("exec", self.container(service), *command)

    def health(self, service: str) -> str:
        return str(self.inspect(service)["State"]["Health"]["Status"])

    def wait_for(self, what: str, condition: Callable[[], bool], within_s: float = 60) -> None:
        """Raise TimeoutError with the services' last lines when the condition does not come true in time."""
        deadline = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"not within {within_s} s: {what}\n{self.compose('logs', '--no-color', '--tail', '30')}"
                )
            time.sleep(0.2)

    def _run(self, command: list[str], timeout_s: float) -> str:
        client, _compose = tools()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "COMPOSE_"))}
        environment = {
            **kept,
            "PATH": os.pathsep.join([str(Path(client).parent), kept.get("PATH", "")]),
            "DOCKER_BUILDKIT": "1",
            "COMPOSE_DOCKER_CLI_BUILD": "1",
            "DATELINE_IMAGE": self.image,
            **self.settings,
        }
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout_s, check=False, cwd=ROOT, env=environment
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done.stdout
