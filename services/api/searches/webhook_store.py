"""Webhooks, how far each has come, and what could not be delivered."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import astuple, replace
from typing import Any
from uuid import UUID

from services.api.searches.store import TooMany, at_ms, to_moment, to_ms
from services.api.searches.webhook import DeadLetter, OldSecret, Progress, Webhook

MOST_LETTERS = 10_000
"""Dead letters that are kept for one webhook; the oldest give way."""
_OWN = "id, search, url, secret, types, state, made, edition, old_secrets"
_PROGRESS = "position, delivered, delivered_at, tries, first_try, next_try, streak, why"
_LETTER = "id, webhook, type, subject, position, body, died, tries, why, retry"
_EVERY = f"SELECT {_OWN}, {_PROGRESS} FROM webhooks"  # noqa: S608 - our own
_LETTERS = f"SELECT {_LETTER} FROM dead_letters WHERE webhook = ?"  # noqa: S608 - our own


class Webhooks:
    """Belongs to one thread at a time."""

    def __init__(self, sql: sqlite3.Connection) -> None:
        self._sql = sql

    def every(self, search: UUID | None = None) -> list[Webhook]:
        """All, or those of one search, in the order in which they were made."""
        if search is None:
            return [_webhook(row) for row in self._sql.execute(f"{_EVERY} ORDER BY made, id")]
        return [
            _webhook(row) for row in self._sql.execute(f"{_EVERY} WHERE search = ? ORDER BY made, id", (str(search),))
        ]

    def find(self, search: UUID, subject: UUID) -> Webhook | None:
        row = self._sql.execute(f"{_EVERY} WHERE id = ? AND search = ?", (str(subject), str(search))).fetchone()
        return _webhook(row) if row else None

    def add(self, webhook: Webhook, most: int) -> None:
        """Raises `TooMany` where there are `most` already."""
        if self._sql.execute("SELECT count(*) FROM webhooks").fetchone()[0] >= most:
            raise TooMany(f"there are {most} webhooks already; remove one first")
        values = (*_own(webhook), *_progress(webhook.progress))
        places = ", ".join("?" * len(values))
        self._sql.execute(f"INSERT INTO webhooks ({_OWN}, {_PROGRESS}) VALUES ({places})", values)  # noqa: S608 - our own

    def edit(self, search: UUID, subject: UUID, change: Callable[[Webhook], Webhook]) -> Webhook | None:
        """Keep what its owner changes, as a new edition. None where there is none of this id."""
        with _Transaction(self._sql):
            found = self.find(search, subject)
            if found is None:
                return None
            edited = replace(change(found), edition=found.edition + 1)
            self._sql.execute(
                f"UPDATE webhooks SET ({_OWN}, {_PROGRESS}) = ({', '.join('?' * 17)}) WHERE id = ?",  # noqa: S608
                (*_own(edited), *_progress(edited.progress), str(subject)),
            )
        return edited

    def remove(self, search: UUID, subject: UUID) -> bool:
        """With its dead letters. Whether there was one."""
        found = self._sql.execute("DELETE FROM webhooks WHERE id = ? AND search = ?", (str(subject), str(search)))
        return found.rowcount > 0

    def note(self, webhook: Webhook, progress: Progress, dead: DeadLetter | None = None, *, gone: bool = False) -> None:
        """Keep how far it has come, with the letter that died on the way. Nothing of an earlier edition is kept."""
        # A power cut may take the last of it, and some is delivered once more; a killed process takes nothing.
        with _Transaction(self._sql, synchronous="NORMAL"):
            kept = self._sql.execute(
                f"UPDATE webhooks SET ({_PROGRESS}) = (?, ?, ?, ?, ?, ?, ?, ?), "  # noqa: S608 - our own
                "state = iif(?, 'gone', state) WHERE id = ? AND edition = ?",
                (*_progress(progress), gone, str(webhook.id), webhook.edition),
            )
            if kept.rowcount and dead is not None:
                self._bury(dead)

    def move(self, reached: Iterable[tuple[Webhook, str]]) -> None:
        """Keep positions that were come to with nothing to deliver on the way."""
        with _Transaction(self._sql, synchronous="NORMAL"):
            self._sql.executemany(
                "UPDATE webhooks SET position = ? WHERE id = ? AND edition = ?",
                [(position, str(webhook.id), webhook.edition) for webhook, position in reached],
            )

    def letters(self, webhook: UUID, limit: int) -> list[DeadLetter]:
        """The latest first."""
        found = self._sql.execute(f"{_LETTERS} ORDER BY number DESC LIMIT ?", (str(webhook), limit))
        return [_letter(row) for row in found]

    def count_letters(self, webhook: UUID) -> int:
        found = self._sql.execute("SELECT count(*) FROM dead_letters WHERE webhook = ?", (str(webhook),))
        return int(found.fetchone()[0])

    def letters_to_retry(self, webhook: UUID) -> list[DeadLetter]:
        """In the order in which they died."""
        return [_letter(row) for row in self._sql.execute(f"{_LETTERS} AND retry ORDER BY number", (str(webhook),))]

    def ask_retry(self, webhook: UUID, letter: UUID) -> DeadLetter | None:
        """Have a letter tried once more. None where there is none."""
        self._sql.execute("UPDATE dead_letters SET retry = 1 WHERE webhook = ? AND id = ?", (str(webhook), str(letter)))
        row = self._sql.execute(f"{_LETTERS} AND id = ?", (str(webhook), str(letter))).fetchone()
        return _letter(row) if row else None

    def settle_retry(self, letter: DeadLetter, failed: str | None) -> None:
        """It was delivered and is forgotten, or `failed` again and lies where it lay."""
        place = (str(letter.webhook), str(letter.id))
        if failed is None:
            self._sql.execute("DELETE FROM dead_letters WHERE webhook = ? AND id = ?", place)
        else:
            self._sql.execute(
                "UPDATE dead_letters SET retry = 0, tries = tries + 1, why = ? WHERE webhook = ? AND id = ?",
                (failed, *place),
            )

    def forget(self, webhook: UUID, letter: UUID) -> bool:
        """Whether there was one."""
        place = (str(webhook), str(letter))
        return self._sql.execute("DELETE FROM dead_letters WHERE webhook = ? AND id = ?", place).rowcount > 0

    def _bury(self, letter: DeadLetter) -> None:
        self._sql.execute(
            f"INSERT OR REPLACE INTO dead_letters ({_LETTER}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (
                str(letter.id), str(letter.webhook), letter.type, letter.subject, letter.position, letter.body,
                to_ms(letter.died), letter.tries, letter.why, letter.retry,
            ),
        )  # fmt: skip
        self._sql.execute(
            "DELETE FROM dead_letters WHERE webhook = ? AND number <= (SELECT number FROM dead_letters "
            "WHERE webhook = ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
            (str(letter.webhook), str(letter.webhook), MOST_LETTERS),
        )


class _Transaction:
    def __init__(self, sql: sqlite3.Connection, synchronous: str = "FULL") -> None:
        self._sql, self._synchronous = sql, synchronous

    def __enter__(self) -> None:
        self._sql.execute(f"PRAGMA synchronous = {self._synchronous}")
        self._sql.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._sql.execute("COMMIT" if kind is None else "ROLLBACK")
        self._sql.execute("PRAGMA synchronous = FULL")


def _own(webhook: Webhook) -> tuple[Any, ...]:
    return (
        str(webhook.id), str(webhook.search), webhook.url, webhook.secret, " ".join(webhook.types), webhook.state,
        to_ms(webhook.made), webhook.edition,
        " ".join(f"{old.secret} {to_ms(old.ends)}" for old in webhook.old_secrets),
    )  # fmt: skip


def _progress(progress: Progress) -> tuple[Any, ...]:
    position, delivered, delivered_at, tries, first_try, next_try, streak, why = astuple(progress)
    return position, delivered, to_ms(delivered_at), tries, to_ms(first_try), to_ms(next_try), streak, why


def _webhook(row: tuple[Any, ...]) -> Webhook:
    subject, search, url, secret, types, state, made, edition, secrets, *rest = row
    position, delivered, delivered_at, tries, first_try, next_try, streak, why = rest
    old = secrets.split()
    progress = Progress(
        position, delivered, to_moment(delivered_at), tries, to_moment(first_try), to_moment(next_try), streak, why
    )
    return Webhook(
        UUID(subject), UUID(search), url, secret, tuple(types.split()), state, at_ms(made), edition, progress,
        tuple(OldSecret(secret, at_ms(int(ends))) for secret, ends in zip(old[::2], old[1::2], strict=True)),
    )  # fmt: skip


def _letter(row: tuple[Any, ...]) -> DeadLetter:
    subject, webhook, kind, about, position, body, died, tries, why, retry = row
    return DeadLetter(UUID(subject), UUID(webhook), kind, about, position, body, at_ms(died), tries, why, bool(retry))
