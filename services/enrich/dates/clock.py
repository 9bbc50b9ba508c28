"""The time of day, and the zone, that stand behind the calendar date."""

import re
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from services.enrich.dates.parsed import Calendar, ParsedDate
from services.enrich.dates.zones import Zone, read_zone

_BEFORE = r"(?:\s*[Tt]\s*|\s+[-–—]\s+|[\s,;|@.]+(?:(?:at|um|kl|klo|à|alle|ore|om|às|в|o)\.?\s+)?)"
_SECONDS = r"(?:[:.](\d{1,2})(?:[.,:](\d+))?)?"
_MERIDIEM = r"(?:\s*([aApP])\.?\s?[mM]\b\.?)?"
_UNIT = r"(?!\d)(?:\s*(?:Uhr|hrs?|h)\b)?"
_CLOCK = re.compile(_BEFORE + r"(\d{1,2})[:.hH](\d{1,2})" + _SECONDS + _MERIDIEM + _UNIT + r"(.*)", re.S)
_COMPACT = re.compile(r"[Tt ]?(\d\d)(?:(\d\d)(?:(\d\d)(?:[.,](\d+))?)?)?()(?!\d)(.*)", re.S)
_HOUR = re.compile(_BEFORE + r"(\d{1,2})()()()\s*([aApP])\.?\s?[mM]\b\.?(.*)", re.S)

_HOUR_ONLY = "the string names only the hour"
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class Clock(NamedTuple):
    """A time of day as written: hour may be 24 and second 60, where ISO 8601 and UTC have them."""

    hour: int
    minute: int
    second: int
    microsecond: int
    precision: Literal["second", "minute", "day"]
    zone: Zone
    american: bool = False
    note: str | None = None


def read_clock(rest: str) -> Clock | None:
    """What stands behind a date; it may be nothing. None: something that belongs to no date."""
    found = _CLOCK.match(rest) or _HOUR.match(rest) or _COMPACT.match(rest)
    if not found:
        zone = read_zone(rest)
        return zone and Clock(0, 0, 0, 0, "day", zone)
    hour, minute, second, fraction, meridiem, behind = found.groups()
    zone = read_zone(behind)
    if zone is None:
        return None
    return Clock(
        _hour(int(hour), meridiem),
        int(minute or 0),
        int(second or 0),
        int(fraction[:6].ljust(6, "0")) if fraction else 0,
        "second" if second else "minute",
        zone,
        bool(meridiem),
        None if minute else _HOUR_ONLY,
    )


def _hour(hour: int, meridiem: str | None) -> int:
    """On the 24 hour clock. `14:30 pm` is half past two: the writer's mistake is the letters."""
    if not meridiem or hour > 12:
        return hour
    return hour % 12 + (12 if meridiem in "pP" else 0)


def moment(calendar: Calendar, clock: Clock) -> ParsedDate | None:
    """Calendar and clock as one moment in UTC, or None where there is no such day or time."""
    hour, second = clock.hour, clock.second
    add = None
    if hour == 24 and not (clock.minute or second or clock.microsecond):
        hour, add = 0, _DAY
    elif second == 60:
        second, add = 59, _SECOND
    try:
        at = datetime(
            calendar.year, calendar.month, calendar.day, hour, clock.minute, second, clock.microsecond, clock.zone.info
        )
        if clock.zone.info is not UTC:
            at = at.astimezone(UTC)
        if add:
            at += add
    except (ValueError, OverflowError):
        return None
    return ParsedDate(
        at,
        clock.precision,
        "explicit" if clock.zone.explicit else "assumed",
        calendar.note or clock.note or clock.zone.note,
        clock.zone.info is UTC,
        not (clock.minute or second or hour) and clock.precision != "day",
    )
