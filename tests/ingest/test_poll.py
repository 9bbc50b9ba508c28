"""What a poll means for a feed."""

from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.identity import feed_id
from services.ingest.feed_state import FeedState
from services.ingest.outcomes import Failed
from services.ingest.poll import Document, PollDecision, Read, Rhythm, after_poll

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=3)
URL = "https://e.example/feed"
RHYTHM = Rhythm(interval_s=900, longest_s=86_400)
MIDDLE = 0.5
DOCUMENT = Document(digest="d", etag='"1"', last_modified="then", title="E", site="https://e.example/", new=2)


def feed(**changes: object) -> FeedState:
    before = FeedState(id=feed_id(URL), origin=URL, url=URL, status="active", since=EARLIER, own_title="E")
    return before.model_copy(update={"site": "https://e.example/", **changes})


def decide(before: FeedState, outcome: Read | Failed, chance: float = MIDDLE) -> PollDecision:
    return after_poll(before, outcome, NOW, RHYTHM, chance)


def wait_of(decision: PollDecision) -> float:
    assert decision.state.next_poll_at
    return (decision.state.next_poll_at - NOW).total_seconds()


def test_a_first_reading_makes_a_feed_active() -> None:
    decision = decide(feed(status="new", own_title=None, site=None), Read(DOCUMENT))
    state = decision.state
    assert decision.change == "polled"
    assert (state.status, state.since, state.title, state.articles, state.etag) == ("active", NOW, "E", 2, '"1"')
    assert state.polled_at == NOW


def test_nothing_new_is_not_worth_an_event() -> None:
    decision = decide(feed(articles=7), Read())
    assert (decision.change, decision.state.since, decision.state.articles) == (None, EARLIER, 7)
    assert decide(feed(), Read(Document("d", None, None, "E", "https://e.example/"))).change is None


@pytest.mark.parametrize(
    "document",
    [
        Document("d", None, None, "E", "https://e.example/", new=1),
        Document("d", None, None, "E", "https://e.example/", changed=1),
        Document("d", None, None, "E renamed", "https://e.example/"),
        Document("d", None, None, "E", "https://www.e.example/"),
    ],
)
def test_articles_or_another_name_are_worth_an_event(document: Document) -> None:
    assert decide(feed(), Read(document)).change == "polled"


def test_the_interval_is_spread_by_a_tenth() -> None:
    assert [wait_of(decide(feed(), Read(), chance)) for chance in (0.0, 0.5, 1.0)] == [810, 900, 990]


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, 900), (1, 1_800), (2, 3_600), (6, 57_600), (7, 86_400), (1_000_000, 86_400)]
)
def test_each_failure_in_a_row_doubles_the_wait_up_to_a_day(failures: int, wait: float) -> None:
    decision = decide(feed(status="failing", failures=failures), Failed("status", "no"))
    assert wait_of(decision) == wait
    assert decision.state.failures == failures + 1


@pytest.mark.parametrize(("retry_after", "wait"), [(5.0, 900), (5_000.0, 5_000), (10_000_000.0, 86_400), (None, 900)])
def test_the_server_may_ask_for_a_longer_wait(retry_after: float | None, wait: float) -> None:
    assert wait_of(decide(feed(), Failed("status", "no", retry_after))) == wait


def test_a_failure_is_told_once_and_when_its_reason_changes() -> None:
    first = decide(feed(), Failed("status", "500"))
    assert (first.change, first.state.status, first.state.since) == ("failed", "failing", NOW)
    failing = feed(status="failing", reason="500", failures=1)
    again = decide(failing, Failed("status", "500"))
    assert (again.change, again.state.since) == (None, EARLIER)
    assert decide(failing, Failed("timeout", "slow")).change == "failed"


def test_a_feed_that_is_gone_is_tried_daily() -> None:
    decision = decide(feed(), Failed("gone", "410"))
    assert (decision.change, decision.state.status, wait_of(decision)) == ("failed", "gone", 86_400)


def test_a_feed_recovers() -> None:
    decision = decide(feed(status="failing", failures=3, reason="500"), Read())
    state = decision.state
    assert (decision.change, state.status, state.failures, state.reason, state.since) == (
        "recovered",
        "active",
        0,
        None,
        NOW,
    )


def test_a_feed_that_moved_is_polled_there_and_keeps_its_id() -> None:
    decision = decide(feed(), Read(DOCUMENT, moved_to="https://new.example/feed"))
    state = decision.state
    assert (decision.change, state.url, state.moved_from) == ("moved", "https://new.example/feed", URL)
    assert (state.id, state.origin) == (feed_id(URL), URL)


def test_a_failure_keeps_what_is_needed_to_ask_conditionally() -> None:
    before = feed(etag='"1"', last_modified="then", body_digest="d", articles=5)
    state = decide(before, Failed("status", "500")).state
    assert (state.etag, state.last_modified, state.body_digest, state.articles) == ('"1"', "then", "d", 5)
