"""Times in a query: ISO 8601 moments of any precision, durations, and the intervals made of them."""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_MOMENT = re.compile(
    r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2})(?:[Tt](\d{2})(?::(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
    r"(Z|z|[+-]\d{2}(?::?\d{2})?)?)?)?)?",
    re.ASCII,
)
_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?"
    r"(?:T(?=.)(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,6})S)?)?",
    re.ASCII | re.IGNORECASE,
)
_HINT = "write a year, month, day or instant (2026, 2026-03, 2026-03-01, 2026-03-01T09:30Z)"


class Span(NamedTuple):
    """From `since` on, before `until`; UTC."""

    since: datetime | None
    until: datetime | None


class Duration(NamedTuple):
    """Calendar months, and an exact rest."""

    months: int
    rest: timedelta


def moment(text: str, now: datetime) -> Span:
    """A moment as long as it is precise, such as the whole month of `2026-03`; UTC where no zone is named.

    A duration such as `P1D` is the moment so long before `now`. Raises `ValueError`, saying what to write.
    """
    duration = read_duration(text)
    if duration is not None:
        moment = back(now, duration)
        return Span(moment, moment)
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no time; {_HINT}, or a time ago (PT6H, P1D, P2W, P1M)")
    try:
        return _span(found)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time of the calendar; {_HINT}") from None


def interval(text: str, now: datetime) -> Span:
    """A moment, or two with `/` between: both are included. One of two may be a duration, or empty for no limit.

    A duration alone reaches from so long ago to now. Raises `ValueError`.
    """
    first, slash, second = text.partition("/")
    if not slash:
        return Span(moment(text, now).since, None) if read_duration(text) else moment(text, now)
    if "/" in second:
        raise ValueError(f"{text!r} has more than one '/'; in an interval, days are written 2026-03-01")
    before, after = read_duration(first), read_duration(second)
    if (before and after) or (not first and not second):
        raise ValueError(f"{text!r} says neither where it begins nor where it ends")
    since = None if not first or before else moment(first, now).since
    until = None if not second or after else moment(second, now).until
    if before:
        since = None if until is None else back(until, before)
    if after:
        until = None if since is None else ahead(since, after)
    if since is not None and until is not None and until <= since:
        raise ValueError(f"{text!r} ends before it begins")
    return Span(since, until)


def read_duration(text: str) -> Duration | None:
    """Read `P1Y2M3W4DT5H6M7S`; None for what is no duration."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return Duration(12 * years + months, rest)


def back(moment: datetime, duration: Duration) -> datetime:
    """So long before. Of the 31st, months lead to the last day where there is no 31st. Raises `ValueError`."""
    return _moved(moment, -duration.months, -duration.rest)


def ahead(moment: datetime, duration: Duration) -> datetime:
    """So long after. Raises `ValueError`."""
    return _moved(moment, duration.months, duration.rest)


def _moved(moment: datetime, months: int, rest: timedelta) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    try:
        day = min(moment.day, monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day) + rest
    except (ValueError, OverflowError):
        raise ValueError("the time is before or after all years") from None


def _span(found: re.Match[str]) -> Span:
    year, month, day, hour, minute, second, zone = found.groups()
    start = datetime(
        int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
    )
    if month is None:
        return Span(start, ahead(start, Duration(12, timedelta())))
    if day is None:
        return Span(start, ahead(start, Duration(1, timedelta())))
    length = timedelta(days=1)
    for given, unit in ((hour, timedelta(hours=1)), (minute, timedelta(minutes=1)), (second, timedelta(seconds=1))):
        if given is not None:
            length = unit
    start -= _offset(zone)
    return Span(start, start + length)


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(zone)
    return timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
