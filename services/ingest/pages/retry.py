"""What to do about a page that could not be read."""

from dataclasses import dataclass

from services.ingest.outcomes import Failed, FailureKind
from services.ingest.pages.robots import RobotsRefuse

_WAITS_S = (60.0, 600.0, 3_600.0, 21_600.0)
_LONGEST_WAIT_S = 86_400.0
_PASSING: frozenset[FailureKind] = frozenset(("timeout", "connection", "dns", "server error", "busy"))
"""Trouble that tends to pass by itself. A page that is not there, or not for us, will not come by asking again."""


@dataclass(frozen=True, slots=True)
class Later:
    """The page is tried again after `wait_s`."""

    wait_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class Never:
    """The article keeps what its feed gave. `kind` is one word for the count."""

    kind: str
    reason: str


def after_failure(failure: Failed | RobotsRefuse, failures_before: int) -> Later | Never:
    """Four more tries over some eight hours, later where the server asks for that, up to a day."""
    if isinstance(failure, RobotsRefuse):
        kind, passing, asked_s = "robots", failure.for_now, 0.0
    else:
        kind, passing, asked_s = failure.kind.replace(" ", "-"), failure.kind in _PASSING, failure.retry_after_s or 0.0
    if not passing or failures_before >= len(_WAITS_S) or asked_s > _LONGEST_WAIT_S:
        return Never(kind, failure.reason)
    return Later(max(_WAITS_S[failures_before], asked_s), failure.reason)
