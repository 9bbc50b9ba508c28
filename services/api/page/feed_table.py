"""The table of feeds: how they fare, in the order that the reader chose, a page at a time."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from services.api.http.parameters import Query
from services.api.page.feed import feed_line
from services.api.page.places import Link, address
from services.api.readmodel.documents import Json

ROWS = 100
_FAR = "9999"
_HEALTH = {"failing": 0, "gone": 1, "new": 2, "active": 3}

Column = Literal["name", "state", "news", "next", "rhythm", "articles", "push"]
_COLUMNS: tuple[tuple[Column, str], ...] = (
    ("name", "Feed"), ("state", "State"), ("news", "Last news"), ("next", "Next"), ("rhythm", "Rhythm"),
    ("push", "Push"), ("articles", "Articles"),
)  # fmt: skip
_KEYS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "name": lambda feed: (feed["title"] or feed["url"]).casefold(),
    "state": lambda feed: (_HEALTH.get(feed["status"], 4), -(feed.get("failures") or 0)),
    "news": lambda feed: (feed["polled_at"] or "") if feed["status"] == "active" else "",
    "next": lambda feed: feed["next_poll_at"] or _FAR,
    "rhythm": lambda feed: -(feed.get("per_day") or 0.0),
    "push": lambda feed: (feed.get("push") or {"status": "~"})["status"],
    "articles": lambda feed: -feed["articles"],
}
Done = Literal["asked", "known", "removed", "list"]


class FeedsQuery(Query):
    """`-` before the name of a column turns its order around."""

    sort: Literal[
        "name", "state", "news", "next", "rhythm", "articles", "push",
        "-name", "-state", "-news", "-next", "-rhythm", "-articles", "-push",
    ] = "name"  # fmt: skip
    status: Literal["new", "active", "failing", "gone"] | None = None
    page: int = Field(default=1, ge=1, le=10_000)
    done: Done | None = None
    added: int = Field(default=0, ge=0, le=1_000_000)
    edited: int = Field(default=0, ge=0, le=1_000_000)
    known: int = Field(default=0, ge=0, le=1_000_000)


def feed_table(states: Sequence[Json], query: FeedsQuery, now: datetime) -> dict[str, Any]:
    """What `feeds.html` shows of the feeds."""
    feeds = [json.loads(state) for state in states]
    counts = {status: sum(feed["status"] == status for feed in feeds) for status in _HEALTH}
    chosen = [feed for feed in feeds if query.status is None or feed["status"] == query.status]
    column, reverse = query.sort.removeprefix("-"), query.sort.startswith("-")
    chosen.sort(key=_KEYS["name"])
    chosen.sort(key=_KEYS[column], reverse=reverse)
    begin = (query.page - 1) * ROWS
    return {
        "rows": [feed_line(feed, now) for feed in chosen[begin : begin + ROWS]],
        "columns": [_column(query, name, label) for name, label in _COLUMNS],
        "states": _states(query, counts, len(feeds)),
        "total": len(feeds),
        "earlier": _address(query, page=query.page - 1) if query.page > 1 else None,
        "later": _address(query, page=query.page + 1) if begin + ROWS < len(chosen) else None,
        "here": "feeds",
    }


def _column(query: FeedsQuery, name: str, label: str) -> dict[str, Any]:
    """`order` is as in aria-sort, None where the table is not sorted by it; `href` sorts by it, or turns it around."""
    order = {name: "ascending", f"-{name}": "descending"}.get(query.sort)
    wanted = f"-{name}" if order == "ascending" else name
    return {"name": name, "label": label, "order": order, "href": _address(query, sort=wanted)}


def _states(query: FeedsQuery, counts: Mapping[str, int], total: int) -> list[tuple[Link, bool]]:
    words = {"active": "Fine", "failing": "Failing", "gone": "Gone", "new": "Not read yet"}
    every = [(Link(_address(query, status=None), "All", total), query.status is None)]
    return every + [
        (Link(_address(query, status=status), label, counts[status]), query.status == status)
        for status, label in words.items()
        if counts[status] or query.status == status
    ]


def _address(query: FeedsQuery, **changed: str | int | None) -> str:
    kept = {"sort": query.sort, "status": query.status, **changed}
    shown = [
        (name, str(value))
        for name, value in kept.items()
        if value not in (None, 1) and (name, value) != ("sort", "name")
    ]
    return address("/feeds", shown)
