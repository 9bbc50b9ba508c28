"""A bound on the CPU time of a piece of work, which holds even inside a regular expression."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OverTime(BaseException):
    """The work took too long. No `Exception`, so that what is stopped cannot take it for a failure of its own."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises `OverTime` once the work inside has taken `seconds` of this process's CPU time.

    CPU time, so that a busy machine does not change what comes out. Only a main thread can be stopped: elsewhere, and
    where the system has no such timer, the work is not bounded.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise OverTime
