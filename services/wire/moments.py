"""Moments as Redis has them."""

from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def unix_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, as in the ids of stream entries and the scores of due times."""
    return int(moment.timestamp() * 1000)


def moment_of(ms: int) -> datetime:
    """The moment of so many milliseconds since 1970."""
    return _BEGINNING + timedelta(milliseconds=ms)
