"""API keys: what they are made of, and what is kept of them.

A key has 256 random bits, so its plain SHA-256 is kept: there is nothing to be guessed that a slow hash would
protect, and the hash is computed for every request.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.api.access.scopes import Scope

PREFIX = "dl_"
"""What every key begins with, so that people and scanners for leaked secrets recognise it."""
_ID_BYTES, _SECRET_BYTES = 4, 32


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key, its secret excepted. Times are UTC; `used` is right to the hour."""

    id: str
    name: str
    scopes: frozenset[Scope]
    made: datetime
    expires: datetime | None = None
    revoked: datetime | None = None
    used: datetime | None = None

    @property
    def shown(self) -> str:
        """How the key begins, for recognising it."""
        return PREFIX + self.id

    def state(self, now: datetime) -> Literal["active", "revoked", "expired"]:
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "active"

    def allows(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes


def new_key(name: str, scopes: Iterable[Scope], now: datetime, expires: datetime | None = None) -> tuple[Key, str]:
    """A new key and its text, which is nowhere kept."""
    key = Key(secrets.token_hex(_ID_BYTES), name, frozenset(scopes), now, expires)
    return key, f"{key.shown}_{secrets.token_urlsafe(_SECRET_BYTES)}"


def id_of(text: str) -> str | None:
    """The id in a key's text; None where it is no key of our making."""
    length = 2 * _ID_BYTES
    if not text.startswith(PREFIX) or text[len(PREFIX) + length : len(PREFIX) + length + 1] != "_":
        return None
    return text[len(PREFIX) : len(PREFIX) + length]


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def same(one: bytes, other: bytes) -> bool:
    """Compares digests in a time that says nothing about them."""
    return hmac.compare_digest(one, other)
