"""The read model made anew: the same to all who read, while articles come and live readers listen."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from redis.asyncio import Redis

from services.api.settings import ApiSettings
from services.wire.messages import Entries
from tests.api.events import article_id, enriched, feed_changed, listed, published, revised, story_changed
from tests.api.serving import listening, put, served, settings_for
from tests.conftest import Server
from tests.waiting import until

pytestmark = pytest.mark.anyio

FEED = "https://courier.example/other.xml"
READ = (
    "/v1/articles?limit=500",
    "/v1/articles?changed_since=2020-01-01&limit=500",
    "/v1/articles?q=ferry&limit=500",
    "/v1/tags",
    "/v1/sources",
    "/v1/feeds",
    "/v1/stories",
    f"/v1/articles/{article_id(1)}",
    f"/v1/articles/{article_id(1)}/revisions",
    f"/v1/stories/{article_id(0)}",
)


@pytest.fixture
def settings(server: Server, tmp_path: Path) -> ApiSettings:
    return settings_for(server, tmp_path)


@pytest.fixture
async def client(settings: ApiSettings, redis: Redis) -> AsyncIterator[httpx.AsyncClient]:
    """An API with articles, revisions, stories and a feed."""
    async with served(settings) as client:
        await put(redis, *(published(number, minutes=number, text=f"A ferry {number}") for number in range(20)))
        await put(redis, revised(1, 2, title="Another", text="Once"), revised(1, 3, title="Third", text="Twice"))
        await put(redis, listed(2, FEED, minutes=30))
        await until_come(client, settings, redis)
        await put(
            redis, *(enriched(number, tags=("weather",), repeats=0 if number == 5 else None) for number in range(9))
        )
        await put(redis, feed_changed(FEED, status="active"))
        await put(redis, story_changed(0, 1, "opened", joined=(0,)), story_changed(0, 2, joined=(1, 2)))
        await put(redis, story_changed(7, 3, "opened", joined=(7,)), story_changed(7, 4, "merged", into=0))
        await until_come(client, settings, redis)
        yield client


async def until_come(client: httpx.AsyncClient, settings: ApiSettings, redis: Redis) -> None:
    """Until all that is on the streams has been applied."""
    names = settings.streams
    async with asyncio.timeout(60):
        for name in (names.articles, names.enrichments, names.feeds):
            while await redis.exists(name):
                [group] = [one for one in await redis.xinfo_groups(name) if one["name"] == b"api"]
                last = (await redis.xinfo_stream(name))["last-generated-id"]
                if group["pending"] == 0 and group["last-delivered-id"] == last:
                    break
                await asyncio.sleep(0.02)
    assert (await client.get("/readyz")).status_code == 200


async def everything(client: httpx.AsyncClient) -> dict[str, Any]:
    answers = {address: await client.get(address) for address in READ}
    assert {answer.status_code for answer in answers.values()} == {200}, answers
    return {address: answer.json() for address, answer in answers.items()}


async def rebuilt(client: httpx.AsyncClient, **wanted: str) -> dict[str, Any]:
    assert (await client.post("/v1/rebuild", params=wanted)).status_code == 202
    async with asyncio.timeout(40):
        while (state := (await client.get("/v1/rebuild")).json())["state"] == "running":
            await asyncio.sleep(0.05)
    found: dict[str, Any] = state
    return found


def same(before: dict[str, Any], after: dict[str, Any]) -> None:
    for address in READ:
        if address == "/v1/stories":  # their momentum goes with the clock
            assert [one["id"] for one in before[address]["stories"]] == [one["id"] for one in after[address]["stories"]]
        else:
            assert after[address] == before[address], address


async def test_all_that_can_be_read_is_the_same(client: httpx.AsyncClient) -> None:
    before = await everything(client)
    state = await rebuilt(client)
    assert (state["state"], state["articles"], state["reason"]) == ("done", 20, None)
    same(before, await everything(client))


async def test_what_the_streams_do_not_reach_any_more_is_kept(
    client: httpx.AsyncClient, redis: Redis, settings: ApiSettings
) -> None:
    before = await everything(client)
    for name in (settings.streams.articles, settings.streams.enrichments, settings.streams.feeds):
        await redis.xtrim(name, maxlen=1, approximate=False)
    assert (await rebuilt(client))["state"] == "done"
    same(before, await everything(client))


async def test_what_went_wrong_in_the_old_one_is_mended(client: httpx.AsyncClient, settings: ApiSettings) -> None:
    before = await everything(client)
    with closing(sqlite3.connect(settings.database_path)) as sql:
        sql.execute("UPDATE articles SET headline = json_set(headline, '$.title', 'Spoilt')")
        sql.execute("DELETE FROM article_facets")
        sql.execute("UPDATE facets SET articles = 77")
        sql.commit()
    assert (await rebuilt(client))["state"] == "done"
    after = await everything(client)
    changed = "/v1/articles?changed_since=2020-01-01&limit=500"
    assert {one["id"] for one in after[changed]["articles"]} == {one["id"] for one in before[changed]["articles"]}
    same(before | {changed: None}, after | {changed: None})


async def test_only_what_is_wanted_is_read_from_the_streams_and_the_rest_taken_over_as_it_is(
    client: httpx.AsyncClient, redis: Redis, settings: ApiSettings
) -> None:
    await put(redis, published(60, source="other.example"))
    await until_come(client, settings, redis)
    before = await everything(client)
    for wanted, spoilt in (
        ({"since": "2100-01-01"}, {1, 60}),
        ({"source": "other.example"}, {1}),
        ({"source": "other.example", "since": "2100-01-01"}, {1, 60}),
        ({"since": "2020-01-01T00:00:00Z"}, set[int]()),
    ):
        with closing(sqlite3.connect(settings.database_path)) as sql:
            for number in (1, 60):
                given = ("Spoilt", str(article_id(number)))
                sql.execute("UPDATE facts SET known = json_set(known, '$.article.title', ?) WHERE id = ?", given)
            sql.commit()
        assert (await rebuilt(client, **wanted))["state"] == "done"
        titles = [(await client.get(f"/v1/articles/{article_id(number)}")).json()["title"] for number in (1, 60)]
        assert {number for number, title in zip((1, 60), titles, strict=True) if title == "Spoilt"} == spoilt, wanted
    changed = "/v1/articles?changed_since=2020-01-01&limit=500"
    same(before | {changed: None}, await everything(client) | {changed: None})
    for bad in ({"since": "yesterday"}, {"sauce": "x"}, {"source": ""}):
        assert (await client.post("/v1/rebuild", params=bad)).status_code == 400, bad


async def test_live_readers_and_pages_go_on(client: httpx.AsyncClient, redis: Redis, settings: ApiSettings) -> None:
    page = (await client.get("/v1/articles?limit=10")).json()
    async with listening(client) as live:
        publishing = asyncio.create_task(publish(redis, range(100, 400)))
        assert (await rebuilt(client))["state"] == "done"
        assert (await client.get(page["next"])).json()["articles"][0] not in page["articles"]
        await publishing
        await put(redis, published(999))
        await until(lambda: "article 999" in [heard.what.replace("Article ", "") for heard in live.heard], 30)
        told = [heard.data["id"] for heard in live.heard if heard.event == "article"]
        assert told == [str(article_id(number)) for number in (*range(100, 400), 999)]
    since = live.heard[150].id
    async with listening(client, last_event_id=since) as again:
        await until(lambda: len([heard for heard in again.heard if heard.event == "article"]) >= 150, 30)
        later = [heard.data["id"] for heard in live.heard[151:] if heard.event == "article"]
        assert [heard.data["id"] for heard in again.heard if heard.event == "article"] == later
    await until_come(client, settings, redis)
    assert (await client.get(f"/v1/articles/{article_id(399)}")).status_code == 200


async def publish(redis: Redis, numbers: range) -> None:
    for number in numbers:
        await put(redis, published(number))
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("wanted", [{}, {"since": "2100-01-01"}])
async def test_an_entry_that_waits_is_neither_lost_nor_kept_from_readers(
    client: httpx.AsyncClient, redis: Redis, settings: ApiSettings, wanted: dict[str, str]
) -> None:
    stream = settings.streams.articles
    await redis.xgroup_create(stream, "other", id="$")
    await put(redis, published(50))
    await until_come(client, settings, redis)
    [(entry, _)] = cast(Entries, await redis.xrevrange(stream, count=1))
    await put(redis, published(51))
    await until_come(client, settings, redis)
    await redis.xclaim(stream, "api", "gone", 0, [entry], force=True, retrycount=1)
    assert (await rebuilt(client, **wanted))["state"] == "done"
    await until_come(client, settings, redis)
    assert (await client.get(f"/v1/articles/{article_id(50)}")).status_code == 200


async def test_killed_in_the_middle_the_old_one_is_served_on(
    client: httpx.AsyncClient, redis: Redis, settings: ApiSettings
) -> None:
    await put(redis, *(published(number) for number in range(100, 2_000)))
    await until_come(client, settings, redis)
    before = await everything(client)
    assert (await client.post("/v1/rebuild")).json()["state"] == "running"
    assert (await client.post("/v1/rebuild")).json()["state"] == "running"
    other = await client.post("/v1/rebuild", params={"source": "courier.example"})
    assert (other.status_code, other.json()["type"]) == (409, "/docs#busy")
    async with asyncio.timeout(60):
        while not (making := children()):
            await asyncio.sleep(0.01)
    os.kill(making[0], signal.SIGKILL)
    async with asyncio.timeout(60):
        while (state := (await client.get("/v1/rebuild")).json())["state"] == "running":
            await asyncio.sleep(0.05)
    assert (state["state"], "status -9" in state["reason"]) == ("failed", True)
    same(before, await everything(client))
    assert not left_over(settings)
    assert (await rebuilt(client))["state"] == "done"
    same(before, await everything(client))


def children() -> list[int]:
    """The processes that make a read model anew for this one."""
    me = os.getpid()
    pids = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    return [int(pid) for pid in pids if "services.api.anew" in Path(f"/proc/{pid}/cmdline").read_text()]


def left_over(settings: ApiSettings) -> list[Path]:
    return list(settings.database_path.parent.glob("*.anew*"))
