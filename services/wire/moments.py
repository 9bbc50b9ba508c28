"""Moments as Redis has them."""

from datetime import datetime


def unix_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, as in the ids of stream entries and the scores of due times."""
    return int(moment.timestamp() * 1000)
