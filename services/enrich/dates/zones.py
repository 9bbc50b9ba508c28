"""Time zones as feeds write them: offsets, names, regions."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Zone(NamedTuple):
    """A zone, and whether the string really named it."""

    info: tzinfo
    explicit: bool


_ASSUMED = Zone(UTC, explicit=False)
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)
"""No place is further from UTC."""

# Hours from UTC. RFC 822 fixes the North American ones; BST, IST and the like are ambiguous in the
# world, and are read as the zone whose publishers really write them (British summer, India).
_HOURS: dict[str, float] = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10, "AST": -4, "ADT": -3, "NST": -3.5, "NDT": -2.5,
    "BRT": -3, "BRST": -2, "ART": -3, "CLT": -4, "CLST": -3, "COT": -5, "PET": -5, "UYT": -3,
    "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "MET": 1, "WAT": 1,
    "CEST": 2, "MESZ": 2, "MEST": 2, "EET": 2, "SAST": 2, "CAT": 2, "IDT": 3,
    "EEST": 3, "MSK": 3, "MSD": 4, "TRT": 3, "EAT": 3, "GST": 4, "IRST": 3.5,
    "PKT": 5, "IST": 5.5, "NPT": 5.75, "BDT": 6, "ICT": 7, "WIB": 7, "WITA": 8, "WIT": 9,
    "HKT": 8, "SGT": 8, "MYT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "ACDT": 10.5,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
_REGIONS = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}

_COMMENT = re.compile(r"\([^)]*\)?|\[[^\]]*\]?")
_OFFSET = re.compile(r"([A-Za-z]{0,5})\s*([+\-−–])\s?(\d{1,2}):?(\d\d)?(?::?\d\d)?(?:\s*[A-Za-z]{1,5})?")
_REGION = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+\-]+)+")
_UNKNOWN = re.compile(r"[A-Z]{1,5}|[+\-]\d{1,2}:\d?")


@lru_cache(maxsize=1024)  # the zones of all feeds are a few dozen strings
def read_zone(text: str) -> Zone | None:
    """The zone that stands behind a date. None: this is no zone at all, so what stood before was no date.

    Nothing, a name that is not known (`XYZ`), an impossible offset (`+9900`) and one that was cut off (`+01:0`)
    give UTC, not explicit.
    """
    name = _COMMENT.sub("", text).strip(" \t\r\n,;.|")
    if not name:
        return _region(text.strip(" []()")) or _ASSUMED
    hours = _HOURS.get(name.upper())
    if hours is not None:
        return Zone(timezone(timedelta(hours=hours)) if hours else UTC, explicit=True)
    if offset := _OFFSET.fullmatch(name):
        return _from_offset(offset)
    if region := _region(_REGIONS.get(name.upper(), name)):
        return region
    return _ASSUMED if _UNKNOWN.fullmatch(name) or _REGION.fullmatch(name) else None


def _from_offset(offset: re.Match[str]) -> Zone:
    _name, sign, hours, minutes = offset.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if sign != "+":
        ahead = -ahead
    if not _WEST <= ahead <= _EAST or int(minutes or 0) > 59:
        return _ASSUMED
    return Zone(timezone(ahead) if ahead else UTC, explicit=True)


def _region(name: str) -> Zone | None:
    if not _REGION.fullmatch(name):
        return None
    try:
        return Zone(ZoneInfo(name), explicit=True)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
