"""What SQL calls and Python does."""

import json
import sqlite3
import zlib
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from services.api.readmodel.filters import to_ms
from services.api.readmodel.tokens import seamed
from services.wire.process import utc_now


def register_functions(connection: sqlite3.Connection, clock: Callable[[], datetime] = utc_now) -> None:
    """Make `seamed`, `site_terms`, `host`, `packed`, `unix_ms` and `now_ms` known to the connection's SQL."""
    for name, arguments, function in (
        ("seamed", 1, seamed),
        ("site_terms", 1, site_terms),
        ("host", 1, host_of),
        ("packed", 2, packed),
        ("unix_ms", 1, _unix_ms),
    ):
        connection.create_function(name, arguments, function, deterministic=True)
    connection.create_function("now_ms", 0, lambda: to_ms(clock()))


def host_of(url: str | None) -> str:
    """The host that `site:` looks at, in lower case and ASCII; empty where there is none."""
    try:
        host = (urlsplit(url or "").hostname or "").rstrip(".")
        return host if host.isascii() else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        return ""


def site_terms(host: str) -> str:
    """One word of the index for the host and for each domain above it."""
    labels = host.split(".") if host else []
    return " ".join(site_term(".".join(labels[first:])) for first in range(len(labels)))


def site_term(host: str) -> str:
    """The host as one word that the tokenizer neither splits nor shortens."""
    return host.encode("ascii", "replace").hex() + "0"


def packed(text: str | None, html: str | None) -> bytes:
    """The body of an earlier revision; `unpacked` reads it."""
    return zlib.compress(json.dumps([text, html], ensure_ascii=False).encode())


def unpacked(body: bytes) -> tuple[str | None, str | None]:
    """Text and HTML."""
    text, html = json.loads(zlib.decompress(body))
    return text, html


def _unix_ms(instant: str | None) -> int:
    return to_ms(datetime.fromisoformat(instant)) if instant else 0
