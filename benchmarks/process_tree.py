"""What a process and its children use, as Linux tells it in /proc."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(root: int) -> float:
    """User and system time of a process and of all below it, those that ended included."""
    fields = [_stat(pid) for pid in _tree(root)]
    own = sum(int(field[11]) + int(field[12]) for field in fields)
    ended = sum(int(field[13]) + int(field[14]) for field in fields)
    return (own + ended) / _TICKS


def resident_megabytes(root: int) -> float:
    """The sum of what each of them holds in memory now."""
    return sum(_status_kb(pid, "VmRSS:") for pid in _tree(root)) / 1024


def running(module: str) -> list[int]:
    """The processes below this one that run `python -m module`."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in _tree(os.getpid())}
    return [pid for pid, command in commands.items() if module.encode() in command]


def peak_megabytes(root: int) -> float:
    """The sum of the most that each of them ever held in memory."""
    return sum(_status_kb(pid, "VmHWM:") for pid in _tree(root)) / 1024


def _tree(root: int) -> list[int]:
    parents = {int(path.name): _stat(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdecimal()}
    tree = [root]
    for pid in tree:
        tree += [child for child, fields in parents.items() if fields and int(fields[1]) == pid]
    return [pid for pid in tree if parents.get(pid)]


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold anything; none where the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _status_kb(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
