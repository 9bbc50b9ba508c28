"""How long to leave a feed alone that could not be read. It is never given up: the longest wait is a day."""

from dataclasses import dataclass
from math import inf

from services.ingest.outcomes import Failed, FailureKind
from services.ingest.rhythm import Bounds, spread

_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Grade:
    """The first wait in polling intervals, and what each further failure in a row multiplies it by."""

    first: float
    growth: float


GRADES: dict[FailureKind, Grade] = {
    # trouble that tends to pass by itself
    "timeout": Grade(1, 2),
    "connection": Grade(1, 2),
    "server error": Grade(1, 2),
    "busy": Grade(2, 2),
    # trouble that someone has to mend, often within the day
    "dns": Grade(1, 3),
    "tls": Grade(2, 3),
    "protocol": Grade(2, 2),
    "redirect": Grade(2, 3),
    "too large": Grade(4, 3),
    "not a feed": Grade(2, 3),
    "internal": Grade(1, 3),
    # trouble that is meant
    "status": Grade(4, 2),
    "address": Grade(4, 4),
    "gone": Grade(inf, 1),
}


def wait_after(failed: Failed, failures_before: int, bounds: Bounds, chance: float) -> float:
    """Seconds to the next try. What the server asked for counts where it is longer, up to a day."""
    longest = bounds.ceiling_s
    grade = GRADES[failed.kind]
    backoff = min(bounds.interval_s * grade.first * grade.growth ** min(failures_before, 32), longest)
    return max(spread(backoff, chance), min(failed.retry_after_s or 0.0, max(longest, _DAY_S)))
