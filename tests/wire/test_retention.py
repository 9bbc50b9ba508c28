"""What may be dropped from a stream, and that nothing else is."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from redis.asyncio import Redis

from services.wire.messages import Entries
from services.wire.retention import EntryId, GroupPosition, first_to_keep, trim

LATE = 10_000
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("groups", "horizon_ms", "kept_from"),
    [
        pytest.param([], LATE, None, id="nobody has registered: all is kept"),
        pytest.param([GroupPosition((50, 0), None)], LATE, (50, 1), id="all settled: dropped up to the last delivered"),
        pytest.param([GroupPosition((50, 0), (20, 3))], LATE, (20, 3), id="an unsettled entry is kept"),
        pytest.param(
            [GroupPosition((50, 0), None), GroupPosition((0, 0), None)], LATE, (0, 1), id="the slowest decides"
        ),
        pytest.param([GroupPosition((50, 0), None)], 30, (30, 0), id="settled, but not old enough"),
    ],
)
def test_first_to_keep(groups: list[GroupPosition], horizon_ms: int, kept_from: EntryId | None) -> None:
    assert first_to_keep(groups, horizon_ms) == kept_from


@pytest.mark.anyio
async def test_trims_only_what_every_group_has_settled(redis: Redis) -> None:
    stream, now = "dateline:articles", datetime(2026, 3, 1, tzinfo=UTC)
    for number in range(1, 6):
        await redis.xadd(stream, {"n": number}, id=f"{number}-0")
    assert await trim(redis, stream, WEEK, now) == 0

    for group, count in (("enrich", 4), ("api", 5)):
        await redis.xgroup_create(stream, group, id="0")
        await redis.xreadgroup(group, "one", {stream: ">"}, count=count)
    await redis.xack(stream, "api", *[f"{number}-0" for number in range(1, 6)])
    await redis.xack(stream, "enrich", "1-0", "2-0")

    assert await trim(redis, stream, WEEK, now) == 2
    kept = cast(Entries, await redis.xrange(stream))
    assert [key for key, _ in kept] == [b"3-0", b"4-0", b"5-0"]


@pytest.mark.anyio
async def test_a_stream_that_does_not_exist_is_left_alone(redis: Redis) -> None:
    assert await trim(redis, "dateline:none", WEEK, datetime(2026, 3, 1, tzinfo=UTC)) == 0
    assert not await redis.exists("dateline:none")
