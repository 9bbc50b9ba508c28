"""Whether a date is believed, what is put right in it, and what is said about both."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.contracts.enrichments import Timestamp
from services.enrich.dates.in_context import read_date
from services.enrich.dates.learned import NOTHING, FeedDates, Offset
from services.enrich.dates.parsed import ParsedDate

CLOCK_SKEW = timedelta(hours=1)
"""How far ahead a date may be and still be meant: publishers' clocks run fast, and some feeds carry the hour
for which an article is planned. What is further ahead comes from a wrong zone or year: nothing is known."""

EARLIEST_MIDNIGHT = timedelta(hours=14)
"""A day begins up to 14 hours before it does in UTC, so a bare date may seem to be that far ahead."""

EARLIEST_YEAR = 1990
"""The web's first pages are of 1991; earlier dates are empty fields (1970, 1900, year 1) read as numbers."""

_SHOWN = 60

Limits = Sequence[tuple[str, datetime]]
"""Moments that a date must not be after, each with its name, in order; the last is when the date was read."""


class Around(NamedTuple):
    """What is known of whoever wrote a date. `offset` is by how much they are wrong, where that has been learned."""

    seen: datetime
    language: str | None = None
    dates: FeedDates = NOTHING
    offset: Offset | None = None


def believe(raw: str | None, method: str, limits: Limits, around: Around) -> Timestamp | str | None:
    """The time, or the reason why there is none, or None where nothing was said."""
    if raw is None or not raw.strip():
        return None
    shown = repr(raw if len(raw) <= _SHOWN else raw[:_SHOWN] + "…")
    parsed = read_date(raw, around.seen, around.language, around.dates.order)
    if parsed is None:
        return f"not a date that can be read without guessing: {shown}"
    return judge(parsed, raw, shown, method, limits, around)


def judge(parsed: ParsedDate, raw: str, shown: str, method: str, limits: Limits, around: Around) -> Timestamp | str:
    """What is made of a date that was read. `shown` stands for it in reasons."""
    if parsed.at.year < EARLIEST_YEAR:
        return f"distrusted: {shown} is before {EARLIEST_YEAR}"
    notes = [parsed.note] if parsed.note else []
    at, precision = parsed.at, parsed.precision
    if parsed.midnight and not around.dates.knows_the_time:
        precision = "day"
        notes.append(_MIDNIGHTS if around.dates.knows_no_time else _MIDNIGHT)
    elif (
        around.offset
        and precision != "day"
        and not parsed.counted
        and at - around.offset.ahead <= limits[-1][1] + CLOCK_SKEW
    ):
        at -= around.offset.ahead
        notes.append(_put_right(around.offset, utc=parsed.utc))
    tolerance = EARLIEST_MIDNIGHT if precision == "day" and parsed.utc else CLOCK_SKEW
    for name, limit in limits:
        lead = at - limit
        if lead <= timedelta(0):
            break
        if lead <= tolerance:
            at = limit
            notes.append(f"clamped to {name}: {'the feed' if method[:5] == 'feed:' else 'it'} is {_long(lead)} ahead")
            break
    else:
        return f"distrusted: {shown} is {_long(lead)} ahead of when it was seen"
    return Timestamp(
        at=at, raw=raw, method=method, precision=precision, zone=parsed.zone, adjusted="; ".join(notes) or None
    )


_MIDNIGHT = "it is midnight: only the day is taken to be meant"
_MIDNIGHTS = "the feed dates everything at midnight: only the day is meant"


def _put_right(offset: Offset, *, utc: bool) -> str:
    minutes = int(abs(offset.ahead).total_seconds()) // 60
    hours = f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    ahead = offset.ahead > timedelta(0)
    wrong = f"writes {offset.zone} time as UTC" if utc else f"is {hours} {'ahead' if ahead else 'behind'}"
    return f"the feed {wrong}: {hours} {'taken off' if ahead else 'added'}, learned from {offset.polls} polls"


def _long(lead: timedelta) -> str:
    seconds = lead.total_seconds()
    return f"{seconds:.0f} s" if seconds < 7200 else f"{seconds / 3600:.1f} h"
