"""The file of saved searches: its tables, how an older one is brought up to date, and how it is opened.

Not in the read model, which can be thrown away and built again from the streams; searches cannot.
"""

import os
import sqlite3
from pathlib import Path

_VERSION_1 = """
CREATE TABLE searches (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, q TEXT NOT NULL, fold TEXT, entries INTEGER NOT NULL,
    made INTEGER NOT NULL, changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY, search TEXT NOT NULL REFERENCES searches ON DELETE CASCADE, url TEXT NOT NULL,
    secret TEXT NOT NULL, types TEXT NOT NULL, state TEXT NOT NULL, made INTEGER NOT NULL, edition INTEGER NOT NULL,
    position TEXT NOT NULL, delivered INTEGER NOT NULL, delivered_at INTEGER, tries INTEGER NOT NULL,
    first_try INTEGER, next_try INTEGER, streak INTEGER NOT NULL, why TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX webhooks_of_search ON webhooks (search);
CREATE TABLE dead_letters (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, webhook TEXT NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    type TEXT NOT NULL, subject TEXT, position TEXT NOT NULL, body TEXT NOT NULL, died INTEGER NOT NULL,
    tries INTEGER NOT NULL, why TEXT NOT NULL, retry INTEGER NOT NULL, UNIQUE (webhook, id)
) STRICT;
"""

# Secrets that were exchanged and sign along: each with the Unix ms in which it ends, split by spaces.
_VERSION_2 = """
ALTER TABLE webhooks ADD COLUMN old_secrets TEXT NOT NULL DEFAULT '';
"""

MIGRATIONS = (_VERSION_1, _VERSION_2)
_PATIENCE_MS = 5_000


class SearchesUnusable(Exception):
    """The file of saved searches cannot be opened, or is not one of ours. Tell the operator; nothing was changed."""


def open_searches(path: Path) -> sqlite3.Connection:
    """Makes the file where there is none, for its owner alone: secrets of webhooks are in it.

    Raises `SearchesUnusable`. The connection may be used by one thread at a time.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA foreign_keys = ON")
            _migrate(connection)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise SearchesUnusable(f"{path}: {error}") from error
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    [found] = connection.execute("PRAGMA user_version").fetchone()
    if found > len(MIGRATIONS):
        known = len(MIGRATIONS)
        raise sqlite3.DatabaseError(f"written by a newer Dateline (version {found}, this one knows {known})")
    connection.execute("BEGIN IMMEDIATE")
    try:
        [found] = connection.execute("PRAGMA user_version").fetchone()  # another replica may have been first
        for version, script in enumerate(MIGRATIONS[found:], start=found + 1):
            for statement in filter(str.strip, script.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
