"""Seconds, milliseconds or microseconds since 1970 as a bare number."""

import re
from datetime import UTC, datetime, timedelta

from services.enrich.dates.parsed import ParsedDate

_NUMBER = re.compile(r"(\d{9,10})(?:\.(\d{1,9}))?|(\d{9,10})(\d{3}|\d{6})")
_START = datetime(1970, 1, 1, tzinfo=UTC)
_PLAUSIBLE = range(315_532_800, 4_102_444_800)
"""1980 to 2100 in seconds: other numbers of so many digits are ids."""


def epoch(text: str) -> ParsedDate | None:
    """The moment of a number that must be one: 9 or 10 digits of seconds, 3 or 6 more of finer units."""
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    seconds = int(found[1] or found[3])
    if seconds not in _PLAUSIBLE:
        return None
    fraction = (found[2] or found[4] or "")[:6].ljust(6, "0")
    return ParsedDate(_START + timedelta(seconds=seconds, microseconds=int(fraction)), "second", "explicit")
