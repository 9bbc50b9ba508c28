"""What a poll means for a feed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.identity import feed_id
from services.ingest.feed_state import FeedState
from services.ingest.outcomes import Failed
from services.ingest.poll import Document, PollDecision, Read, after_poll
from services.ingest.rhythm import Bounds, Pulse
from services.ingest.schedule import Schedule

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=3)
URL = "https://e.example/feed"
BOUNDS = Bounds(interval_s=900, longest_s=86_400)
MIDDLE = 0.5
DOCUMENT = Document(digest="d", etag='"1"', last_modified="then", title="E", site="https://e.example/", new=2)


def feed(**changes: object) -> FeedState:
    before = FeedState(id=feed_id(URL), origin=URL, url=URL, status="active", since=EARLIER, own_title="E")
    return before.model_copy(update={"site": "https://e.example/", **changes})


def decide(before: FeedState, outcome: Read | Failed, chance: float = MIDDLE, now: datetime = NOW) -> PollDecision:
    return after_poll(before, outcome, now, BOUNDS, chance)


def wait_of(decision: PollDecision) -> float:
    assert decision.state.next_poll_at
    return (decision.state.next_poll_at - NOW).total_seconds()


def test_what_is_left_out_of_a_feed_is_told_until_it_is_read_whole() -> None:
    part = decide(feed(), Read(Document("d", None, None, "E", "https://e.example/", left_out="it has too many")))
    assert (part.change, part.state.status, part.state.reason) == ("polled", "active", "it has too many")
    failed = decide(part.state, Failed("timeout", "it did not answer")).state
    assert failed.reason == "it did not answer"
    again = decide(failed, Read())
    assert (again.state.status, again.state.reason) == ("active", "it has too many")
    assert decide(again.state, Read()).change is None
    whole = decide(again.state, Read(Document("e", None, None, "E", "https://e.example/")))
    assert (whole.change, whole.state.reason) == ("polled", None)


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


def test_a_feed_that_nothing_is_known_about_is_polled_at_the_interval_spread_by_a_tenth() -> None:
    assert [wait_of(decide(feed(), Read(), chance)) for chance in (0.0, 0.5, 1.0)] == [810, 900, 990]


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, 900), (1, 1_800), (2, 3_600), (6, 57_600), (7, 86_400), (1_000_000, 86_400)]
)
def test_each_failure_in_a_row_lengthens_the_wait_up_to_a_day(failures: int, wait: float) -> None:
    decision = decide(feed(status="failing", failures=failures), Failed("timeout", "no"))
    assert wait_of(decision) == wait
    assert decision.state.failures == failures + 1


@pytest.mark.parametrize(("retry_after", "wait"), [(5.0, 900), (5_000.0, 5_000), (10_000_000.0, 86_400), (None, 900)])
def test_the_server_may_ask_for_a_longer_wait(retry_after: float | None, wait: float) -> None:
    assert wait_of(decide(feed(), Failed("server error", "no", retry_after))) == wait


def test_each_failure_is_told_with_its_reason_the_next_try_and_since_when() -> None:
    first = decide(feed(), Failed("status", "404"))
    assert (first.change, first.state.status, first.state.since) == ("failed", "failing", NOW)
    again = decide(feed(status="failing", reason="404", failures=1), Failed("timeout", "slow"))
    assert (again.change, again.state.reason, again.state.since, again.state.failures) == ("failed", "slow", EARLIER, 2)


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


NEW = "https://new.example/feed"


def test_a_move_is_told_at_once_and_stored_after_three_days() -> None:
    told = decide(feed(), Read(DOCUMENT, moved_to=NEW))
    assert (told.change, told.state.url, told.state.moves_to) == ("polled", URL, NEW)
    early = decide(told.state, Read(moved_to=NEW), now=NOW + timedelta(days=2.9))
    assert (early.change, early.state.url, early.state.moves_since) == (None, URL, NOW)
    state = (stored := decide(early.state, Read(moved_to=NEW), now=NOW + timedelta(days=3))).state
    assert (stored.change, state.url, state.moved_from, state.moves_to) == ("moved", NEW, URL, None)
    assert (state.id, state.origin) == (feed_id(URL), URL)


@pytest.mark.parametrize("then", [None, "https://other.example/feed"])
def test_a_move_that_does_not_hold_begins_anew(then: str | None) -> None:
    moving = decide(feed(), Read(moved_to=NEW)).state
    later = NOW + timedelta(days=4)
    decision = decide(moving, Read(moved_to=then), now=later)
    assert (decision.change, decision.state.url, decision.state.moves_to) == ("polled", URL, then)
    assert decision.state.moves_since == (later if then else None)


def test_an_outage_does_not_end_a_move() -> None:
    moving = decide(feed(), Read(moved_to=NEW)).state
    failing = decide(moving, Failed("timeout", "slow"), now=NOW + timedelta(days=2)).state
    assert decide(failing, Read(moved_to=NEW), now=NOW + timedelta(days=3)).state.url == NEW


@pytest.mark.parametrize(
    ("ttl_minutes", "fresh_s", "wait"),
    [(None, None, 900), (10, None, 900), (60, None, 3_600), (60, 7_200.0, 7_200), (None, 1e9, 86_400)],
)
def test_feed_and_server_may_ask_for_a_longer_wait(ttl_minutes: int | None, fresh_s: float | None, wait: float) -> None:
    document = Document("d", None, None, "E", None, ttl_minutes)
    assert wait_of(decide(feed(), Read(document, fresh_s=fresh_s))) == wait


def test_a_feeds_wish_is_remembered_while_it_is_not_modified() -> None:
    decision = decide(feed(ttl_minutes=60), Read(not_modified=True))
    assert (wait_of(decision), decision.state.repeats) == (3_600, 1)


def test_articles_count_from_the_second_reading_on() -> None:
    first = decide(feed(status="new"), Read(DOCUMENT)).state
    assert first.pulse == Pulse(until=NOW)
    second = decide(first, Read(DOCUMENT), now=NOW + timedelta(hours=1)).state
    assert second.pulse
    assert sum(second.pulse.hours) == pytest.approx(DOCUMENT.new)


def test_a_failure_does_not_count_as_silence() -> None:
    before = feed(pulse=Pulse(until=EARLIER))
    assert decide(before, Failed("timeout", "slow")).state.pulse == before.pulse


def test_a_lie_is_remembered_and_a_whole_body_ends_the_repeats() -> None:
    state = decide(feed(repeats=20, etag='"1"'), Read(DOCUMENT, validators_lie=True)).state
    assert (state.validators_lie, state.repeats, state.whole_at) == (True, 0, NOW)
    assert decide(state, Read()).state.validators_lie


def test_a_state_that_an_older_version_stored_can_be_read() -> None:
    stored = (
        f'{{"id":"{feed_id(URL)}","origin":"{URL}","url":"{URL}","status":"active","since":"2026-03-01T09:00:00Z"}}'
    )
    decision = decide(FeedState.model_validate_json(stored), Read(not_modified=True))
    assert (wait_of(decision), decision.state.per_day) == (900, None)


def test_a_failure_keeps_what_is_needed_to_ask_conditionally() -> None:
    before = feed(etag='"1"', last_modified="then", body_digest="d", articles=5)
    state = decide(before, Failed("status", "500")).state
    assert (state.etag, state.last_modified, state.body_digest, state.articles) == ('"1"', "then", "d", 5)


def test_a_feeds_own_bounds_count() -> None:
    assert wait_of(decide(feed(poll_min_s=7_200.0), Read())) == 7_200
    assert wait_of(decide(feed(poll_max_s=300.0), Read(fresh_s=3_600))) == 300


def test_an_own_longest_wait_hastens_no_feed_in_trouble_and_an_own_shortest_slows_it() -> None:
    assert wait_of(decide(feed(poll_max_s=60.0), Failed("gone", "410"))) == 86_400
    assert wait_of(decide(feed(poll_min_s=7_200.0), Failed("timeout", "no"))) == 7_200


def test_a_schedule_is_kept_until_the_feed_says_another() -> None:
    noon_off = Schedule(skip_hours=(12,))
    told = decide(feed(), Read(replace(DOCUMENT, schedule=noon_off)), chance=0.0)
    assert (told.state.schedule, wait_of(told)) == (noon_off, 3_600)
    assert wait_of(decide(told.state, Read(), chance=0.0)) == 3_600
    assert decide(told.state, Read(DOCUMENT)).state.schedule is None
    assert FeedState.model_validate_json(told.state.model_dump_json(exclude_none=True)).schedule == noon_off
