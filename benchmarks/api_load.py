"""wrk as a load: one thread, addresses in turn, figures read from what it prints."""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_IN_TURN = """
local lines = {{}}
for line in io.lines({file!r}) do lines[#lines + 1] = wrk.format("GET", line) end
local at = 0
request = function()
  at = at % #lines + 1
  return lines[at]
end
"""
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: answers a second, and milliseconds that half and 99 % of them took at most."""

    answers: int
    per_second: float
    p50_ms: float
    p99_ms: float
    failed: int


def wrk_here() -> str:
    """The program. Ends this one where there is none."""
    found = shutil.which("wrk")
    if found is None:
        sys.exit("wrk is needed: `apt-get install wrk` on Debian and its kin, else https://github.com/wg/wrk")
    return found


def load(
    base: str,
    paths: Sequence[str],
    seconds: float,
    folder: Path,
    connections: int = 32,
    cores: set[int] | None = None,
    header: str | None = None,
) -> Load:
    """Ask for the paths in turn on so many connections, each the next as soon as it has its answer."""
    listed, script = folder / "paths", folder / "in-turn.lua"
    listed.write_text("\n".join(paths))
    script.write_text(_IN_TURN.format(file=str(listed)))
    command = [wrk_here(), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout=30s", "--latency"]
    command += [*(["-H", header] if header else []), "-s", str(script), base]
    if cores:
        command = ["taskset", "-c", ",".join(map(str, cores)), *command]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return read(said)


def read(said: str) -> Load:
    answers, per_second = re.search(r"(\d+) requests in", said), re.search(r"Requests/sec:\s+([\d.]+)", said)
    if answers is None or per_second is None:
        raise ValueError(f"wrk said something else than expected:\n{said}")
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    failed = (int(wrong[1]) if wrong else 0) + (sum(map(int, broken.groups())) if broken else 0)
    return Load(int(answers[1]), float(per_second[1]), _ms(said, "50"), _ms(said, "99"), failed)


def _ms(said: str, share: str) -> float:
    found = re.search(rf"^\s+{share}%\s+([\d.]+)(us|ms|s|m)\s*$", said, re.MULTILINE)
    if found is None:
        raise ValueError(f"wrk told no {share} %:\n{said}")
    return float(found[1]) * _UNITS[found[2]]
