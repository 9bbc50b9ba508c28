"""Time zones as feeds write them: offsets, names, regions."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Zone(NamedTuple):
    """A zone, and whether the string really named it. `note` says which of several zones of one name was taken."""

    info: tzinfo
    explicit: bool
    note: str | None = None


_ASSUMED = Zone(UTC, explicit=False)
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)
"""No place is further from UTC."""

# Hours from UTC. RFC 822 fixes the North American ones.
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
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "МСК": 3, "SAMT": 4, "YEKT": 5, "OMST": 6, "NOVT": 7, "KRAT": 7,
    "IRKT": 8, "YAKT": 9, "VLAT": 10, "MAGT": 11, "PETT": 12, "AZT": 4, "GET": 4, "UZT": 5, "TMT": 5, "TJT": 5,
    "MVT": 5, "AFT": 4.5, "BTT": 6, "MMT": 6.5, "ULAT": 8, "CHST": 10, "FJT": 12, "SST": -11, "VET": -4, "BOT": -4,
    "ECT": -5, "GYT": -4, "GFT": -3, "FNT": -2, "AZOT": -1, "CVT": -1,
}  # fmt: skip
_TAKEN = {
    "IST": "IST is taken for India's, +05:30; Israel and Ireland write it too",
    "BST": "BST is taken for British summer, +01:00; Bangladesh writes it too",
    "AST": "AST is taken for the Atlantic's, -04:00; Arabia writes it too",
    "GST": "GST is taken for the Gulf's, +04:00; South Georgia writes it too",
}
"""Names without one owner. RFC 822 gives EST to PDT theirs; of these nobody does, and the guess is said."""

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
        inside = text.strip(" []()")
        return (inside and inside != text and _COMMENT.sub("", inside) and read_zone(inside)) or _ASSUMED
    hours = _HOURS.get(name.upper())
    if hours is not None:
        info = timezone(timedelta(hours=hours)) if hours else UTC
        return Zone(info, explicit=True, note=_TAKEN.get(name.upper()))
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
