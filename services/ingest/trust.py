"""How far a server's "not modified" is believed: not for ever, and not again once it was wrong."""

from datetime import datetime, timedelta

from services.ingest.feed_state import FeedState

_REPEATS = 20
_WHOLE_EVERY = timedelta(days=1)


def asks_conditionally(state: FeedState, now: datetime) -> bool:
    """Whether to send the validators of the last body. After each 20 answers of "not modified" in a row, and once a
    day, the body is read whole to see whether they were true."""
    if state.validators_lie or not (state.etag or state.last_modified):
        return False
    rested = state.whole_at is not None and now - state.whole_at < _WHOLE_EVERY
    return rested and state.repeats < _REPEATS


def is_an_audit(state: FeedState) -> bool:
    """Whether a whole read checks on answers of "not modified" that came before it."""
    return state.repeats > 0 and not state.validators_lie
