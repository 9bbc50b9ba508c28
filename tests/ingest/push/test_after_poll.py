"""What a poll means for push: decisions on values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from services.contracts.identity import feed_id
from services.ingest.feed_state import FeedState, changed_event
from services.ingest.outcomes import Failed
from services.ingest.poll import Document, PollDecision, Read, after_poll
from services.ingest.push.after_poll import with_push
from services.ingest.push.discovery import Offer
from services.ingest.push.subscription import Ask, Credentials, Subscription, confirmed
from services.ingest.rhythm import Bounds

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL, HUB, BASE = "https://e.example/feed", "https://hub.example/", "https://wire.example/v1/push"
FRESH = Credentials("token", "secret")
BOUNDS = Bounds(interval_s=900)
READ = Read(Document("d", None, None, "E", None, offer=Offer((HUB,), URL)))


def feed(push: Subscription | None = None, **fields: object) -> FeedState:
    state = FeedState(id=feed_id(URL), origin=URL, url=URL, own_title="E", status="active", since=NOW, push=push)
    known = {"polled_at": NOW - timedelta(hours=1), "hubs": (HUB,), "topic": URL}
    return state.model_copy(update=known | fields)


def active(lease_s: float = 864_000, since: timedelta = timedelta(hours=2)) -> Subscription:
    at = NOW - since
    begun = Subscription(base=BASE, hub=HUB, topic=URL, token="t", secret="s", since=at, asked_at=at)
    return confirmed(begun, lease_s, at)


def polled(before: FeedState, outcome: Read | Failed = READ) -> tuple[PollDecision, tuple[Ask, ...]]:
    decision = after_poll(before, outcome, NOW, BOUNDS, 0.5)
    return with_push(before, decision, outcome, base=BASE, fresh=FRESH, bounds=BOUNDS, now=NOW)


def wait(decision: PollDecision) -> timedelta:
    assert decision.state.next_poll_at
    return decision.state.next_poll_at - NOW


def test_what_a_feed_offers_is_kept_taken_up_and_told() -> None:
    decision, asks = polled(feed(hubs=(), topic=None))
    assert (decision.state.hubs, decision.state.topic) == ((HUB,), URL)
    assert [(ask.mode, ask.subscription.token) for ask in asks] == [("subscribe", "token")]
    assert decision.change == "polled"
    told = changed_event(decision.state, "polled", NOW)
    assert b'"push":{"hub":"https://hub.example/"' in told
    assert b"secret" not in told
    assert b'"token"' not in told


@pytest.mark.parametrize("outcome", [Read(not_modified=True), Read(), Failed("timeout", "slow")])
def test_a_poll_without_a_document_leaves_the_offer_as_it_is(outcome: Read | Failed) -> None:
    decision, asks = polled(feed(), outcome)
    assert decision.state.hubs == (HUB,)
    assert len(asks) == 1


def test_a_feed_that_was_never_read_is_left_alone() -> None:
    decision, asks = polled(feed(hubs=(), topic=None), Failed("timeout", "slow"))
    assert (decision.state.push, asks) == (None, ())


def test_nobody_is_told_where_nothing_changed() -> None:
    decision, asks = polled(feed(active()), Read(not_modified=True))
    assert (decision.change, asks) == (None, ())


def test_polls_wait_four_times_as_long_within_bounds() -> None:
    usual, _ = polled(feed(active().model_copy(update={"doubt": 3.0})))
    assert wait(polled(feed(active()))[0]) == 4 * wait(usual)
    assert wait(polled(feed(active(), poll_max_s=2_000.0))[0]) == timedelta(seconds=2_000)


def test_a_failing_feed_is_tried_again_as_ever() -> None:
    failure = Failed("timeout", "slow")
    assert wait(polled(feed(active()), failure)[0]) == wait(polled(feed(), failure)[0])


def test_a_poll_comes_in_time_to_renew_the_lease() -> None:
    ends_in = timedelta(minutes=30)
    decision, asks = polled(feed(active(6_000, timedelta(seconds=6_000) - ends_in)))
    assert len(asks) == 1  # of 100 minutes 70 are over
    decision, asks = polled(feed(active(6_000, timedelta(minutes=50))))
    assert (asks, wait(decision)) == ((), timedelta(minutes=20))


def test_articles_that_the_hub_should_have_brought_are_suspect() -> None:
    new = uuid5(UUID(int=0), "1")
    assert READ.document
    outcome = Read(replace(READ.document, new=1, fresh=(new,)))
    decision, _ = polled(feed(active()), outcome)
    assert decision.state.push
    assert [suspect.id for suspect in decision.state.push.suspects] == [new]
