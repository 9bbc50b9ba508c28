"""How much more is told of a story now than usual.

An arrival weighs 1 - age / 6 h, so that it fades and nothing falls off an edge. A telling is an article, or a publisher
that tells the story (whose latest article then gives the age):

    now      = the weights of all tellings of the last 6 hours
    usual    = tellings a 6 hours, in the 7 days before or since the story opened
    expected = 2 + usual / 2
    momentum = sqrt(2 * (now * ln(now / expected) - (now - expected))) where now > expected, else 0

A story of one article has two tellings, and half is what a telling weighs on average: hence the 2 and the / 2. The root
of the Poisson deviance is about the number of standard deviations above what was expected, as of trending tags.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.api.readmodel.trending import score

WINDOW_MS = 6 * 3_600_000
USUAL_WINDOWS = 28
LOOKED_AT_MS = WINDOW_MS * (1 + USUAL_WINDOWS)
"""Arrivals that are older say nothing any more."""


class Arrival(NamedTuple):
    """When an article was first seen, in Unix milliseconds, and whose it is."""

    at_ms: int
    source: str


def momentum(arrivals: Sequence[Arrival], opened_ms: int, now_ms: int) -> float:
    """0 for what is told as usual or less. Arrivals after `now_ms` do not count."""
    latest: dict[str, float] = {}
    now = 0.0
    tellings: set[tuple[int, str]] = set()
    before = 0
    for at_ms, source in arrivals:
        age = now_ms - at_ms
        if age < 0 or age >= LOOKED_AT_MS:
            continue
        if age < WINDOW_MS:
            weight = 1 - age / WINDOW_MS
            now += weight
            latest[source] = max(latest.get(source, 0.0), weight)
        else:
            before += 1
            tellings.add((age // WINDOW_MS, source))
    now += sum(latest.values())
    windows = min(max((now_ms - opened_ms) / WINDOW_MS - 1, 1.0), USUAL_WINDOWS)
    expected = 2 + (before + len(tellings)) / windows / 2
    return score_above(now, expected)


def score_above(now: float, expected: float) -> float:
    return round(score(now, expected), 6) if now > expected else 0.0
