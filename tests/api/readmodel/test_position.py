"""Positions: what they look like, and how they grow."""

import pytest

from services.api.readmodel.position import BadPosition, EntryId, Position, Stream

HERE = Position(EntryId(1767225600000, 1), EntryId(1767225600500), EntryId(0, 0))


def test_a_position_is_written_as_three_entry_ids() -> None:
    assert str(HERE) == "1767225600000-1_1767225600500-0_0-0"
    assert Position.read(str(HERE)) == HERE


@pytest.mark.parametrize(
    "text",
    ["", "1-0", "1-0_2-0", "1-0_2-0_3-0_4-0", "1-0_2-0_x", "1_2_3", "1-0_2-0_-1-0", "1-0_2-0_3-0 ", "١-0_2-0_3-0"],
)
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(BadPosition):
        Position.read(text)


def test_a_position_only_grows() -> None:
    later, earlier = EntryId(1767225600000, 2), EntryId(1, 0)
    assert HERE.reach(Stream.ARTICLES, later).articles == later
    assert HERE.reach(Stream.ARTICLES, earlier) is HERE
    other = Position(later, EntryId(), EntryId(5))
    assert HERE.join(other) == Position(later, HERE.enrichments, EntryId(5))
