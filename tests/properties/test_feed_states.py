"""However a feed may stand, the pages of feeds show it."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.api.page.assets import load_assets
from services.api.page.feed_forms import EMPTY
from services.api.page.feed_page import feed_view
from services.api.page.feed_table import FeedsQuery, feed_table
from services.api.page.rendering import Renderer
from services.api.readmodel.documents import FeedState, Json, feed_state
from services.contracts.feeds import Feed, Push
from tests.properties.amount import examples
from tests.properties.texts import anything

_YEAR = datetime(2026, 1, 1), datetime(2027, 1, 1)  # noqa: DTZ001 - bounds
_moments = st.datetimes(timezones=st.just(UTC)) | st.datetimes(*_YEAR, timezones=st.just(UTC))
_some = anything | st.none()
_counts = st.integers(0, 10**18)
_push = st.builds(
    Push, reason=_some, since=_moments, until=st.none() | _moments, received=_counts, refused=_counts, missed=_counts,
    hub=anything, topic=anything,
)  # fmt: skip
_feeds = st.builds(
    Feed,
    url=anything, title=_some, site=_some, reason=_some, moved_from=_some, moves_to=_some,
    tags=st.lists(anything, max_size=3).map(tuple),
    since=_moments, polled_at=st.none() | _moments, next_poll_at=st.none() | _moments,
    failures=_counts, articles=_counts, per_day=st.none() | st.floats(min_value=0, allow_nan=False),
    poll_min_s=st.none() | st.floats(0, exclude_min=True, allow_nan=False),
    poll_max_s=st.none() | st.floats(0, exclude_min=True, allow_nan=False),
    full_text=st.booleans(), push=st.none() | _push,
)  # fmt: skip
_SORTS = FeedsQuery.model_json_schema()["properties"]["sort"]["enum"]
_RENDER = Renderer(load_assets())
_UNTOLD = {"form": EMPTY, "trouble": None, "list_trouble": None, "outcome": None, "done": None, "no_room": None}


@given(st.lists(_feeds, min_size=1, max_size=4), _moments)
@examples(60)
def test_every_state_of_feeds_is_shown_in_every_order(feeds: list[Feed], now: datetime) -> None:
    states = [Json(feed_state(feed).model_dump_json()) for feed in feeds]
    for sort in _SORTS:
        query = FeedsQuery.model_validate({"sort": sort})
        table = feed_table(states, query, now)
        assert len(table["rows"]) == len(feeds)
    shown = _RENDER.page("feeds.html", now, table | _UNTOLD | {"told": query})
    for feed, state in zip(feeds, states, strict=True):
        assert f"/feeds/{feed.id}".encode() in shown.body
        view = feed_view(FeedState.model_validate_json(state), now)
        assert _RENDER.page("feed.html", now, view).status_code == 200
