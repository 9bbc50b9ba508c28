"""Positions of one replica mean the same on another, which may be behind or have been rebuilt."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.api.readmodel.position import EntryId, Position
from tests.api.live.replica import BEGINNING, Replica, replica
from tests.api.serving import listening
from tests.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Replica]:
    async with replica(tmp_path / "dateline.db", heartbeat_s=0.05) as here:
        yield here


async def test_a_rebuilt_replica_that_applied_the_streams_in_another_order_resumes_a_reader(here: Replica) -> None:
    """The reader had articles 1 and 2 and enrichment 1 from a replica that took turns; this one did not."""
    for number in (1, 2, 3):
        await here.article(number)
    for number in (1, 2, 3):
        await here.enrichment(number)
    async with listening(here.client, last_event_id=str(Position(EntryId(2), EntryId(1)))) as listener:
        await until(lambda: len(listener.heard) == 3)
    assert listener.what == ["article 3", "enrichment 2", "enrichment 3"]
    assert [heard.id for heard in listener.heard] == ["3-0_1-0_0-0", "3-0_2-0_0-0", "3-0_3-0_0-0"]


async def test_a_replica_that_is_behind_says_nothing_twice(here: Replica) -> None:
    """The reader is further than this replica: it hears nothing of what it has, and its position does not fall back."""
    await here.article(1)
    async with listening(here.client, last_event_id="2-0_0-0_0-0") as listener:
        await until(lambda: ": still here" in listener.comments)
        assert listener.position == "2-0_0-0_0-0"
        await here.article(2)
        await here.enrichment(1)
        await until(lambda: len(listener.heard) == 1)
        assert listener.what == ["enrichment 1"]
        assert listener.position == "2-0_1-0_0-0"
        await here.article(3)
        await until(lambda: len(listener.heard) == 2)
        assert listener.position == "3-0_1-0_0-0"


async def test_a_reader_who_has_everything_is_kept_alive(here: Replica) -> None:
    async with here.client.stream("GET", "/v1/stream") as answer:
        lines = answer.aiter_lines()
        heard = [await anext(lines) for _ in range(6)]
    assert heard == ["retry: 2000", f"id: {BEGINNING}", "", ": still here", f"id: {BEGINNING}", ""]


async def test_a_reader_who_wants_little_is_moved_on_past_the_rest(here: Replica) -> None:
    async with listening(here.client, "/v1/stream?types=feed") as listener:
        await here.article(1)
        await until(lambda: listener.position == "1-0_0-0_0-0")
    assert listener.heard == []


async def test_readers_who_go_leave_the_hub(here: Replica) -> None:
    async with listening(here.client), listening(here.client):
        await until(lambda: len(here.hub) == 2)
    await until(lambda: len(here.hub) == 0)


async def test_a_closed_hub_takes_no_readers(here: Replica) -> None:
    here.hub.close()
    async with listening(here.client) as listener:
        await until(lambda: listener.ended)
    assert [heard.event for heard in listener.heard] == ["bye"]
    assert len(here.hub) == 0


async def test_a_head_request_is_answered_and_over(here: Replica) -> None:
    async with asyncio.timeout(5):
        answer = await here.client.head("/v1/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert len(here.hub) == 0
