"""A feed as its page and the table of feeds show it, from its state as ingest reported it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.api.ages import age
from services.api.page.places import Link, feed_place, web_link
from services.api.page.times import minute

_STATES = {"new": "Not read yet", "active": "Fine", "failing": "Failing", "gone": "Gone", "removed": "Removed"}
_PUSH = {"asked": "Asked for", "active": "Active", "denied": "Denied", "failing": "Failing", "ended": ""}


def feed_line(feed: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What is shown of one feed. Times are (ISO 8601, age or time, date) or None."""
    fine = feed["status"] == "active"
    push = feed.get("push")
    return {
        "id": feed["id"],
        "page": feed_place(feed["id"]),
        "name": feed["title"] or feed["url"],
        "url": feed["url"],
        "link": web_link(feed["url"]),
        "site": web_link(feed.get("site")),
        "tags": feed.get("tags") or (),
        "headlines": f"/?feed={feed['id']}",
        "status": feed["status"],
        "state": _STATES.get(feed["status"], feed["status"]),
        "reason": feed["reason"],
        "articles": feed["articles"],
        "failures": feed.get("failures") or 0,
        "since": _moment(feed["since"], now),
        "polled": _moment(feed["polled_at"], now),
        "news": _moment(feed["polled_at"], now) if fine else None,
        "next": _due(feed["polled_at"], feed["next_poll_at"], now),
        "rhythm": rhythm(feed.get("per_day")),
        "push": _PUSH.get(push["status"], push["status"]) if push else "",
        "moved": Link(feed["moves_to"], feed["moves_to"]) if feed.get("moves_to") else None,
    }


def rhythm(per_day: float | None) -> str:
    """How much it publishes, e.g. `12 a day` or `2 a week`; empty where that is not known yet."""
    if per_day is None:
        return ""
    for share, unit in ((1, "day"), (7, "week"), (30, "month")):
        if round(per_day * share) >= 1:
            return f"{round(per_day * share)} a {unit}"
    return "hardly any"


def pushed(feed: Mapping[str, Any]) -> dict[str, str]:
    """What there is to tell about its WebSub hub, as rows; none where there is none."""
    push = feed.get("push")
    if not push:
        return {}
    rows = {
        "Hub": push["hub"],
        "State": f"{push['status']} since {minute(datetime.fromisoformat(push['since']))}",
        "Reason": push.get("reason"),
        "Lease ends": minute(datetime.fromisoformat(push["until"])) if push.get("until") else None,
        "Deliveries": f"{push['received']} believed, {push['refused']} refused, {push['missed']} articles missed",
    }
    return {name: value for name, value in rows.items() if value}


def _moment(text: str | None, now: datetime) -> tuple[str, str, str] | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return text, age(at, now), minute(at)


def _due(polled: str | None, due: str | None, now: datetime) -> tuple[str, str, str] | None:
    """When it is polled next. Polls that find nothing new are not told: where the time that was told is over, the next
    one is about as far away at most as that one was."""
    if not due:
        return None
    at = datetime.fromisoformat(due)
    if at > now:
        return due, f"in {_span((at - now).total_seconds())}", minute(at)
    wait_s = (at - datetime.fromisoformat(polled)).total_seconds() if polled else 0.0
    return due, f"within {_span(wait_s)}", f"was due {minute(at)}, and found nothing new since"


def _span(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return f"{minutes} min{'' if minutes == 1 else 's'}"
    return f"{round(minutes / 60)} hours" if minutes < 48 * 60 else f"{round(minutes / 1440)} days"
