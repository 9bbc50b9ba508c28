"""How far "not modified" is believed."""

from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.identity import feed_id
from services.ingest.feed_state import FeedState
from services.ingest.trust import asks_conditionally, is_an_audit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://e.example/feed"


def feed(**changes: object) -> FeedState:
    state = FeedState(id=feed_id(URL), origin=URL, url=URL, since=NOW, etag='"1"', whole_at=NOW - timedelta(hours=1))
    return state.model_copy(update=changes)


@pytest.mark.parametrize(
    ("state", "conditionally"),
    [
        pytest.param(feed(), True, id="it was read an hour ago"),
        pytest.param(feed(etag=None, last_modified="then"), True, id="a date will do"),
        pytest.param(feed(etag=None), False, id="nothing to ask with"),
        pytest.param(feed(repeats=19), True, id="19 repeats"),
        pytest.param(feed(repeats=20), False, id="20 repeats"),
        pytest.param(feed(whole_at=NOW - timedelta(days=1)), False, id="a day ago"),
        pytest.param(feed(whole_at=None), False, id="an older version stored it"),
        pytest.param(feed(validators_lie=True), False, id="it lied"),
    ],
)
def test_a_body_is_asked_for_conditionally_unless_it_is_time_for_a_check(state: FeedState, conditionally: bool) -> None:
    assert asks_conditionally(state, NOW) is conditionally


def test_only_what_was_believed_can_be_checked() -> None:
    assert is_an_audit(feed(repeats=20))
    assert not is_an_audit(feed())
    assert not is_an_audit(feed(repeats=20, validators_lie=True))
