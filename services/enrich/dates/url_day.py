"""The day that an address names: `https://example.org/2026/03/14/ferry`."""

import re
from datetime import UTC, datetime

from services.enrich.dates.parsed import ParsedDate

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_MAYBE = re.compile(r"[/_-](?:19|20)\d\d")
_PATTERNS = (
    re.compile(r"/((?:19|20)\d\d)/(\d\d?|[a-z]{3})/(\d\d?)(?=/|-|$)", re.I),
    re.compile(r"(?:/|-|_)((?:19|20)\d\d)-(\d\d)-(\d\d)(?=/|-|_|\.|$)"),
    re.compile(r"/((?:19|20)\d\d)(\d\d)(\d\d)(?=/|-|_|$)"),
)


def day_in_url(url: str | None) -> tuple[ParsedDate, str] | None:
    """The day, and the words of the address that name it. None: no day, or more than one."""
    if not url or not _MAYBE.search(url):
        return None
    begins = url.find("/", url.find("//") + 2)
    path = url[begins:].partition("?")[0].partition("#")[0] if begins >= 0 else ""
    found = [one for pattern in _PATTERNS for one in pattern.finditer(path)]
    days = {day for one in found if (day := _day(one))}
    if len(days) != 1:
        return None
    return ParsedDate(days.pop(), "day", "assumed"), found[0][0]


def _day(found: re.Match[str]) -> datetime | None:
    month = _MONTHS.get(found[2].lower()) if found[2].isalpha() else int(found[2])
    try:
        return datetime(int(found[1]), month or 0, int(found[3]), tzinfo=UTC)
    except ValueError:
        return None
