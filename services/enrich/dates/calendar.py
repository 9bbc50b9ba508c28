"""The calendar date that a string begins with: one function for each way of writing it."""

import re
from datetime import date, timedelta

from services.enrich.dates.names import month_number
from services.enrich.dates.parsed import Calendar

_MONTH_ONLY = "the string names only a month: its first day is taken"
_YEAR_ONLY = "the string names only a year: its first day is taken"

_WORD = r"([^\W\d_]+)"
_ORDINAL = r"(?:st|nd|rd|th|er|re|os|[.ºª])?"
_OF = r"(?:(?:of|de|del)\s+|d['’])?"

_YEAR_MONTH_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)\.?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?=\D|$|\d{4}(?:\d\d)?(?!\d))")
_WEEK = re.compile(r"(\d{4})-?W(\d\d)(?:-?([1-7]))?(?!\d)")
_ORDINAL_DAY = re.compile(r"(\d{4})-?(\d{3})(?=\D|$)(?!-\d)")
_YEAR_MONTH = re.compile(r"(\d{4})-(\d\d)\Z")
_YEAR = re.compile(r"((?:19|20)\d\d)\Z")
_YEAR_NAME_DAY = re.compile(r"(\d{4})[.,]?[-\s]*" + _WORD + r"\.?[-\s]*(\d{1,2})(?!\d)\.?")
_DAY_NAME_YEAR = re.compile(
    r"(\d{1,2})"
    + (_ORDINAL + r"(?:[\s\-/,.]+|(?=[^\W\d]))" + _OF)
    + (_WORD + r"[\s\-/,.]*" + _OF)
    + r"'?(\d{4}|\d{2,3})(?![\d:])"
)
_NAME_DAY_YEAR = re.compile(_WORD + r"[\s.\-]+(\d{1,2})" + _ORDINAL + r"[\s,\-]+'?(\d{4})(?![\d:])")
_NAME_YEAR = re.compile(_WORD + r"\.?,?\s+(\d{4})\Z")
_NUMERIC = re.compile(r"(\d{1,2})([./ -])(\d{1,2})\2(\d{4}|\d{2})(?![\d:])")


def full_year(digits: str) -> int:
    """Two and three digits as RFC 2822 reads them: 00 to 49 are of this century, 104 is 2004."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def year_month_day(text: str) -> Calendar | None:
    """`2003-12-31`, `2003/12/31`, `2003.12.31`."""
    found = _YEAR_MONTH_DAY.match(text)
    return found and Calendar(int(found[1]), int(found[3]), int(found[4]), found.end())


def compact(text: str) -> Calendar | None:
    """`20031231`, with four or six digits of time behind it or not."""
    found = _COMPACT.match(text)
    return found and Calendar(int(found[1]), int(found[2]), int(found[3]), found.end())


def day_name_year(text: str) -> Calendar | None:
    """`31 Dec 2003`, `31-Dec-03`, `31. Dezember 2003`, `31 de diciembre de 2003`."""
    found = _DAY_NAME_YEAR.match(text)
    if not found or not (month := month_number(found[2])):
        return None
    return Calendar(full_year(found[3]), month, int(found[1]), found.end())


def name_day_year(text: str) -> Calendar | None:
    """`Dec 31 2003`, `December 31st, 2003`."""
    found = _NAME_DAY_YEAR.match(text)
    if not found or not (month := month_number(found[1])):
        return None
    return Calendar(int(found[3]), month, int(found[2]), found.end())


def year_name_day(text: str) -> Calendar | None:
    """`2003 Dec 31`, `2003. december 31.`."""
    found = _YEAR_NAME_DAY.match(text)
    if not found or not (month := month_number(found[2])):
        return None
    return Calendar(int(found[1]), month, int(found[3]), found.end())


def numeric(text: str) -> Calendar | None:
    """`31.12.2003`, `31/12/2003`, `12/31/2003`.

    With dots the day comes first. Otherwise only a number above 12 tells, and where none does the date is ambiguous
    and given month first. Two digits of a year are taken where no other order is possible.
    """
    found = _NUMERIC.match(text)
    if not found:
        return None
    first, second, digits = int(found[1]), int(found[3]), found[4]
    dotted = found[2] == "."
    if not (first and second) or (len(digits) == 2 and not dotted and second <= 12):
        return None
    day_first = dotted or first > 12
    return Calendar(
        full_year(digits),
        second if day_first else first,
        first if day_first else second,
        found.end(),
        ambiguous=not day_first and second <= 12 and first != second,
    )


def week_or_day_of_year(text: str) -> Calendar | None:
    """ISO 8601's `2003-W52-3` and `2003-365`."""
    try:
        if found := _WEEK.match(text):
            day = date.fromisocalendar(int(found[1]), int(found[2]), int(found[3] or 1))
        elif found := _ORDINAL_DAY.match(text):
            year = int(found[1])
            day = date(year, 1, 1) + timedelta(days=int(found[2]) - 1)
            if day.year != year:
                return None
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return Calendar(day.year, day.month, day.day, found.end())


def name_year(text: str) -> Calendar | None:
    """`Dec. 2003`, which says so in a note."""
    found = _NAME_YEAR.match(text)
    if not found or not (month := month_number(found[1])):
        return None
    return Calendar(int(found[2]), month, 1, found.end(), _MONTH_ONLY)


def month_or_year(text: str) -> Calendar | None:
    """W3CDTF's `2003-12` and `2003`, which say so in a note."""
    if found := _YEAR_MONTH.match(text):
        return Calendar(int(found[1]), int(found[2]), 1, found.end(), _MONTH_ONLY)
    found = _YEAR.match(text)
    return found and Calendar(int(found[1]), 1, 1, found.end(), _YEAR_ONLY)
