"""Which key belongs to what a request carries: the operator's own, or one of those that are kept."""

from datetime import UTC, datetime

from services.api.access.keys import Key, digest, same
from services.api.access.scopes import Scope
from services.api.access.store import KeyStore

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_OPERATOR = Key("operator", "DATELINE_ADMIN_KEY", frozenset({Scope.ADMIN}), made=_EVER)


class Keyring:
    """`admin_key` is the one that the operator gave in a setting; without a `store` there are no others."""

    def __init__(self, admin_key: str | None, store: KeyStore | None) -> None:
        self._operator = digest(admin_key) if admin_key else None
        self._store = store

    def find(self, text: str) -> Key | None:
        """The key with this text, whatever its state. Raises `KeysUnusable`."""
        if self._operator is not None and same(self._operator, digest(text)):
            return _OPERATOR
        return self._store.find(text) if self._store else None

    def note_use(self, key: Key, now: datetime) -> None:
        if self._store and key is not _OPERATOR:
            self._store.note_use(key, now)
