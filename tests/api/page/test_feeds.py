"""How feeds fare, for people."""

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from services.api.page.feed import feed_line, pushed, rhythm
from services.api.page.feed_table import ROWS, FeedsQuery, feed_table
from services.api.readmodel.documents import Json, feed_state
from services.contracts.feeds import Feed, Push
from tests.api.page.samples import NOW


def feed(name: str, minutes_ago: float = 10, **fields: Any) -> Feed:
    """A feed that was last polled so many minutes ago and is due ten minutes later."""
    polled = NOW - timedelta(minutes=minutes_ago)
    given: dict[str, Any] = {
        "id": uuid5(NAMESPACE_URL, name), "url": f"https://{name}.example/feed.xml", "title": name, "status": "active",
        "change": "polled", "since": NOW - timedelta(days=3), "polled_at": polled,
        "next_poll_at": polled + timedelta(minutes=10), "per_day": 12.2, "articles": 7,
    }  # fmt: skip
    return Feed(**(given | fields))


def line(feed: Feed) -> dict[str, Any]:
    return feed_line(feed_state(feed).model_dump(mode="json"), NOW)


def names(feeds: list[Feed], **query: Any) -> list[str]:
    states = [Json(feed_state(feed).model_dump_json()) for feed in feeds]
    return [row["name"] for row in feed_table(states, FeedsQuery(**query), NOW)["rows"]]


def test_a_feed_that_is_fine_says_when_it_brought_news_and_when_it_is_due() -> None:
    shown = line(feed("a", minutes_ago=8))
    assert (shown["state"], shown["news"][1], shown["next"][1], shown["rhythm"]) == (
        "Fine",
        "8 mins ago",
        "in 2 mins",
        "12 a day",
    )


def test_where_a_poll_found_nothing_new_since_the_next_one_is_told_as_it_is_known() -> None:
    assert line(feed("a", minutes_ago=60))["next"][1] == "within 10 mins"


def test_a_feed_that_fails_says_why_and_since_when_there_is_no_news() -> None:
    since = NOW - timedelta(hours=5)
    shown = line(feed("a", status="failing", change="failed", reason="503 <busy>", since=since, failures=4))
    assert (shown["state"], shown["reason"], shown["news"]) == ("Failing", "503 <busy>", None)
    assert (shown["since"][1], shown["polled"][1]) == ("5 hours ago", "10 mins ago")


@pytest.mark.parametrize(
    ("per_day", "said"),
    [(None, ""), (40.2, "40 a day"), (0.9, "1 a day"), (0.3, "2 a week"), (0.05, "2 a month"), (0.0, "hardly any")],
)
def test_rhythms(per_day: float | None, said: str) -> None:
    assert rhythm(per_day) == said


def test_what_is_known_of_its_hub() -> None:
    push = Push(hub="https://hub.example/", topic="t", status="active", since=NOW, received=3, missed=1)
    assert pushed(feed_state(feed("a", push=push)).model_dump(mode="json")) == {
        "Hub": "https://hub.example/",
        "State": "active since 1 March 2026, 12:00 UTC",
        "Deliveries": "3 believed, 0 refused, 1 articles missed",
    }


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["Ada", "bee", "Cy"]),
        ("-name", ["Cy", "bee", "Ada"]),
        ("state", ["bee", "Ada", "Cy"]),
        ("news", ["bee", "Cy", "Ada"]),
        ("-news", ["Ada", "Cy", "bee"]),
        ("rhythm", ["Cy", "Ada", "bee"]),
        ("articles", ["bee", "Ada", "Cy"]),
        ("next", ["Cy", "Ada", "bee"]),
    ],
)
def test_the_table_is_sorted_by_any_column(sort: str, order: list[str]) -> None:
    feeds = [
        feed("Cy", minutes_ago=9, per_day=40.0, articles=1),
        feed("bee", minutes_ago=1, status="failing", failures=2, per_day=None, articles=90),
        feed("Ada", minutes_ago=3),
    ]
    assert names(feeds, sort=sort) == order


def test_it_can_be_narrowed_to_a_state_and_is_shown_a_page_at_a_time() -> None:
    feeds = [feed(f"{number:03}", status="gone" if number == 7 else "active") for number in range(ROWS + 3)]
    assert names(feeds, status="gone") == ["007"]
    assert names(feeds, page=2) == [f"{number:03}" for number in range(ROWS, ROWS + 3)]
    states = [Json(feed_state(one).model_dump_json()) for one in feeds]
    shown = feed_table(states, FeedsQuery(sort="-name"), NOW)
    assert (shown["later"], shown["earlier"]) == ("/feeds?sort=-name&page=2", None)
    assert [(link.label, link.count) for link, _now in shown["states"]] == [("All", 103), ("Fine", 102), ("Gone", 1)]
    assert {column["name"]: (column["order"], column["href"]) for column in shown["columns"]}["name"] == (
        "descending", "/feeds",
    )  # fmt: skip
