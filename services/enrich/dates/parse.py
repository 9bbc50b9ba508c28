"""The front door: a date string in, a moment with its evidence out."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date

from services.enrich.dates.calendar import (
    compact,
    day_name_year,
    month_or_year,
    name_day_year,
    name_year,
    numeric,
    week_or_day_of_year,
    year_month_day,
    year_name_day,
)
from services.enrich.dates.clock import Clock, moment, read_clock
from services.enrich.dates.east_asian import in_iso_order
from services.enrich.dates.epoch import epoch
from services.enrich.dates.names import WEEKDAYS, fold, month_number, weekday_number
from services.enrich.dates.parsed import Calendar, ParsedDate
from services.enrich.dates.zones import read_zone

LONGEST = 100
_LEADING_WORD = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)?)[.\s]*(,?)[\s,]*")
_YEAR_LAST = re.compile(
    r"([^\W\d_]+)\.?\s+(\d{1,2}),?\s+(\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?)\s*(.*?)\s*\b(\d{4})((?:\s.*)?)", re.S
)
_CLOCK_FIRST = re.compile(r"(\d{1,2}:\d\d(?::\d\d)?(?:\s*[aApP]\.?[mM]\b\.?)?)\s*([A-Z]{2,5})?\s*[,\s|–-]\s*(.*)", re.S)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")

_USUAL = re.compile(r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) ([A-Z]{1,4}|[+-]\d{4})")

_YEAR_FIRST: tuple[Callable[[str], Calendar | None], ...] = (
    year_month_day,
    compact,
    week_or_day_of_year,
    month_or_year,
    year_name_day,
)
_NAME_FIRST = (name_day_year, name_year)


def parse_date(text: str) -> ParsedDate | None:
    """Read one date. None: it is no date, or could be two different ones (`04/05/2021`). Never raises."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        return None
    found = _usual(text) or _read(text)
    if found is None and not text.isascii():
        plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
        found = _read(in_iso_order(plain) or plain)
    return found


def _usual(text: str) -> ParsedDate | None:
    """`Wed, 31 Dec 2003 10:14:55 GMT`, which most feeds write: read as the patterns below would, in one."""
    found = _USUAL.fullmatch(text)
    if not found:
        return None
    day, name, year, hour, minute, second, zone_name = found.groups()
    month, zone = month_number(name), read_zone(zone_name)
    if not month or not zone:
        return None
    clock = Clock(int(hour), int(minute), int(second), 0, "second", zone)
    return moment(Calendar(int(year), month, int(day), 0), clock)


def _read(text: str, turned: bool = False) -> ParsedDate | None:
    """`turned`: the clock stood first, and was put behind the rest."""
    if not text[:1].isdigit():
        leading = _LEADING_WORD.match(text)
        if not leading:
            return None
        word = leading[1]
        rest = text[leading.end() :]
        weekday = rest and (leading[2] or fold(word) in WEEKDAYS)
        # `Mar, 3 Feb 2021` is a Spanish Tuesday, `Mar 3 2021` a month.
        if weekday and ((found := _dated(rest, word, turned)) or not month_number(word)):
            return found
    return _dated(text, turned=turned)


def _dated(text: str, weekday: str = "", turned: bool = False) -> ParsedDate | None:
    """A date whose weekday, if it had one, is known already."""
    if text[:4].isdigit():
        return (text[4:9].isdigit() and epoch(text)) or _first_of(_YEAR_FIRST, text)
    if not text[:1].isdigit():
        return _year_last(text) or _first_of(_NAME_FIRST, text)
    return _at(text, day_name_year) or _at(text, numeric, weekday) or (None if turned else _clock_first(text))


def _first_of(forms: Iterable[Callable[[str], Calendar | None]], text: str) -> ParsedDate | None:
    for form in forms:
        if found := _at(text, form):
            return found
    return None


def _clock_first(text: str) -> ParsedDate | None:
    """`10:14, 31 Dec 2003`."""
    found = _CLOCK_FIRST.fullmatch(text)
    return found and _read(f"{found[3]} {found[1]} {found[2] or ''}".strip(), turned=True)


def _at(text: str, form: Callable[[str], Calendar | None], weekday: str = "") -> ParsedDate | None:
    calendar = form(text)
    if calendar is None:
        return None
    clock = read_clock(text[calendar.end :])
    if clock is None:
        return None
    if calendar.ambiguous and not clock.american:
        calendar = _told_apart(calendar, weekday)
    return calendar and moment(calendar, clock)


def _told_apart(calendar: Calendar, weekday: str) -> Calendar | None:
    """The only order of day and month that falls on the weekday which the string names."""
    number = weekday_number(weekday)
    other = calendar._replace(month=calendar.day, day=calendar.month)
    fitting = [c for c in (calendar, other) if date(max(c.year, 1), c.month, c.day).weekday() == number]
    return fitting[0] if len(fitting) == 1 else None


def _year_last(text: str) -> ParsedDate | None:
    """asctime and date(1): `Wed Dec 31 10:14:55 2003`, `Wed Dec 31 10:14:55 CET 2003`."""
    found = _YEAR_LAST.fullmatch(text)
    if not found or not (month := month_number(found[1])):
        return None
    clock = read_clock(f" {found[3]} {found[4]} {found[6]}")
    return clock and moment(Calendar(int(found[5]), month, int(found[2]), 0), clock)
