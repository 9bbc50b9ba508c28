"""The key that the command shows to the API: the user's, or the one that `dateline up` keeps with its data."""

import os
import secrets
from collections.abc import Generator
from pathlib import Path

import httpx

from services.cli.trouble import Trouble

FILE = "admin.key"
_HERE = Path("var") / FILE
_SHORTEST = 20


class ShownKey(httpx.Auth):
    """Shows DATELINE_API_KEY with every request. Without it, an API on this machine that asks for a key (401) is shown
    the one in ./var."""

    def __init__(self, api_is_here: bool) -> None:
        self._given = _sendable(os.environ.get("DATELINE_API_KEY", "").strip(), "DATELINE_API_KEY")
        self._found = _found() if api_is_here and not self._given else None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._given:
            request.headers["Authorization"] = f"Bearer {self._given}"
        answer = yield request
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._found:
            request.headers["Authorization"] = f"Bearer {self._found}"
            yield request


def is_found(data: Path) -> bool:
    """Whether the command finds the key of this data by itself, from the folder above it."""
    return data.name == _HERE.parent.name


def settle_key(data: Path) -> str:
    """The key for everything of the wire in `data`; at the first start one is made, readable by its owner alone."""
    path = data / FILE
    try:
        if path.exists():
            key = path.read_text(encoding="utf-8").strip()
        else:
            key = f"dl_admin_{secrets.token_urlsafe(32)}"
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(f"{key}\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(
            f"{path} cannot be read or made ({error}). Remove it, and the next start makes another."
        ) from error
    if len(key) < _SHORTEST:
        raise Trouble(f"{path} has no key of at least {_SHORTEST} characters. Remove it, and the next start makes one.")
    return _sendable(key, str(path))


def _found() -> str | None:
    try:
        return _sendable(_HERE.read_text(encoding="utf-8").strip(), str(_HERE)) or None
    except (OSError, UnicodeDecodeError):
        return None


def _sendable(key: str, where: str) -> str:
    if not key.isascii() or not key.isprintable():
        raise Trouble(f"{where} has characters that no key has.")
    return key
