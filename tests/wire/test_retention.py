"""What may be dropped from a stream, and that nothing else is."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from services.contracts.streams import StreamNames
from services.wire.entry_ids import EntryId
from services.wire.group_notes import GroupNotes
from services.wire.keeping import Keeping
from services.wire.messages import Entries
from services.wire.retention import Cut, alarm, cuts, excess, shortened
from services.wire.standing import GroupAt, Look, Memory, StreamAt
from services.wire.trimming import Trimmer
from tests.conftest import server_binaries

LATE = 10_000
DAY = timedelta(days=1)
NAMES = StreamNames()
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(params=server_binaries())
def broker_binary(request: pytest.FixtureRequest) -> str:
    binary: str = request.param
    return binary


def group(name: str, delivered: int, first_pending: EntryId | None = None) -> GroupAt:
    return GroupAt(name, (delivered, 0), first_pending)


@pytest.mark.parametrize(
    ("groups", "horizon_ms", "expired", "wanted"),
    [
        pytest.param([], LATE, "", [], id="nobody has registered: all is kept"),
        pytest.param([group("a", 50)], LATE, "", [Cut((50, 1))], id="all settled: dropped up to the last delivered"),
        pytest.param([group("a", 50, (20, 3))], LATE, "", [Cut((20, 3))], id="an unsettled entry is kept"),
        pytest.param([group("a", 50), group("b", 0)], LATE, "", [Cut((0, 1))], id="the slowest decides"),
        pytest.param([group("a", 50)], 30, "", [Cut((30, 0))], id="settled, but not old enough"),
        pytest.param(
            [group("a", 50), group("b", 9)], LATE, "b", [Cut((9, 1)), Cut((50, 1), ("b",))],
            id="an expired group holds nothing back, and what it loses is told apart",
        ),
        pytest.param(
            [group("a", 50), group("b", 9), group("c", 3, (2, 0))], LATE, "bc",
            [Cut((2, 0)), Cut((9, 1), ("c",)), Cut((50, 1), ("c", "b"))], id="two of them lose each its part",
        ),
        pytest.param([group("a", 50), group("b", 60)], 40, "b", [Cut((40, 0))], id="one that is not behind loses none"),
        pytest.param([group("a", 9)], 30, "a", [Cut((9, 1)), Cut((30, 0), ("a",))], id="all expired: only time counts"),
    ],
)  # fmt: skip
def test_what_is_dropped(groups: list[GroupAt], horizon_ms: int, expired: str, wanted: list[Cut]) -> None:
    assert cuts(groups, horizon_ms, frozenset(expired)) == wanted


@pytest.mark.parametrize(
    ("size", "used", "most_bytes", "alarmed", "give_up"),
    [
        pytest.param(400, 500, 0, False, 0, id="room enough"),
        pytest.param(540, 600, 0, True, 0, id="at four fifths of the two thirds there is an alarm, nothing goes"),
        pytest.param(700, 750, 0, True, 68, id="beyond them so much goes that a little less is left"),
        pytest.param(700, 750, 5_000, False, 0, id="the operator allowed more"),
        pytest.param(300, 700, 200, True, 110, id="or less"),
        pytest.param(300, 850, 0, True, 90, id="others fill the memory: the streams make room"),
    ],
)
def test_the_alarm_comes_before_anything_has_to_go(
    size: int, used: int, most_bytes: int, alarmed: bool, give_up: int
) -> None:
    look = Look(Memory(used, 1_000), (StreamAt("s", 10, size),))
    assert (alarm(look, most_bytes) is not None, excess(look, most_bytes)) == (alarmed, give_up)


def test_what_has_to_go_is_the_oldest_and_never_less_than_time_allows() -> None:
    assert shortened(5, 1_000, 2_000, 0, 100) == 5
    assert shortened(5, 1_000, 2_000, 25, 100) == 1_250
    assert shortened(1_900, 1_000, 2_000, 25, 100) == 1_900


async def append(redis: Redis, numbers: range, stream: str = NAMES.articles, weight: int = 1) -> None:
    for number in numbers:
        await redis.xadd(stream, {"__data__": b"x" * weight}, id=f"{number}-0")


async def kept(redis: Redis, stream: str = NAMES.articles) -> list[int]:
    entries = cast(Entries, await redis.xrange(stream))
    return [int(entry.partition(b"-")[0]) for entry, _ in entries]


async def read(redis: Redis, group: str, count: int, *, settle: int = 0) -> None:
    """As a consumer that is gone afterwards."""
    found: Any = await redis.xreadgroup(group, "one", {NAMES.articles: ">"}, count=count)
    if settle:
        await redis.xack(NAMES.articles, group, *[entry for entry, _ in found[0][1][:settle]])


@pytest.mark.anyio
async def test_trims_only_what_every_group_has_settled(redis: Redis) -> None:
    trimmer = Trimmer(redis, NAMES, Keeping(7 * DAY))
    assert await trimmer.once(BEGAN) == 0
    await append(redis, range(1, 6))
    assert await trimmer.once(BEGAN) == 0
    for name, count, settled in (("enrich", 4, 2), ("api", 5, 5)):
        await redis.xgroup_create(NAMES.articles, name, id="0")
        await read(redis, name, count, settle=settled)
    assert await trimmer.once(BEGAN) == 2
    assert await kept(redis) == [3, 4, 5]
    assert not await redis.exists(NAMES.feeds)


@pytest.mark.anyio
async def test_a_group_that_nobody_reads_is_told_of_then_expires_and_is_told_what_it_lost(
    redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    trimmer, notes = Trimmer(redis, NAMES, Keeping(DAY, expires=10 * DAY)), GroupNotes(redis, NAMES.prefix)
    await append(redis, range(1, 11))
    for name in ("enrich", "gone", "idle"):
        await redis.xgroup_create(NAMES.articles, name, id="0")
    await read(redis, "enrich", 10, settle=10)
    await read(redis, "gone", 3, settle=3)
    await redis.xgroup_delconsumer(NAMES.articles, "gone", "one")

    async def later(days: float) -> dict[str, str]:
        with caplog.at_level(logging.INFO):
            caplog.clear()
            await trimmer.once(BEGAN + days * DAY)
        return {group: note.state for (_, group), note in (await notes.read()).items()}

    assert await later(0) == {"enrich": "reading", "gone": "reading", "idle": "reading"}
    assert await later(1) == {"enrich": "reading", "gone": "silent", "idle": "silent"}
    assert "gone has not read dateline:articles since 2026-03-01 00:00 UTC and holds back 7 events" in caplog.text
    await later(9)
    assert (caplog.text, await kept(redis)) == ("", [*range(1, 11)])

    assert (await later(10))["gone"] == "expired"
    assert "gone has not read dateline:articles" in caplog.text
    assert "holds nothing back any more" in caplog.text
    assert await kept(redis) == []
    held = await notes.read()
    assert {group: note.lost for (_, group), note in held.items()} == {"enrich": 0, "gone": 7, "idle": 10}

    await append(redis, range(11, 13))
    assert await redis.xreadgroup("idle", "new", {NAMES.articles: ">"})
    back = await later(11)
    assert (back["gone"], back["idle"]) == ("expired", "reading")
    assert "idle reads dateline:articles again; up to 10 events that it had not settled were dropped" in caplog.text
    await redis.xgroup_destroy(NAMES.articles, "gone")
    assert set(await later(12)) == {"enrich", "idle"}


@pytest.mark.anyio
async def test_a_consumer_that_asks_in_vain_and_a_group_that_is_moved_are_alive(redis: Redis) -> None:
    """A reader of stories moves its group without reading; one whose own disk is full only claims again."""
    trimmer, notes = Trimmer(redis, NAMES, Keeping(DAY, expires=2 * DAY)), GroupNotes(redis, NAMES.prefix)
    now = datetime.now(UTC)
    await append(redis, range(1, 6))
    for name in ("claims", "moved"):
        await redis.xgroup_create(NAMES.articles, name, id="0")
    await read(redis, "claims", 5)
    for day in range(4):
        await redis.xgroup_setid(NAMES.articles, "moved", f"{day + 1}-0")
        await redis.xclaim(NAMES.articles, "claims", "one", 0, ["1-0"])
        await trimmer.once(now)
        assert {note.state for note in (await notes.read()).values()} == {"reading"}, day
        now += timedelta(minutes=30)


@pytest.mark.anyio
async def test_beyond_the_room_for_streams_settled_events_go_early_but_first_comes_the_alarm(
    redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    trimmer = Trimmer(redis, NAMES, Keeping(100_000 * DAY, most_bytes=250_000))
    await append(redis, range(1, 101), weight=2_000)
    await redis.xgroup_create(NAMES.articles, "enrich", id="0")
    await read(redis, "enrich", 100, settle=90)
    assert await trimmer.once(BEGAN) == 0
    assert "the streams take" in caplog.text
    await append(redis, range(101, 151), weight=2_000)
    assert await trimmer.once(BEGAN) == 0, "the first look only tells"
    assert await trimmer.once(BEGAN) > 10
    assert 2 < (await kept(redis))[0] <= 91
    early = await GroupNotes(redis, NAMES.prefix).early()
    assert early == {NAMES.articles: 150 - len(await kept(redis))}
    await append(redis, range(151, 301), weight=2_000)
    for _ in range(5):
        await trimmer.once(BEGAN)
    assert (await kept(redis))[0] == 91, "what a group has not settled stays, however full it is"


@pytest.mark.anyio
async def test_a_broker_that_is_full_is_trimmed_all_the_same(redis: Redis) -> None:
    trimmer = Trimmer(redis, NAMES, Keeping(100_000 * DAY))
    await append(redis, range(1, 101), weight=2_000)
    await redis.xgroup_create(NAMES.articles, "enrich", id="0")
    await read(redis, "enrich", 100, settle=100)
    await redis.config_set("maxmemory", "1mb")
    assert await trimmer.once(BEGAN) == 0
    assert await trimmer.once(BEGAN) > 90
