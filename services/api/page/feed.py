"""A feed's line on the page of feeds, from its state as ingest reported it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.api.ages import age
from services.api.page.times import minute


def feed_line(feed: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What `feeds.html` shows of one feed."""
    since = datetime.fromisoformat(feed["since"])
    polled = feed["polled_at"] and datetime.fromisoformat(feed["polled_at"])
    following = feed["next_poll_at"] and datetime.fromisoformat(feed["next_poll_at"])
    return {
        "name": feed["title"] or feed["url"],
        "url": feed["url"],
        "headlines": f"/?feed={feed['id']}",
        "status": feed["status"],
        "reason": feed["reason"],
        "articles": feed["articles"],
        "since": feed["since"],
        "since_date": minute(since),
        "since_age": age(since, now),
        "polled": feed["polled_at"],
        "polled_age": age(polled, now) if polled else None,
        "next": feed["next_poll_at"],
        "next_time": minute(following) if following else None,
    }
