"""What a request needs. Whatever is not named here and could change something needs `admin`."""

from enum import StrEnum

OPEN = frozenset({"/healthz", "/readyz", "/docs", "/openapi.json", "/asyncapi.json", "/sign-in", "/sign-out"})
"""Open to everybody, also where reading is closed: whether the service lives, how it is spoken to, the page's door."""
OPEN_BELOW = ("/schemas/", "/static/")
CALLED_BACK = "/v1/push/"
"""WebSub hubs have no key; each address below is a secret, and what comes is signed."""
_READS = frozenset({"GET", "HEAD"})
_WRITES = frozenset({("POST", "/v1/articles")})
GUARDED = ("/v1/quarantine", "/v1/rebuild")
"""Reading what is below these is for those who run the wire: events as they came, and how the read model is made."""
SEARCHES = "/v1/searches"
"""Saving them takes `write`, and so does seeing their webhooks: an address may be a secret."""


class Scope(StrEnum):
    """What a key is for. `admin` includes the two others; those do not include each other."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


def needed(method: str, path: str) -> Scope | None:
    """The scope that a request needs; None where it is open to everybody, whatever the settings say."""
    if path in OPEN or path.startswith((*OPEN_BELOW, CALLED_BACK)) or method == "OPTIONS":
        return None
    if path == SEARCHES or path.startswith(f"{SEARCHES}/"):
        return Scope.READ if method in _READS and "/webhooks" not in path else Scope.WRITE
    if method in _READS and not any(path == one or path.startswith(f"{one}/") for one in GUARDED):
        return Scope.READ
    return Scope.WRITE if (method, path) in _WRITES else Scope.ADMIN


def counted(path: str) -> bool:
    """Whether requests count against a limit. Probes do not, and hubs have a limit of their own."""
    return path not in ("/healthz", "/readyz") and not path.startswith(CALLED_BACK)
