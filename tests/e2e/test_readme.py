"""The README's commands, run as they stand against `dateline up` with its sample feeds; only ports are changed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import free_port

README = (Path(__file__).parents[2] / "README.md").read_text()
SHELL = "\n".join(re.findall(r"```console\n(.*?)```", README, re.DOTALL)).splitlines()
[PYTHON] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
DATELINE = Path(sys.executable).with_name("dateline")


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A running wire; its ports by those that the README names. The commands are run above its data, in `var`."""
    folder = tmp_path_factory.mktemp("wire")
    ports = {"8000": str(free_port()), "6399": str(free_port())}
    options = ["--data", folder / "var", "--port", ports["8000"], "--redis-port", ports["6399"]]
    command = [str(DATELINE), "up", *map(str, options), "--sample-port", str(free_port())]
    up = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert up.stdout is not None
    assert any("Dateline runs" in line for line in up.stdout), "it ended instead of running"
    wait_for_tags(f"http://127.0.0.1:{ports['8000']}")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield ports
    up.send_signal(signal.SIGINT)
    up.communicate(timeout=20)
    assert up.returncode == 0


def wait_for_tags(api: str, within_s: float = 30.0) -> None:
    """Until the sample feeds are read and enriched, as a reader of the README has waited by then."""
    deadline = time.monotonic() + within_s
    while "topic:climate-change" not in httpx.get(f"{api}/v1/tags", trust_env=False).text:
        assert time.monotonic() < deadline, "no article was enriched"
        time.sleep(0.1)


def with_ports(text: str, ports: dict[str, str]) -> str:
    for documented, ours in ports.items():
        text = text.replace(f":{documented}", f":{ours}").replace(f"-p {documented}", f"-p {ours}")
        text = text.replace(f"port={documented}", f"port={ours}")
    return text


def run(command: str, ports: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DATELINE_API": f"http://127.0.0.1:{ports['8000']}"}
    return subprocess.run(
        with_ports(command, ports), shell=True, capture_output=True, text=True, timeout=60, env=environment, check=False
    )


@pytest.mark.parametrize("command", [line for line in SHELL if line.startswith("curl")])
def test_curl(command: str, ports: dict[str, str]) -> None:
    answer = run(f"{command} --silent --write-out '\n%{{http_code}}'", ports)
    body, _, status = answer.stdout.rpartition("\n")
    if "format=text" in command:
        assert len(body.splitlines()) == 5
        assert all(re.fullmatch(r"- .+ - .+ ago|- .+ - just now", line) for line in body.splitlines())
    elif "POST" in command:
        assert status == "202"
    elif ".opml" in command:
        assert body.count("xmlUrl=") >= 7
    elif "/v1/stream" in command:
        assert body.startswith("retry:")
    elif "colour=red" in command:
        assert status in {"400", "422"}
        assert json.loads(body)["parameter"] == "colour"
    else:
        assert status == "200"
        assert any(json.loads(body).values()), "the example finds nothing"


@pytest.mark.skipif(shutil.which("redis-cli") is None, reason="no redis-cli on PATH")
@pytest.mark.parametrize("command", [line for line in SHELL if line.startswith("redis-cli")])
def test_redis_cli(command: str, ports: dict[str, str]) -> None:
    answer = run(command, ports)
    assert '"specversion":"1.0"' in answer.stdout.replace("\\", "")


@pytest.mark.parametrize("command", [line for line in SHELL if line.startswith("dateline feeds")])
def test_dateline_feeds(command: str, ports: dict[str, str]) -> None:
    answer = run(command.replace("dateline", str(DATELINE), 1), ports)
    reaches_out = " check " in command  # example.org cannot be read from a machine without network
    assert answer.returncode == 0 or (reaches_out and "example.org" in answer.stdout + answer.stderr)
    assert "Traceback" not in answer.stderr


def test_python(ports: dict[str, str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", with_ports(PYTHON, ports)], capture_output=True, text=True, timeout=60, check=True
    )
    assert len(answer.stdout.splitlines()) >= 20
