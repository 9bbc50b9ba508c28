"""Running the `dateline` command: as its users do, as a process, or faster, in this one."""

import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from services.cli.app import main

COMMAND = (sys.executable, "-m", "services.cli")


def environment(**settings: str) -> dict[str, str]:
    """This process's environment without Dateline's settings, but those given."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")} | settings


def process(*arguments: str | Path, stdin: bytes = b"", **settings: str) -> "subprocess.CompletedProcess[bytes]":
    """Run a command to its end in a process of its own."""
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, input=stdin, capture_output=True, env=environment(**settings), timeout=60, check=False
    )


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    status: object
    out: str
    err: str


def dateline(*arguments: str | Path) -> Done:
    """Run a command to its end in this process."""
    out, err = StringIO(), StringIO()
    status: object = "did not exit"
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
    return Done(status, out.getvalue(), err.getvalue())
