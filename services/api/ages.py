"""How long ago something was, in the words of the front page."""

from datetime import datetime

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def age(time: datetime, now: datetime) -> str:
    """The age of `time` at `now`, both aware: "just now", "7 mins ago", "about 1 hour ago", "3 days ago".

    Units are counted down, never up: 119 minutes are "about 1 hour ago". A time to come is "just now".
    `static/script/ages.js` follows the same rule; one table tests both.
    """
    seconds = (now - time).total_seconds()
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return _ago(int(seconds // _MINUTE), "min")
    if seconds < 2 * _HOUR:
        return "about 1 hour ago"
    if seconds < _DAY:
        return _ago(int(seconds // _HOUR), "hour")
    return _ago(int(seconds // _DAY), "day")


def _ago(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'} ago"
