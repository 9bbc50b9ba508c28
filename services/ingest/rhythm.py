"""How soon to come back to a feed that works: from when it publishes, and from what its server and it ask for.

For a given number of requests the mean lateness of all articles is least where a feed's interval goes with one over the
square root of its rate (minimise Σ rate·interval/2 under Σ 1/interval = budget). Rates differ by the hour, so a
feed is due when the square root of its rate, summed up over time, has reached a fixed amount: that of a feed of
`REFERENCE_PER_DAY` articles a day after `Bounds.interval_s`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt

from services.contracts.base import Contract, Instant

REFERENCE_PER_DAY = 10.0
"""A feed that publishes so many articles a day is polled at `Bounds.interval_s`; four times as many, twice as often."""

_HALF_LIFE_DAYS = 14.0
_HOURS = 24
_HOUR_S, _DAY_S = 3_600.0, 86_400.0
_ENOUGH_DAYS = 0.95  # a day, less what has faded of it
_DOUBT = 2.0  # so many articles in an hour of the day let its own rate count half
_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Bounds:
    """How often feeds are polled, in seconds. `interval_s` is for a feed that nothing is known about.

    A URL is replaced by the one that it redirects to for good after `move_after_s`.
    """

    interval_s: float = 900.0
    longest_s: float = _DAY_S
    shortest_s: float = 120.0
    move_after_s: float = 3 * _DAY_S

    @property
    def floor_s(self) -> float:
        return min(self.shortest_s, self.interval_s)

    @property
    def ceiling_s(self) -> float:
        return max(self.longest_s, self.interval_s)


class Pulse(Contract):
    """What was seen of a feed's publishing up to `until`, the older the fainter (half-life: 14 days).

    `hours` holds new articles by hour of the day in UTC, `days` for how long was looked.
    """

    until: Instant
    days: float = 0.0
    hours: tuple[float, ...] = (0.0,) * _HOURS

    @property
    def per_day(self) -> float | None:
        """Articles a day; None before a day has been seen."""
        return round(sum(self.hours) / self.days, 2) if self.days >= _ENOUGH_DAYS else None


def observe(before: Pulse | None, new: int, now: datetime) -> Pulse:
    """The pulse after a poll that found `new` articles. The first poll finds old ones and only starts the watch.

    When between the two polls they came is not known, so they count evenly for every hour between, 24 at most.
    """
    if before is None:
        return Pulse(until=now)
    gap_s = (now - before.until).total_seconds()
    if gap_s <= 0:
        return before
    keep = 0.5 ** (gap_s / _DAY_S / _HALF_LIFE_DAYS)
    hours = [count * keep for count in before.hours]
    if new:
        counted = min(gap_s, _DAY_S)
        for hour, seconds in _stretch(now - timedelta(seconds=counted), counted):
            hours[hour] += new * seconds / counted
    days = before.days * keep + gap_s / _DAY_S
    return Pulse(until=now, days=round(days, 5), hours=tuple(round(count, 4) for count in hours))


def interval(pulse: Pulse, bounds: Bounds) -> float:
    """Seconds from `pulse.until` to the next poll, before anyone's wishes."""
    rates = hourly_rates(pulse)
    needed = bounds.interval_s * sqrt(REFERENCE_PER_DAY)
    waited = 0.0
    for hour, seconds in _stretch(pulse.until, bounds.ceiling_s):
        urgency = sqrt(rates[hour])
        if needed <= urgency * seconds:
            waited += needed / urgency
            break
        needed -= urgency * seconds
        waited += seconds
    return max(waited, bounds.floor_s)


def hourly_rates(pulse: Pulse) -> list[float]:
    """Articles a day, as they come in each hour of the day.

    One article at the reference rate is imagined beside those seen, so that a feed that nothing is known about has that
    rate and a silent one slows down step by step. An hour's own share counts as far as articles bear it out.
    """
    total = sum(pulse.hours)
    mean = (total + 1.0) / (pulse.days + 1.0 / REFERENCE_PER_DAY)
    usual = total / _HOURS
    hours = pulse.hours
    smooth = [(hours[hour - 1] + 2 * hours[hour] + hours[(hour + 1) % _HOURS]) / 4 for hour in range(_HOURS)]
    return [mean * (count + _DOUBT) / (usual + _DOUBT) for count in smooth]


def next_wait(pulse: Pulse, asked_s: float, bounds: Bounds, chance: float) -> float:
    """Seconds to the next poll. `asked_s` is how long server and feed want to be left alone; no longer than the
    longest interval. `chance` in [0, 1) spreads polls by ±10 %, so that feeds which were added together drift apart."""
    return max(spread(interval(pulse, bounds), chance), bounds.floor_s, min(asked_s, bounds.ceiling_s))


def spread(seconds: float, chance: float) -> float:
    """`chance` in [0, 1) as ±10 % of a wait."""
    return seconds * (1 + _JITTER * (2 * chance - 1))


def _stretch(start: datetime, seconds: float) -> list[tuple[int, float]]:
    """The hours of the day (UTC) that a stretch of time touches, with the seconds in each."""
    moment = start.astimezone(UTC)
    hour, left = moment.hour, _HOUR_S - moment.minute * 60 - moment.second - moment.microsecond / 1e6
    parts: list[tuple[int, float]] = []
    while seconds > 0:
        part = min(left, seconds)
        parts.append((hour, part))
        seconds, hour, left = seconds - part, (hour + 1) % _HOURS, _HOUR_S
    return parts
