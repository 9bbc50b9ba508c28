"""One process to one database: two writers would each believe that its position is the only one."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.api.readmodel.schema import DatabaseUnusable


@contextmanager
def only_one(database: Path) -> Iterator[None]:
    """Hold the database for this process. Raises `DatabaseUnusable` where another one does.

    The lock is the system's and ends with the process, however that ends; the file beside the database may stay.
    """
    beside = database.with_name(f"{database.name}.lock")
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        file = beside.open("w")
    except OSError as error:
        raise DatabaseUnusable(f"{beside}: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DatabaseUnusable(f"{database} is in use by another process; give each API its own") from None
        yield
