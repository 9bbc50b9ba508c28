"""That no program outlives `dateline up`, however that ends."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def lifeline() -> Callable[[], None] | None:
    """What a child runs before its program: the kernel then ends it when its parent is gone, even by kill -9.

    None where the system has no such thing (all but Linux); there only an orderly end stops the children.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)  # loaded before the fork: a child may do little between fork and exec
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it went in between
            os._exit(1)

    return tie
