"""Which groups count as read by nobody, and since when."""

import pytest

from services.wire.silence import Note, Patience, State, noted
from services.wire.standing import GroupAt

HOUR, DAY = 3_600_000, 86_400_000
NOW = 100 * DAY
WEEK = Patience(7 * DAY)


def note(at: str = "5-0", pending: int = 0, since_ms: int = NOW - DAY, state: State = "reading", **others: int) -> Note:
    return Note(at=at, pending=pending, since_ms=since_ms, state=state, **others)


@pytest.mark.parametrize(
    ("group", "before", "state", "since_ms"),
    [
        pytest.param(GroupAt("g", (5, 0), unread=9), None, "reading", NOW, id="seen for the first time"),
        pytest.param(
            GroupAt("g", (5, 0), unread=9, quiet_ms=30 * DAY), None, "reading", NOW, id="and silent long before that"
        ),
        pytest.param(GroupAt("g", (5, 0), unread=9), note(), "silent", NOW - DAY, id="stands still for a day"),
        pytest.param(GroupAt("g", (6, 0), unread=8), note(), "reading", NOW, id="moved"),
        pytest.param(GroupAt("g", (5, 0), unread=9), note(pending=1), "reading", NOW, id="acknowledged"),
        pytest.param(GroupAt("g", (5, 0)), note(), "reading", NOW, id="has nothing to read"),
        pytest.param(
            GroupAt("g", (5, 0), pending=1, quiet_ms=900), note(pending=1), "reading", NOW - 900, id="asks in vain"
        ),
        pytest.param(
            GroupAt("g", (5, 0), unread=9, quiet_ms=2 * HOUR), note(), "silent", NOW - 2 * HOUR, id="asked hours ago"
        ),
        pytest.param(
            GroupAt("g", (5, 0), unread=9), note(since_ms=NOW - 30 * DAY), "silent", NOW - 30 * DAY,
            id="never expires before it was told of",
        ),
        pytest.param(
            GroupAt("g", (5, 0), unread=9), note(since_ms=NOW - 8 * DAY, state="silent"), "expired", NOW - 8 * DAY,
            id="expires after its time",
        ),
        pytest.param(
            GroupAt("g", (5, 0), unread=9), note(since_ms=NOW + DAY, state="silent"), "reading", NOW,
            id="a clock that was ahead does no harm",
        ),
    ],
)  # fmt: skip
def test_a_group(group: GroupAt, before: Note | None, state: State, since_ms: int) -> None:
    found = noted(group, before, NOW, WEEK)
    assert (found.state, found.since_ms) == (state, since_ms)


def test_what_a_group_lost_is_remembered_for_a_while_after_it_is_back() -> None:
    expired = note(since_ms=NOW - 8 * DAY, state="expired", lost=12)
    back = noted(GroupAt("g", (6, 0), unread=8), expired, NOW, WEEK)
    assert (back.state, back.lost, back.back_ms) == ("reading", 12, NOW)
    later = noted(GroupAt("g", (7, 0)), back, NOW + 7 * DAY, WEEK)
    assert (later.lost, later.back_ms) == (0, None)


def test_where_groups_expire_soon_they_are_told_of_sooner() -> None:
    assert Patience(DAY).silent_ms == HOUR
    assert Patience(HOUR).silent_ms == HOUR // 2
