"""What a server says about when to come back (RFC 9110, 10.2.3 and RFC 9111, 4.2)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[,\s])no-(?:cache|store)\b", re.IGNORECASE)


def fresh_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds for which an answer stays fresh, by `Cache-Control: max-age` or else `Expires`; None where neither is
    there. What it aged in caches on the way (`Age`) is taken off."""
    control = headers.get("cache-control", "")
    if _NOT_KEPT.search(control):
        return 0.0
    if stated := _MAX_AGE.search(control):
        age = headers.get("age", "").strip()
        return max(0.0, float(stated[1]) - (float(age[:9]) if age.isascii() and age.isdecimal() else 0.0))
    if not (expires := headers.get("expires")):
        return None
    end, start = _moment(expires), _moment(headers.get("date", "")) or now
    return max(0.0, (end - start).total_seconds()) if end else 0.0


def seconds_until(retry_after: str | None, now: datetime) -> float | None:
    """A Retry-After header (seconds or a date) as seconds from `now`; None for nonsense."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    moment = _moment(text)
    return max(0.0, (moment - now).total_seconds()) if moment else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
