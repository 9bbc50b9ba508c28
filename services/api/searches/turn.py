"""Whose turn it is to deliver: replicas on one machine may share the file of searches, and one of them delivers."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(file: Path) -> Iterator[bool]:
    """Whether it is ours, for as long as this is entered. It ends with the process, however that ends."""
    with file.with_name(f"{file.name}.turn").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
