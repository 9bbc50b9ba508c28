"""What follows from a try that failed: when the next is, or that there is none. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """The first wait, what each further failure in a row multiplies it by, and the longest (seconds); after so many
    `tries` of one event, or so many `days`, it is a dead letter."""

    first_s: float = 5.0
    growth: float = 4.0
    longest_s: float = 7_200.0
    tries: int = 12
    days: float = 3.0


_SPREAD = 0.2
"""Waits are up to so much longer, so that what failed at one moment does not come back at one moment."""
_ASKED_AT_MOST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Failed:
    """A try that was not answered with 2xx. `gone`: the receiver says that it wants nothing any more."""

    why: str
    retry_after_s: float | None = None
    gone: bool = False


def next_try(failed: Failed, streak: int, patience: Patience, now: datetime, chance: float) -> datetime:
    """When to try again after `streak` failures in a row; `chance` is from 0 to 1. A wait that the receiver asked for
    counts where it is longer, up to a day."""
    wait = min(patience.first_s * patience.growth ** min(streak - 1, 32), patience.longest_s)
    wait *= 1 + _SPREAD * chance
    return now + timedelta(seconds=max(wait, min(failed.retry_after_s or 0.0, _ASKED_AT_MOST_S)))


def is_dead(tries: int, first_try: datetime, patience: Patience, now: datetime) -> bool:
    """Whether an event was tried often or long enough."""
    return tries >= patience.tries or now - first_try >= timedelta(days=patience.days)
