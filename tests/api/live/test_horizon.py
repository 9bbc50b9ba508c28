"""The journal reaches back so far and no further, and a reader from before its horizon is told so."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.api.readmodel.horizon import Keep
from services.api.readmodel.position import EntryId, Position
from tests.api.events import feed_changed
from tests.api.live.replica import BEGINNING, Replica, replica
from tests.api.serving import listening
from tests.waiting import until

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOREVER = timedelta(days=10_000)


def entry(minutes: float) -> EntryId:
    """The id that Redis gives an entry so long after noon."""
    return EntryId(int((NOON + timedelta(minutes=minutes)).timestamp() * 1000))


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Replica]:
    """Ten articles, one a minute from noon on."""
    async with replica(tmp_path / "dateline.db") as here:
        for number in range(10):
            await here.article_at(number, entry(number))
        yield here


async def pruned(here: Replica, keep: Keep, now: datetime = NOON) -> int:
    rows = 0
    while some := await here.model.prune(keep, now):
        rows += some
    return rows


@pytest.mark.parametrize(
    ("keep", "now", "rows"),
    [
        (Keep(FOREVER, 100), NOON, 0),
        (Keep(FOREVER, 4), NOON, 6),
        (Keep(timedelta(minutes=5), 100), NOON + timedelta(minutes=10), 5),
        (Keep(timedelta(minutes=5), 2), NOON + timedelta(minutes=10), 8),
        (Keep(timedelta(minutes=5), 100), NOON + timedelta(days=2), 9),
    ],
)
async def test_what_stays_is_young_and_not_too_much_and_at_least_the_last(
    here: Replica, keep: Keep, now: datetime, rows: int
) -> None:
    assert await pruned(here, keep, now) == rows
    assert (await here.model.counts()).changes == 10
    async with listening(here.client, f"/v1/stream?since={BEGINNING}") as listener:
        await until(lambda: [event for event in listener.what if "gap" not in event] == _articles(rows, 10))
    assert len(listener.heard) == 10 - rows + (rows > 0)


async def test_a_reader_from_before_the_horizon_is_told_what_to_read_instead(here: Replica) -> None:
    await pruned(here, Keep(FOREVER, 4))
    reader = str(Position(entry(2)))
    async with listening(here.client, last_event_id=reader) as listener:
        await until(lambda: len(listener.heard) == 5)
    gap = listener.heard[0]
    assert gap.event == "gap"
    assert gap.data == {
        "after": reader,
        "until": str(Position(entry(5))),
        "changed_since": "2026-03-01T11:57:00Z",
        "page": "/v1/headlines?changed_since=2026-03-01T11%3A57%3A00Z",
        "feeds": "/v1/feeds",
    }
    assert gap.id == gap.data["until"]
    page = (await here.client.get(gap.data["page"])).json()
    assert len(page["headlines"]) == 10
    assert listener.what[1:] == _articles(6, 10)
    async with listening(here.client, last_event_id=gap.id) as again:
        await until(lambda: again.what == _articles(6, 10))


async def test_a_reader_who_was_at_the_horizon_misses_nothing(here: Replica) -> None:
    await pruned(here, Keep(FOREVER, 4))
    async with listening(here.client, last_event_id=str(Position(entry(5)))) as listener:
        await until(lambda: listener.what == _articles(6, 10))


async def test_what_is_gone_of_one_stream_does_not_concern_readers_of_another(here: Replica) -> None:
    await pruned(here, Keep(FOREVER, 4))
    await here.tell(entry(11), feed_changed("https://a.example/", title="A"))
    async with listening(here.client, "/v1/stream?types=feed", last_event_id=BEGINNING) as listener:
        await until(lambda: listener.what == ["feed A"])


async def test_a_late_change_that_is_gone_may_be_unknown_to_whoever_stopped_before_it(here: Replica) -> None:
    """Article 20 was applied after article 9 though it comes before it in the stream; article 21 is the last."""
    await here.article_at(20, entry(4.5))
    await here.article_at(21, entry(20))
    await pruned(here, Keep(FOREVER, 1))
    async with listening(here.client, last_event_id=str(Position(entry(9)))) as listener:
        await until(lambda: len(listener.heard) == 2)
    assert [heard.event for heard in listener.heard] == ["gap", "article"]


async def test_the_numbers_of_changes_go_on_after_pruning_and_a_restart(here: Replica, tmp_path: Path) -> None:
    await pruned(here, Keep(FOREVER, 1))
    async with replica(tmp_path / "dateline.db") as again:
        await again.article_at(10, entry(10))
        assert (await again.model.counts()).changes == 11
        async with listening(again.client, last_event_id=str(Position(entry(8)))) as listener:
            await until(lambda: listener.what == _articles(9, 11))


async def test_dateline_tail_says_so(here: Replica) -> None:
    await pruned(here, Keep(FOREVER, 4))
    address = f"http://127.0.0.1:{here.port}"
    command = [sys.executable, "-m", "services.cli", "tail", "--since", BEGINNING, "--api", address]
    tail = await asyncio.create_subprocess_exec(
        *command, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert tail.stderr is not None
        async with asyncio.timeout(60):
            said = (await tail.stderr.readline()).decode()
    finally:
        tail.terminate()
        await tail.communicate()
    assert said.endswith(f"{address}/v1/headlines?changed_since=1970-01-01T00%3A00%3A00Z\n")


def _articles(first: int, end: int) -> list[str]:
    return [f"article {number}" for number in range(first, end)]
