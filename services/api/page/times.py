"""Times for readers: where on the front page one belongs, and how it was found."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any


def day(moment: datetime) -> str:
    """E.g. `Sunday 1 March 2026`, in UTC."""
    moment = moment.astimezone(UTC)
    return f"{moment:%A} {moment.day} {moment:%B} {moment.year}"


def minute(moment: datetime) -> str:
    """E.g. `1 March 2026, 08:12 UTC`."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%B} {moment.year}, {moment:%H:%M} UTC"


def group(time: datetime, now: datetime) -> str:
    """The heading that a headline stands under: `Last hour`, `Today`, `Yesterday`, or the day. Days are UTC's.

    `static/script/ages.js` follows the same rule; one table tests both.
    """
    if now - time < timedelta(hours=1):
        return "Last hour"
    days = (now.astimezone(UTC).date() - time.astimezone(UTC).date()).days
    return {0: "Today", 1: "Yesterday"}.get(days) or day(time)


def found(method: str) -> str:
    """How a time was found, from its method, e.g. `from the feed’s pubDate`."""
    if method.startswith("feed:"):
        return f"from the feed’s {method.removeprefix('feed:')}"
    if method.startswith("page:"):
        return f"from {method.removeprefix('page:')} of its own page"
    return {"first_seen": "when it was first seen", "url": "from the day in its address"}.get(method, f"by {method}")


def evidence(label: str, stamp: Mapping[str, Any]) -> dict[str, str]:
    """What is known about one time, a `Timestamp` of the contract as JSON, as rows for a reader. No empty rows."""
    zone = {"explicit": "given", "assumed": "not given; UTC is assumed"}.get(stamp["zone"], stamp["zone"])
    from_feed = stamp["method"] != "first_seen"
    rows = {
        "": label,
        "Time": minute(datetime.fromisoformat(stamp["at"])),
        "Found": found(stamp["method"]),
        "As written": stamp.get("raw"),
        "Exact to the": stamp["precision"],
        "Zone": zone if from_feed else None,
        "Adjusted": stamp.get("adjusted"),
        "Disputed": stamp.get("disputed"),
    }
    return {name: value for name, value in rows.items() if value}
