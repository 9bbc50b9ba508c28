"""How soon to come back to a feed that works: from when it publishes, and from what its server and it ask for.

For a given number of requests the mean of lateness to the power p is least where a feed's interval goes with
rate^(-1/(p+1)) (minimise Σ rate·interval^p under Σ 1/interval = budget): p = 1 is the mean lateness, and the higher p,
the more the latest articles count. Here p = 1.5. Rates differ by the hour, so a feed is due when its urgency, rate^0.4,
summed up over time, has reached a fixed amount: that of a feed of `REFERENCE_PER_DAY` articles a day after
`Bounds.interval_s`.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from services.contracts.base import Contract, Instant

REFERENCE_PER_DAY = 10.0
"""A feed that publishes so many articles a day is polled at `Bounds.interval_s`; six times as many, twice as often."""

_URGENCY = 0.4  # 1 / (p + 1)

_HALF_LIFE_DAYS = 14.0
_HOURS = 24
_HOUR_S, _DAY_S = 3_600.0, 86_400.0
_ENOUGH_DAYS = 0.95  # a day, less what has faded of it
_DOUBT = 2.0  # so many articles in an hour of the day let its own rate count half
_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Bounds:
    """How often feeds are polled, in seconds. `interval_s` is for a feed that nothing is known about.

    `own_shortest_s` and `own_longest_s` are one feed's own, and count before the others, whatever the interval is.
    A URL is replaced by the one that it redirects to for good after `move_after_s`.
    """

    interval_s: float = 900.0
    longest_s: float = _DAY_S
    shortest_s: float = 120.0
    move_after_s: float = 3 * _DAY_S
    own_shortest_s: float | None = None
    own_longest_s: float | None = None

    @property
    def floor_s(self) -> float:
        usual = min(self.shortest_s, self.interval_s)
        return self.own_shortest_s or min(usual, self.own_longest_s or usual)

    @property
    def ceiling_s(self) -> float:
        return max(self.own_longest_s or max(self.longest_s, self.interval_s), self.floor_s)

    def of_feed(self, shortest_s: float | None, longest_s: float | None) -> "Bounds":
        """With a feed's own bounds, where it has some. Of two that contradict each other the shortest wait counts."""
        return replace(self, own_shortest_s=shortest_s, own_longest_s=longest_s) if shortest_s or longest_s else self


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
    needed = bounds.interval_s * REFERENCE_PER_DAY**_URGENCY
    waited = 0.0
    for hour, seconds in _stretch(pulse.until, bounds.ceiling_s):
        urgency = rates[hour] ** _URGENCY
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
    usual = max(spread(interval(pulse, bounds), chance), bounds.floor_s)
    return min(max(usual, asked_s), bounds.ceiling_s)


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
