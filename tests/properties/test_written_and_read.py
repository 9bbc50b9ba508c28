"""What is written is what is read again: lists of feeds, cursors, positions."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.api.readmodel.filters import BadCursor, Cursor, Sort
from services.api.readmodel.position import BadPosition, EntryId, Position
from services.contracts.opml import BadList, Outline, read_opml, read_outlines, write_opml
from services.contracts.strings import one_line, web_url
from tests.properties.texts import anything

_lines = anything.map(one_line)
_tags = st.lists(_lines.filter(bool), max_size=4, unique=True).map(tuple)
_urls = st.integers(0, 9).map("https://e.example/{}".format) | anything.map(
    lambda text: web_url(f"https://e.example/{text}", "") or "https://e.example/"
)
_outlines = st.builds(Outline, _urls, _lines.filter(bool) | st.none(), _urls | st.none(), _tags)


@given(st.lists(_outlines, max_size=6, unique_by=lambda outline: outline.url), anything.map(one_line))
def test_a_list_of_feeds_is_read_as_it_was_written(feeds: list[Outline], title: str) -> None:
    read = read_opml(write_opml(feeds, title=title).encode(), name="list.opml")
    assert [(feed.url, feed.site) for feed in read] == [(feed.url, feed.site) for feed in feeds]
    assert [feed.title for feed in read] == [feed.title if feed.title != feed.url else None for feed in feeds]
    assert read_opml(write_opml(read, title="").encode(), name="list.opml") == read


_lists = anything | anything.map("<opml><body>{}</body></opml>".format)


@given(st.binary(max_size=200) | _lists.map(str.encode))
def test_whatever_is_given_as_a_list_is_one_or_is_refused(text: bytes) -> None:
    try:
        outlines = read_outlines(text, name="list.opml")
    except BadList:
        return
    assert all(web_url(feed.url, "") == feed.url for feed in outlines.feeds)


_SORTS: tuple[Sort, ...] = ("published", "first_seen", "revised", "relevance", "changed")


@given(st.integers(-(2**63), 2**63 - 1), st.uuids(), st.sampled_from(_SORTS))
def test_a_cursor_is_read_as_it_was_written(value: int, article: UUID, sort: Sort) -> None:
    assert Cursor.read(str(Cursor(value, article, sort))) == Cursor(value, article, sort)


@given(anything)
def test_what_is_no_cursor_or_position_is_refused(text: str) -> None:
    for read, refusal in ((Cursor.read, BadCursor), (Position.read, BadPosition)):
        try:
            assert str(read(text)).rstrip("=") == text.rstrip("=")
        except refusal:
            continue


_entries = st.builds(EntryId, st.integers(0, 10**15 - 1), st.integers(0, 10**15 - 1))
_positions = st.builds(Position, _entries, _entries, _entries)


@given(_positions, _positions)
def test_two_positions_meet_before_and_join_behind_both(first: Position, second: Position) -> None:
    assert Position.read(str(first)) == first
    meeting, joined = first.meet(second), first.join(second)
    assert all(low <= min(one, other) for low, one, other in zip(meeting, first, second, strict=True))
    assert all(high >= max(one, other) for high, one, other in zip(joined, first, second, strict=True))
    assert meeting.join(joined) == joined
