"""A process that may take no more memory than it was allotted."""

import subprocess
import sys

import pytest

EATS = """
from services.wire.allotment import allot
allot({allotted})
try:
    held = bytearray({eaten})
except MemoryError:
    print("refused")
else:
    print("taken")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process's address space so")
@pytest.mark.parametrize(("eaten", "said"), [(2**20, "taken"), (2**28, "refused")])
def test_what_is_beyond_is_refused(eaten: int, said: str) -> None:
    command = [sys.executable, "-c", EATS.format(allotted=2**26, eaten=eaten)]
    assert subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout == f"{said}\n"
