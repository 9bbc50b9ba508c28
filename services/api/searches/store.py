"""Saved searches in their file."""

import sqlite3
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.api.searches.search import SavedSearch

_COLUMNS = "id, name, q, fold, entries, made, changed"


class TooMany(Exception):
    """There is no room for one more. Tell who asked for it."""


class Searches:
    """Belongs to one thread at a time."""

    def __init__(self, sql: sqlite3.Connection) -> None:
        self._sql = sql

    def every(self) -> list[SavedSearch]:
        """By name."""
        rows = self._sql.execute(f"SELECT {_COLUMNS} FROM searches ORDER BY lower(name), id")  # noqa: S608 - our own
        return [_search(row) for row in rows]

    def find(self, subject: UUID) -> SavedSearch | None:
        query = f"SELECT {_COLUMNS} FROM searches WHERE id = ?"  # noqa: S608 - our own
        row = self._sql.execute(query, (str(subject),)).fetchone()
        return _search(row) if row else None

    def add(self, search: SavedSearch, most: int) -> None:
        """Raises `TooMany` where there are `most` already."""
        if self._sql.execute("SELECT count(*) FROM searches").fetchone()[0] >= most:
            raise TooMany(f"there are {most} saved searches already; remove one first")
        self._sql.execute(f"INSERT INTO searches ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", _row(search))  # noqa: S608

    def replace(self, search: SavedSearch) -> None:
        subject, *values, made, changed = _row(search)
        self._sql.execute(
            "UPDATE searches SET (name, q, fold, entries, made, changed) = (?, ?, ?, ?, ?, ?) WHERE id = ?",
            (*values, made, changed, subject),
        )

    def remove(self, subject: UUID) -> bool:
        """With its webhooks and their dead letters. Whether there was one."""
        return self._sql.execute("DELETE FROM searches WHERE id = ?", (str(subject),)).rowcount > 0


def as_kept(moment: datetime) -> datetime:
    """As the file gives it back: in whole milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


def to_moment(ms: int | None) -> datetime | None:
    return None if ms is None else at_ms(ms)


def at_ms(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _row(search: SavedSearch) -> tuple[Any, ...]:
    return (
        str(search.id), search.name, search.q, search.fold, search.limit, to_ms(search.made), to_ms(search.changed),
    )  # fmt: skip


def _search(row: tuple[Any, ...]) -> SavedSearch:
    subject, name, q, fold, entries, made, changed = row
    return SavedSearch(UUID(subject), name, q, fold, entries, at_ms(made), at_ms(changed))
