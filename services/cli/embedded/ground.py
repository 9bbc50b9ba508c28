"""What must hold before anything is started: a data directory of our own and free ports."""

import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.cli.trouble import Trouble


@contextmanager
def own(data: Path) -> Iterator[None]:
    """Hold the data directory, which is made if missing. Raises `Trouble` when another run holds it."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise Trouble(f"{data} cannot be the data directory: {error.strerror}. Choose another with --data.") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Trouble(
                f"{data} is in use by another `dateline up`. End that one first, or give this one --data and --port."
            ) from error
        yield
    finally:
        os.close(lock)


def need_port(host: str, port: int, purpose: str, option: str, within_s: float) -> None:
    """Raises `Trouble` unless `port` can be listened on within `within_s` s. `option` is how to choose another."""
    deadline = time.monotonic() + within_s
    while (problem := _bind_error(host, port)) is not None:
        if problem.errno != errno.EADDRINUSE:
            raise Trouble(f"{purpose} cannot listen on {host}:{port}: {problem.strerror}. Choose another: {option}.")
        if time.monotonic() > deadline:
            raise Trouble(
                f"port {port} on {host}, meant for {purpose}, is in use by another program. "
                f"End that program or choose another port: {option}."
            )
        time.sleep(0.1)


def _bind_error(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None
