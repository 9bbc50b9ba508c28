"""What a reader asks for: types, since when, which articles, in which form, how many streams."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.api.readmodel.position import EntryId
from tests.api.events import feed_changed, published
from tests.api.live.replica import BEGINNING, Replica, replica
from tests.api.serving import listening
from tests.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Replica]:
    async with replica(tmp_path / "dateline.db", heartbeat_s=0.2, per_address=3) as here:
        yield here


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("types=article", ["article 1", "article 2"]),
        ("types=article,feed", ["article 1", "article 2", "feed A"]),
        ("types=enrichment&types=feed", ["enrichment 1", "feed A"]),
        ("types=article&source=north.example", ["article 2"]),
        ("q=harbour", ["article 1", "enrichment 1"]),
        ("q=intitle:2", ["article 2"]),
        ("q=-harbour", ["article 2"]),
        ("q=tag:ferries&types=enrichment", ["enrichment 1"]),
        ("q=harbour&source=north.example", []),
    ],
)
async def test_only_what_was_asked_for_is_heard_live_and_replayed(
    here: Replica, query: str, expected: list[str]
) -> None:
    """`q` finds words of the body, which no event carries."""
    async with listening(here.client, f"/v1/stream?{query}") as live, listening(here.client) as witness:
        await here.article(1, text="The harbour is closed.")
        await here.article(2, text="Nothing new.", source="north.example")
        await here.enrichment(1, tags=("ferries",))
        await here.tell(1, feed_changed("https://a.example/", title="A"))
        await until(lambda: len(witness.heard) == 4)
        await until(lambda: live.position == witness.position)
        assert live.what == expected
    async with listening(here.client, f"/v1/stream?{query}&since={BEGINNING}") as replayed:
        await until(lambda: replayed.position == witness.position)
        assert replayed.what == expected


async def test_an_instant_is_a_place_to_go_on_from(here: Replica) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    for number, ago in enumerate((30, 20, 10)):
        await here.tell(EntryId(int((now - timedelta(minutes=ago)).timestamp() * 1000)), published(number))
    since = (now - timedelta(minutes=20)).isoformat().replace("+", "%2B")
    async with listening(here.client, f"/v1/stream?since={since}") as listener:
        await until(lambda: len(listener.heard) == 2)
        await here.tell(EntryId(int(now.timestamp() * 1000)), published(3))
        await until(lambda: listener.what == ["article 1", "article 2", "article 3"])


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("colour=red", "colour"),
        ("types=article,poem", "types"),
        ("types=", "types"),
        ("since=yesterday", "since"),
        ("since=1-0_2-0", "since"),
        ("since=2999-01-01", "since"),
        ("since=2026-03-01T12:00:00", "since"),
        ("q=(ferry", "q"),
        ("q=ferry&q=boat", "q"),
        ("until=2026-03-01", "until"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/stream", "/v1/stream.ndjson"])
async def test_what_cannot_be_understood_is_refused(here: Replica, path: str, query: str, parameter: str) -> None:
    answer = await here.client.get(f"{path}?{query}")
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


async def test_every_line_of_the_other_form_is_a_document(here: Replica) -> None:
    await here.article(1)
    lines: list[dict[str, Any]] = []
    async with here.client.stream("GET", f"/v1/stream.ndjson?since={BEGINNING}") as answer:
        assert answer.headers["content-type"] == "application/x-ndjson"
        async for line in answer.aiter_lines():
            lines.append(json.loads(line))
            if len(lines) == 2:
                await here.article(2)
            if len(lines) > 2 and lines[-1]["event"] == "position":
                break
    assert [(line["id"], line["event"]) for line in lines] == [
        (BEGINNING, "position"),
        ("1-0_0-0_0-0", "article"),
        ("2-0_0-0_0-0", "article"),
        ("2-0_0-0_0-0", "position"),
    ]
    assert lines[1]["data"]["title"] == "Article 1"
    headers = {"Last-Event-ID": lines[1]["id"]}
    async with here.client.stream("GET", "/v1/stream.ndjson", headers=headers) as answer:
        again = [json.loads(line) for line in [await anext(found) for found in [answer.aiter_lines()] for _ in "12"]]
    assert again[1] == lines[2]


async def test_one_address_has_so_many_streams_and_no_more(here: Replica) -> None:
    async with listening(here.client), listening(here.client):
        async with listening(here.client):
            refused = await here.client.get("/v1/stream")
            assert refused.status_code == 429
            assert int(refused.headers["retry-after"]) > 0
            assert "3 streams are open" in refused.json()["detail"]
        await until(lambda: len(here.hub) == 2)
        async with listening(here.client) as listener:
            assert listener.position


@pytest.mark.parametrize("path", ["/v1/stream", "/v1/stream.ndjson"])
async def test_nothing_on_the_way_may_hold_the_stream_back_or_change_it(here: Replica, path: str) -> None:
    async with here.client.stream("GET", path, headers={"Accept-Encoding": "gzip, br, zstd"}) as answer:
        assert answer.headers["cache-control"] == "no-cache, no-store, no-transform"
        assert answer.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in answer.headers


async def test_a_reader_who_lags_is_told_why_it_is_let_go_of(tmp_path: Path) -> None:
    async with replica(tmp_path / "small.db", backlog=5) as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port, limit=1)
        writer.write(b"GET /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n")
        await until(lambda: len(here.hub) == 1)
        for number in range(200):
            await here.article(number, summary="x" * 50_000)
        await until(lambda: len(here.hub) == 0)
        received = b""
        async with asyncio.timeout(60):
            while chunk := await reader.read(1_000_000):
                received += chunk
        assert received.endswith(b"\r\n0\r\n\r\n")
        assert b'event: bye\ndata: {"reason": "too_slow"' in received
        writer.close()
        await writer.wait_closed()


async def test_one_who_takes_all_it_is_given_is_not_slow_however_much_comes_at_once(tmp_path: Path) -> None:
    """A batch larger than the backlog: what has left the ring is read from the journal."""
    async with replica(tmp_path / "small.db", backlog=5) as here, listening(here.client) as listener:
        for first in range(0, 400, 100):
            await here.tell(first + 1, *(published(number) for number in range(first, first + 100)))
        await until(lambda: len(listener.heard) >= 400)
        assert listener.what == [f"article {number}" for number in range(400)]
