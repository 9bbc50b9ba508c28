"""Where keys are kept: an SQLite file of their own, which `dateline keys` writes while the API reads it.

Not in the read model, which can be thrown away and built again from the streams; keys cannot.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from services.api.access.keys import Key, digest, id_of, same
from services.api.access.scopes import Scope

_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY, digest BLOB NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,
    made INTEGER NOT NULL, expires INTEGER, revoked INTEGER, used INTEGER
) STRICT, WITHOUT ROWID;
"""
_ADD = "INSERT INTO keys (id, name, scopes, made, expires, revoked, used, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_EVERY = "SELECT id, name, scopes, made, expires, revoked, used FROM keys ORDER BY made, id"
_ONE = "SELECT id, name, scopes, made, expires, revoked, used, digest FROM keys WHERE id = ?"
_REVOKE = "UPDATE keys SET revoked = ? WHERE id = ? AND revoked IS NULL"
_USE = "UPDATE keys SET used = ? WHERE id = ?"
VERSION = 1
_COARSE = timedelta(hours=1)
_PATIENCE_MS = 5_000


class KeysUnusable(Exception):
    """The file of keys cannot be opened, or is not one of ours. Tell the operator; nothing was changed."""


class KeyStore:
    """An open file of keys; belongs to the thread that opened it. It is made where there is none, for its owner alone.

    Raises `KeysUnusable`, here and wherever the file turns out to be unusable later.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._usable():
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            self._file = sqlite3.connect(path, isolation_level=None)
        try:
            with self._usable():
                self._prepare()
        except KeysUnusable:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _prepare(self) -> None:
        self._file.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        self._file.execute("PRAGMA journal_mode = WAL")  # who reads never waits for who writes
        [found] = self._file.execute("PRAGMA user_version").fetchone()
        if found > VERSION:
            raise sqlite3.DatabaseError(f"written by a newer Dateline (version {found}, this one knows {VERSION})")
        if found < VERSION:
            self._file.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")

    def add(self, key: Key, text: str) -> None:
        with self._usable():
            self._file.execute(
                _ADD,
                (
                    key.id, key.name, " ".join(sorted(key.scopes)), _seconds(key.made), _seconds(key.expires),
                    _seconds(key.revoked), _seconds(key.used), digest(text),
                ),
            )  # fmt: skip

    def every(self) -> list[Key]:
        """All keys, those that are revoked or expired too, in the order in which they were made."""
        with self._usable():
            return [_key(row) for row in self._file.execute(_EVERY)]

    def revoke(self, subject: str, now: datetime) -> Key | None:
        """The key as it was, or None where there is none of this id. From now on it opens nothing."""
        with self._usable():
            row = self._file.execute(_ONE, (subject,)).fetchone()
            self._file.execute(_REVOKE, (_seconds(now), subject))
        return _key(row[:-1]) if row else None

    def find(self, text: str) -> Key | None:
        """The key with this text, whatever its state."""
        subject = id_of(text)
        if subject is None:
            return None
        with self._usable():
            row = self._file.execute(_ONE, (subject,)).fetchone()
        return _key(row[:-1]) if row and same(row[-1], digest(text)) else None

    def note_use(self, key: Key, now: datetime) -> None:
        """Keep that the key was used, once an hour at most. Where another process is writing, the next use is noted."""
        if key.used is not None and now - key.used < _COARSE:
            return
        try:
            self._file.execute("PRAGMA busy_timeout = 0")
            self._file.execute("PRAGMA synchronous = NORMAL")  # no wait for the disk while readers are waiting
            self._file.execute(_USE, (_seconds(now), key.id))
        except sqlite3.Error:
            return
        finally:
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise KeysUnusable(f"{self._path}: {error}") from error


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _key(row: tuple[str, str, str, int, int | None, int | None, int | None]) -> Key:
    subject, name, scopes, made, expires, revoked, used = row
    allowed = frozenset(Scope(scope) for scope in scopes.split())
    return Key(
        subject, name, allowed, datetime.fromtimestamp(made, UTC), _moment(expires), _moment(revoked), _moment(used)
    )
