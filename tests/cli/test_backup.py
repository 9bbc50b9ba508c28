"""`dateline backup` and `restore`, as processes, beside an API that serves: nothing is lost between the two."""

import asyncio
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from services.api.settings import ApiSettings
from services.contracts.streams import PAYLOAD
from tests.api.events import article_id, enriched, published
from tests.api.serving import put, served, settings_for
from tests.cli.dateline import process
from tests.conftest import Server

pytestmark = pytest.mark.anyio


async def run(settings: ApiSettings, *arguments: str | Path) -> tuple[int, str]:
    done = await asyncio.to_thread(process, *arguments, DATELINE_DATABASE_PATH=str(settings.database_path))
    return done.returncode, (done.stdout + done.stderr).decode()


async def titles(client: httpx.AsyncClient) -> set[str]:
    return {article["title"] for article in (await client.get("/v1/articles?limit=500")).json()["articles"]}


async def until_there_are(client: httpx.AsyncClient, count: int) -> None:
    async with asyncio.timeout(60):
        while len(await titles(client)) < count:
            await asyncio.sleep(0.02)


async def test_what_came_after_a_backup_is_read_again(server: Server, redis: Redis, tmp_path: Path) -> None:
    settings, file = settings_for(server, tmp_path), tmp_path / "wire.backup"
    async with served(settings) as client:
        await put(redis, *(published(number) for number in range(5)))
        await until_there_are(client, 5)
        saved = {"name": "Ferries", "q": "ferry"}
        assert (await client.post("/v1/searches", json=saved)).status_code == 201
        status, said = await run(settings, "backup", file)
        assert (status, "5 articles" in said) == (0, True), said
        await put(redis, *(published(number) for number in range(5, 9)), enriched(2, tags=("weather",)))
        await until_there_are(client, 9)
        status, said = await run(settings, "restore", file)
        assert (status, "in use" in said and "Stop the API" in said) == (1, True), said
        assert await titles(client) == {f"Article {number}" for number in range(9)}
    status, said = await run(settings, "restore", file)
    assert (status, "restored 5 articles" in said) == (0, True), said
    kept = names(tmp_path, "*.before-*")
    assert {name.partition(".before-")[0] for name in kept} == {"dateline.db", "keys.db", "searches.db"}
    async with served(settings) as client:
        await until_there_are(client, 9)
        async with asyncio.timeout(60):
            while not (await client.get(f"/v1/articles/{article_id(2)}")).json()["enriched"]:
                await asyncio.sleep(0.02)
        assert [one["name"] for one in (await client.get("/v1/searches")).json()["searches"]] == ["Ferries"]
        assert (await redis.xpending(settings.streams.articles, settings.api_group))["pending"] == 0
    assert not (tmp_path / "dateline.db.restored").exists()


