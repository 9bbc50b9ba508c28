"""When an article was published and updated, from the feed's own strings, as far as they can be believed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.contracts.articles import Article
from services.contracts.enrichments import Times, Timestamp
from services.enrich.dates.parse import parse_date
from services.enrich.dates.parsed import ParsedDate
from services.enrich.step import Draft, Step

CLOCK_SKEW = timedelta(hours=1)
"""How far ahead a date may be and still be meant: publishers' clocks run fast, and some feeds carry the hour
for which an article is planned. What is further ahead comes from a wrong zone or year: nothing is known."""

EARLIEST_MIDNIGHT = timedelta(hours=14)
"""A day begins up to 14 hours before it does in UTC, so a bare date may seem to be that far ahead."""

EARLIEST_YEAR = 1990
"""The web's first pages are of 1991; earlier dates are empty fields (1970, 1900, year 1) read as numbers."""

_SHOWN = 60


def times_step() -> Step:
    return Step(
        name="times",
        version=1,
        reads=("published", "published_field", "updated", "updated_field", "first_seen", "seen"),
        adds=("times", "skipped"),
        run=_run,
    )


def _run(drafts: Sequence[Draft]) -> Sequence[Draft]:
    return [_with_times(draft) for draft in drafts]


def _with_times(draft: Draft) -> Draft:
    article = draft.article
    published = _read(article.published, article.published_field or "published", _published_limits(article))
    updated = _read(article.updated, article.updated_field or "updated", (("seen", article.seen),))
    if published is None and isinstance(updated, Timestamp):
        published = _published_as_updated(updated, article.first_seen)
    skipped = dict(draft.skipped)
    if isinstance(published, str):
        skipped["times.published"] = published
    if isinstance(updated, str):
        skipped["times.updated"] = updated
    times = Times(
        published=published if isinstance(published, Timestamp) else None,
        updated=updated if isinstance(updated, Timestamp) else None,
        first_seen=draft.times.first_seen,
    )
    return replace(draft, times=times, skipped=skipped)


def _published_as_updated(updated: Timestamp, first_seen: datetime) -> Timestamp:
    """For feeds that date only updates, as Atom allows (RFC 4287, 4.1.2): until an article is revised the two are one.
    An update later than the first sight of the article says only that it was published before it was seen."""
    note = "the feed gives no date of publication, this is its date of update"
    if updated.at > first_seen:
        return updated.model_copy(update={"at": first_seen, "adjusted": f"{note}; clamped to first seen"})
    return updated.model_copy(update={"adjusted": f"{updated.adjusted}; {note}" if updated.adjusted else note})


def _published_limits(article: Article) -> tuple[tuple[str, datetime], ...]:
    """Nothing is published after it was seen; some publishers move the date on with each revision."""
    return (("first seen", article.first_seen), ("seen", article.seen))


def _read(raw: str | None, field: str, limits: Sequence[tuple[str, datetime]]) -> Timestamp | str | None:
    """The time, or the reason why there is none, or None where the feed said nothing."""
    if raw is None or not raw.strip():
        return None
    shown = repr(raw if len(raw) <= _SHOWN else raw[:_SHOWN] + "…")
    parsed = parse_date(raw)
    if parsed is None:
        return f"not a date that can be read without guessing: {shown}"
    if parsed.at.year < EARLIEST_YEAR:
        return f"distrusted: {shown} is before {EARLIEST_YEAR}"
    adjusted = parsed.note
    at = parsed.at
    for name, limit in limits:
        lead = at - limit
        if lead <= timedelta(0):
            break
        if lead <= _tolerance(parsed):
            at = limit
            clamped = f"clamped to {name}: the feed is {_seconds(lead)} ahead"
            adjusted = f"{adjusted}; {clamped}" if adjusted else clamped
            break
    else:
        return f"distrusted: {shown} is {_seconds(lead)} ahead of when it was seen"
    return Timestamp(
        at=at, raw=raw, method=f"feed:{field}", precision=parsed.precision, zone=parsed.zone, adjusted=adjusted
    )


def _tolerance(parsed: ParsedDate) -> timedelta:
    return EARLIEST_MIDNIGHT if parsed.precision == "day" and parsed.zone == "assumed" else CLOCK_SKEW


def _seconds(lead: timedelta) -> str:
    seconds = lead.total_seconds()
    return f"{seconds:.0f} s" if seconds < 7200 else f"{seconds / 3600:.1f} h"
