"""Dates of three numbers that could be two days, `03/04/2026`, and what can tell which one is meant."""

import re
from typing import Literal

Order = Literal["day", "month"]
"""Which of the two comes first."""

_NUMERIC = re.compile(r"(?<![\d/:.-])(\d{1,2})([/ -])(\d{1,2})\2(\d{4}|(?<=/)\d\d)(?![\d/:-])")

_MONTH_FIRST = frozenset({"US", "PH", "FM", "PW", "MH", "PR"})
_DAY_FIRST_ENGLISH = frozenset("GB UK IE AU NZ IN PK BD LK SG MY HK NG GH KE UG TZ ZM ZW MT JM TT BB".split())
_DAY_FIRST = frozenset(
    "fr de es it pt nl da nb no nn fi pl cs sk sl hr sr bs bg mk ru uk be el tr ro ca gl et lv is ga cy id ms vi th hi "
    "bn ta te ur ar he az ka hy sq gu mr ml kn pa".split()
)


def written_order(text: str) -> Order | None:
    """The order in which a date that leaves no doubt is written: `31/12/2026` has the day first."""
    found = _NUMERIC.search(text)
    if not found:
        return None
    first, second = int(found[1]), int(found[3])
    if first > 12 >= second:
        return "day"
    return "month" if second > 12 >= first else None


def order_of_language(language: str | None) -> Order | None:
    """What people write who use the language (a BCP 47 tag); of English only with its country."""
    code, *rest = (language or "").replace("_", "-").split("-")
    region = next((part.upper() for part in rest if len(part) == 2), None)
    if region in _MONTH_FIRST:
        return "month"
    if code.lower() == "en":
        return "day" if region in _DAY_FIRST_ENGLISH else None
    return "day" if code.lower() in _DAY_FIRST and region != "CA" else None


def in_order(text: str, order: Order) -> str | None:
    """The text with its ambiguous date written as year, month, day, read in that order. None: it has none."""
    found = _NUMERIC.search(text)
    if not found:
        return None
    first, second, year = found[1], found[3], found[4]
    if len(year) == 2:
        year = f"20{year}" if year < "50" else f"19{year}"
    day, month = (first, second) if order == "day" else (second, first)
    return f"{text[: found.start()]}{year}-{int(month):02}-{int(day):02}{text[found.end() :]}"
