"""How reading a feed over HTTP can end."""

from dataclasses import dataclass
from typing import Literal

FailureKind = Literal[
    "address",
    "dns",
    "connection",
    "timeout",
    "tls",
    "redirect",
    "server error",
    "busy",
    "status",
    "gone",
    "too large",
    "protocol",
    "not a feed",
    "internal",
]
"""`busy` is a 429, `server error` a 5xx, `status` every other answer that is no document, `internal` our own fault."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body. `url` is where it was found in the end. `moved_to` is where only permanent redirects led to.

    `fresh_s` is for how many seconds the server says that it stays as it is. `links` and `robots_tags` are its
    `Link` and `X-Robots-Tag` headers.
    """

    body: bytes
    url: str
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    fresh_s: float | None = None
    links: tuple[str, ...] = ()
    robots_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that nothing changed since the last time."""

    moved_to: str | None = None
    fresh_s: float | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing usable. `reason` is for a person and says what to do; `retry_after_s` is what the server asked for."""

    kind: FailureKind
    reason: str
    retry_after_s: float | None = None
