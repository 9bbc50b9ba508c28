"""A bound on the memory of a child process, so that what is handed to it cannot take the machine's."""

import mmap
import sys
from pathlib import Path

GIB = 2**30
_STATM = Path("/proc/self/statm")


def allot(further: int) -> None:
    """Let this process take no more than `further` bytes beyond what it has reserved by now: what asks for more gets a
    `MemoryError`. On systems other than Linux it does nothing; there the parent's bound on time is all there is."""
    if sys.platform != "linux" or not _STATM.exists():
        return
    import resource  # noqa: PLC0415  there is none on Windows

    held = int(_STATM.read_text().split()[0]) * mmap.PAGESIZE
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = held + further
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
