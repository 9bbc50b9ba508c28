"""A feed that was added by the address of a page."""

from datetime import UTC, datetime
from uuid import UUID

from services.ingest.feed_state import FeedState
from services.ingest.switch import Found, after_finding

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = "https://courier.example/"
FOUND = Found("https://courier.example/feed", "Courier", "the page declares it, and there is no other")


def test_it_keeps_its_id_title_and_tags_and_is_read_at_once_from_where_its_feed_was_found() -> None:
    before = FeedState(id=UUID(int=1), origin=PAGE, url=PAGE, given_title="Mine", tags=("local",), since=NOW)
    decision = after_finding(before, FOUND, NOW)
    state = decision.state
    assert (decision.change, state.url, state.moved_from) == ("moved", FOUND.url, PAGE)
    assert (state.id, state.origin, state.title, state.tags) == (before.id, PAGE, "Mine", ("local",))
    assert (state.status, state.next_poll_at) == ("new", NOW)
    assert state.reason is not None
    assert "the page declares it" in state.reason
