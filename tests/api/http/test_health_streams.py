"""`/v1/health`: how full the streams are, and which groups nobody reads."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD, StreamNames
from services.wire.keeping import Keeping
from services.wire.trimming import Trimmer
from tests.api.live.replica import BEGINNING
from tests.api.serving import listening, served, settings_for
from tests.conftest import Server
from tests.enrich.articles import article, published
from tests.waiting import until

pytestmark = pytest.mark.anyio

NAMES, DAY = StreamNames(), timedelta(days=1)


async def test_it_tells_of_groups_that_nobody_reads_and_of_the_room_for_streams(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    for number in range(20):
        await redis.xadd(NAMES.articles, {PAYLOAD: published(article(f"Ferry {number}")).to_wire()})
    await redis.xgroup_create(NAMES.articles, "enrich", id="0")
    await redis.xgroup_create(NAMES.articles, "gone", id="0")
    await redis.xreadgroup("enrich", "one", {NAMES.articles: ">"}, noack=True)
    trimmer, now = Trimmer(redis, NAMES, Keeping(7 * DAY, 14 * DAY)), datetime.now(UTC)

    settings = settings_for(server, tmp_path)
    async with served(settings) as client:

        async def health() -> tuple[dict[str, str], dict[str, object], dict[str, object]]:
            found = (await client.get("/v1/health")).json()
            assert found["status"] == "degraded"  # ingest and enrich are missing
            articles = found["broker"]["streams"][0]
            groups = {group.pop("name"): group for group in articles["groups"]}
            assert groups["enrich"] == {"state": "reading", "unread": 0, "pending": 0, "lost": 0}
            return found["checks"], articles, groups["gone"]

        await trimmer.once(now)
        checks, articles, gone = await health()
        assert (checks["room"], checks["groups"], checks["pressure"]) == ("ok", "ok", "ok")
        assert (articles["name"], articles["entries"], articles["dropped_early"]) == (NAMES.articles, 20, 0)
        assert gone == {"state": "reading", "unread": 20, "pending": 0, "lost": 0}

        await trimmer.once(now + DAY)
        checks, articles, gone = await health()
        assert "gone has not read dateline:articles since" in checks["groups"]
        assert "holds back 20 events" in checks["groups"]
        assert "XGROUP DESTROY dateline:articles gone" in checks["groups"]
        assert (gone["state"], gone["holds_bytes"]) == ("silent", articles["bytes"])

        await trimmer.once(now + 15 * DAY)
        checks, articles, gone = await health()
        assert "it holds nothing back any more" in checks["groups"]
        assert (articles["entries"], gone["state"], gone["holds_bytes"], gone["lost"]) == (0, "expired", 0, 20)

    full = settings.model_copy(update={"max_stream_bytes": 1})
    async with served(full) as client:
        checks = (await client.get("/v1/health")).json()["checks"]
        assert "events that every group has settled are dropped before DATELINE_RETAIN_DAYS" in checks["room"]


async def test_an_api_that_comes_back_after_its_group_expired_tells_readers_of_the_gap(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    settings, now = settings_for(server, tmp_path), datetime.now(UTC)
    trimmer = Trimmer(redis, NAMES, Keeping(DAY, 2 * DAY))

    async def put(name: str) -> None:
        await redis.xadd(NAMES.articles, {PAYLOAD: published(article(name)).to_wire()})

    async with served(settings) as client:
        await put("The first ferry")
        async with listening(client, f"/v1/stream?since={BEGINNING}") as listener:
            await until(lambda: bool(listener.heard), within_s=30)
        last = listener.heard[0].id
    for number in range(5):
        await put(f"Missed {number}")
    await redis.xgroup_delconsumer(NAMES.articles, settings.api_group, settings.consumer)  # as after an hour
    for days in (0, 1.1, 3):
        await trimmer.once(now + days * DAY)
    assert await redis.xlen(NAMES.articles) == 0
    await put("The last ferry")
    async with served(settings) as client, listening(client, last_event_id=last) as listener:
        await until(lambda: len(listener.heard) >= 2, within_s=30)
        assert [heard.event for heard in listener.heard] == ["gap", "article"]
        assert listener.heard[0].data["after"] == last
