"""`--since`: a day, an instant, or a time ago."""

import re
from datetime import datetime, timedelta

from services.cli.trouble import Trouble

_AGO = re.compile(r"([0-9]{1,6})([mhdw])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def since_of(text: str | None, now: datetime) -> datetime | None:
    """The moment that `2d`, `90m`, `2026-03-01` or `2026-03-01T09:00:00Z` says, in UTC. Raises `Trouble`."""
    from services.api.http.parameters import to_instant

    if text is None:
        return None
    ago = _AGO.fullmatch(text)
    try:
        return now - int(ago[1]) * _UNITS[ago[2]] if ago else to_instant(text)
    except OverflowError:
        raise Trouble(f"--since {text} is before all times.") from None
    except ValueError as error:
        raise Trouble(f"--since {text} is {error}, nor a time ago (90m, 12h, 2d, 1w).") from None