async def test_an_event_that_waited_to_be_delivered_again_when_the_backup_was_made_is_not_lost(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    """It was older than the backup's position, and settled after it."""
    settings, file = settings_for(server, tmp_path), tmp_path / "wire.backup"
    stream, group = settings.streams.articles, settings.api_group
    await put(redis, *(published(number) for number in range(3)))
    await redis.xgroup_create(stream, group, id="0")
    await redis.xreadgroup(group, "another", {stream: ">"}, count=1)
    async with served(settings.model_copy(update={"retry_after_s": 600.0})) as client:
        await until_there_are(client, 2)
        assert (await run(settings, "backup", file))[0] == 0
        assert await titles(client) == {"Article 1", "Article 2"}
    [waiting] = await redis.xpending_range(stream, group, "-", "+", 10)
    await redis.xack(stream, group, waiting["message_id"])
    assert (await run(settings, "restore", file))[0] == 0
    async with served(settings) as client:
        await until_there_are(client, 3)


async def test_a_copy_that_was_put_in_place_by_hand_is_noticed(server: Server, redis: Redis, tmp_path: Path) -> None:
    settings = settings_for(server, tmp_path)
    await put(redis, published(0))
    async with served(settings) as client:
        await until_there_are(client, 1)
    copy = settings.database_path.read_bytes()
    await put(redis, published(1))
    async with served(settings) as client:
        await until_there_are(client, 2)
    settings.database_path.write_bytes(copy)
    async with served(settings) as client:
        await until_there_are(client, 2)
    settings.database_path.unlink()
    async with served(settings) as client:
        await until_there_are(client, 2)


async def test_what_is_in_quarantine_is_not_read_again_at_each_start(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    settings = settings_for(server, tmp_path)
    for _ in range(3):
        async with served(settings) as client:
            await put(redis, published(0))
            await until_there_are(client, 1)
            if not await redis.xlen(settings.streams.quarantine):
                await put(redis, b"{")
            async with asyncio.timeout(60):
                while not await redis.xlen(settings.streams.quarantine):
                    await asyncio.sleep(0.02)
    assert await redis.xlen(settings.streams.quarantine) == 1


async def test_what_is_no_good_backup_changes_nothing(server: Server, redis: Redis, tmp_path: Path) -> None:
    settings, file = settings_for(server, tmp_path), tmp_path / "wire.backup"
    async with served(settings) as client:
        await put(redis, published(0))
        await until_there_are(client, 1)
        assert (await run(settings, "backup", file))[0] == 0
    good, before = file.read_bytes(), contents(tmp_path)
    for fault in ("cut short", "a byte changed", "no backup", "of a newer Dateline", "of another wire"):
        file.write_bytes(good)
        spoil(file, fault)
        status, said = await run(settings, "restore", file)
        assert (status, "Nothing was changed" in said, "Traceback" in said) == (1, True, False), (fault, said)
        assert contents(tmp_path) == before, fault
        assert not names(tmp_path, "*.restor*"), fault


def names(folder: Path, pattern: str) -> list[str]:
    return [path.name for path in folder.glob(pattern)]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.db")}


def spoil(file: Path, fault: str) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    if fault == "cut short":
        file.write_bytes(file.read_bytes()[:-200])
        return
    if fault == "no backup":
        file.write_bytes(b"no zip")
        return
    if fault == "a byte changed":
        changed = bytearray(parts["dateline.db"])
        changed[5_000] ^= 1
        parts["dateline.db"] = bytes(changed)
    elif fault == "of a newer Dateline":
        manifest["parts"][-1]["schema_version"] += 1_000
    else:
        manifest["stream_prefix"] = "other"
    parts["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


async def test_a_backup_never_takes_the_place_of_a_file(server: Server, redis: Redis, tmp_path: Path) -> None:
    settings, file = settings_for(server, tmp_path), tmp_path / "wire.backup"
    status, said = await run(settings, "backup", file)
    assert (status, "no API keeps its data here" in said) == (1, True)
    async with served(settings) as client:
        await put(redis, published(0))
        await until_there_are(client, 1)
        file.write_bytes(b"mine")
        status, said = await run(settings, "backup", file)
    assert (status, "is there already" in said, file.read_bytes()) == (1, True, b"mine")


async def test_a_backup_made_while_much_is_written_is_whole(server: Server, redis: Redis, tmp_path: Path) -> None:
    settings, file = settings_for(server, tmp_path, api_batch=20), tmp_path / "wire.backup"
    async with served(settings) as client:

        async def publish() -> None:
            for number in range(600):
                await redis.xadd(settings.streams.articles, {PAYLOAD: published(number).to_wire()})
                await asyncio.sleep(0.002)

        publishing = asyncio.create_task(publish())
        await until_there_are(client, 20)
        status, said = await run(settings, "backup", file)
        assert status == 0, said
        await publishing
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        archive.extract("dateline.db", tmp_path / "out")
    with closing(sqlite3.connect(tmp_path / "out" / "dateline.db")) as sql:
        assert sql.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        [articles] = sql.execute("SELECT count(*) FROM articles").fetchone()
        [last] = sql.execute("SELECT max(seq) FROM journal").fetchone()
    assert 20 <= articles == last
    assert (await run(settings, "restore", file))[0] == 0
    async with served(settings) as client:
        async with asyncio.timeout(30):
            while (await client.get("/v1/headlines?limit=1")).status_code != 200 or await count(settings) < 600:
                await asyncio.sleep(0.05)


async def count(settings: ApiSettings) -> int:
    def ask() -> int:
        with closing(sqlite3.connect(settings.database_path)) as sql:
            return int(sql.execute("SELECT count(*) FROM articles").fetchone()[0])

    return await asyncio.to_thread(ask)
