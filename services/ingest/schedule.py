"""When a feed itself says that asking is of use: `skipHours` and `skipDays` of RSS, and RSS 1.0's syndication module.

Like a ttl, a schedule makes a wait longer, never shorter. Hours and days are those of GMT, as the formats say.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Self

from services.contracts.base import Contract, Instant

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOUR_S, _DAY_S = 3_600.0, 86_400.0
_PERIODS = {"hourly": _HOUR_S, "daily": _DAY_S, "weekly": 7 * _DAY_S, "monthly": 30 * _DAY_S, "yearly": 365 * _DAY_S}
_HOURS = 24
_APART_S = 300.0  # so that all who rested through the night do not wake in the same second


class Schedule(Contract):
    """`skip_days` counts from Monday as 0. The feed changes every `every_s` seconds, at `base` and so on if given."""

    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    every_s: float | None = None
    base: Instant | None = None

    @classmethod
    def of(
        cls,
        *,
        hours: Iterable[str] = (),
        days: Iterable[str] = (),
        period: str | None = None,
        frequency: str | None = None,
        base: str | None = None,
    ) -> Self | None:
        """From a feed's own strings; None where they say nothing. What makes no sense is ignored, and so are a day or a
        week that is skipped as a whole."""
        skip_hours = {int(hour) % _HOURS for hour in map(str.strip, hours) if _is_hour(hour)}
        skip_days = {_DAYS.index(day) for day in (day.strip().lower() for day in days) if day in _DAYS}
        begun = _moment(base)
        every_s = _every(period, frequency, begun)
        schedule = cls(
            skip_hours=tuple(sorted(skip_hours)) if len(skip_hours) < _HOURS else (),
            skip_days=tuple(sorted(skip_days)) if len(skip_days) < len(_DAYS) else (),
            every_s=every_s,
            base=begun if every_s else None,
        )
        return schedule if schedule.skip_hours or schedule.skip_days or schedule.every_s else None

    def postpone(self, now: datetime, wait_s: float, longest_s: float, chance: float) -> float:
        """`wait_s` from `now`, or as much longer as is asked for, up to `longest_s`. `chance` in [0, 1) keeps feeds
        apart that wait for the same moment."""
        asked_s = max(wait_s, self._until_update(now, chance))
        at = now.astimezone(UTC) + timedelta(seconds=min(asked_s, longest_s))
        skipped = False
        while self._skips(at) and (at - now).total_seconds() < longest_s:
            skipped = True
            at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        asked_s = (at - now).total_seconds() + (_APART_S * chance if skipped else 0.0)
        return max(wait_s, min(asked_s, longest_s))

    def _skips(self, at: datetime) -> bool:
        return at.hour in self.skip_hours or at.weekday() in self.skip_days

    def _until_update(self, now: datetime, chance: float) -> float:
        if not self.every_s:
            return 0.0
        if not self.base:
            return self.every_s
        return self.every_s - (now - self.base).total_seconds() % self.every_s + _APART_S * chance


def _is_hour(text: str) -> bool:
    """RSS 0.91 counted from 1 to 24, later versions from 0 to 23."""
    return text.isascii() and text.isdecimal() and len(text) <= 2 and int(text) <= _HOURS


def _every(period: str | None, frequency: str | None, base: datetime | None) -> float | None:
    """Hourly, once, without a base is no wish: WordPress writes that into every feed, whatever its owner publishes."""
    if not period and not frequency:
        return None
    length = _PERIODS.get((period or "daily").strip().lower())
    times = (frequency or "1").strip()
    if length is None or not (times.isascii() and times.isdecimal() and int(times[:9]) > 0):
        return None
    every_s = length / int(times[:9])
    return None if every_s == _HOUR_S and base is None else every_s


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat((text or "").strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
