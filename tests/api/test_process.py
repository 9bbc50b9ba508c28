"""The API as a process: it survives being killed, says why it cannot start, and stops when told to."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from services.api.app import listening_socket
from services.contracts.commands import AddFeed, RefreshFeed, RemoveFeed
from services.contracts.identity import feed_id
from services.contracts.registry import read_event
from services.wire.quarantine import Quarantined
from tests.api.events import article_id, enriched, feed_changed, published
from tests.api.serving import listening, put, served, settings_for, until_ready
from tests.conftest import Server, free_port
from tests.waiting import until, until_stream_holds

pytestmark = pytest.mark.anyio


def test_an_answer_of_two_parts_does_not_wait_for_the_client_to_acknowledge_the_first() -> None:
    with (
        listening_socket("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


class Api:
    """`python -m services.api`, with its own port and the test's database."""

    def __init__(self, redis_url: str, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._environment = {
            "PATH": os.environ["PATH"],
            "DATELINE_REDIS_URL": redis_url,
            "DATELINE_DATABASE_PATH": str(folder / "dateline.db"),
            "DATELINE_HTTP_PORT": str(self.port),
            "DATELINE_RETRY_AFTER_S": "0.5",
        } | environment
        self.process = self.start()

    def start(self) -> "subprocess.Popen[str]":
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "services.api"],
            env=self._environment,
            cwd=Path(__file__).parents[2],
            stderr=subprocess.PIPE,
            text=True,
        )
        return self.process

    def ended(self, within_s: float = 15) -> tuple[int, str]:
        """The exit status and what it said."""
        _out, said = self.process.communicate(timeout=within_s)
        return self.process.returncode, said


@contextmanager
def api(redis_url: str, folder: Path, **environment: str) -> Iterator[Api]:
    process = Api(redis_url, folder, **environment)
    try:
        yield process
    finally:
        process.process.kill()
        process.process.communicate()


@asynccontextmanager
async def client_of(process: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=process.base, timeout=60) as client:
        await until_ready(client)
        yield client


async def test_killed_while_it_applies_it_has_each_article_once_after_its_restart(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    count = 1_500
    with api(server.url, tmp_path, DATELINE_API_BATCH="50") as process:
        async with client_of(process) as client:
            async with redis.pipeline(transaction=False) as pipeline:
                await put(pipeline, *(published(number) for number in range(count)))
                await put(pipeline, *(enriched(number, tags=("ferries",)) for number in range(count)))
                await pipeline.execute()
            while not (await client.get("/v1/articles")).json()["articles"]:
                await asyncio.sleep(0.005)
            process.process.kill()
            process.ended()
            assert (await redis.xinfo_groups("dateline:enrichments"))[0]["lag"] != 0
            process.start()
            await until_ready(client)
            await _until_settled(redis, "dateline:articles", "dateline:enrichments")
            ids, address = [], "/v1/articles?tag=ferries&limit=500"
            while address:
                page = (await client.get(address)).json()
                ids += [article["id"] for article in page["articles"]]
                address = page["next"]
            assert sorted(ids) == sorted(str(article_id(number)) for number in range(count))
            assert (await client.get("/v1/tags")).json()["tags"][0]["count"] == count


async def _until_settled(redis: Redis, *streams: str) -> None:
    async with asyncio.timeout(60):
        for stream in streams:
            while True:
                [group] = await redis.xinfo_groups(stream)
                if group["pending"] == 0 and group["lag"] == 0:
                    break
                await asyncio.sleep(0.02)


async def test_a_poisonous_event_goes_to_quarantine_and_its_neighbours_are_served(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    async with served(settings_for(server, tmp_path)) as client, listening(client) as listener:
        await put(redis, published(1), b"\xffpoison", feed_changed("https://a.example/").to_wire(), published(2))
        await until(lambda: listener.what == ["article 1", "article 2"])
        records = [
            Quarantined.model_validate_json(payload)
            for payload in await until_stream_holds(redis, "dateline:quarantine", 2)
        ]
    assert [(record.group, record.stream, record.deliveries) for record in records] == [
        ("api", "dateline:articles", 1)
    ] * 2
    assert "JSON" in records[0].why
    assert records[1].why == "dateline.feed.changed.v1 does not belong on dateline:articles"


async def test_adding_removing_and_refreshing_a_feed_are_commands_to_ingest(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    url = "https://courier.example/feed.xml"
    async with served(settings_for(server, tmp_path)) as client, listening(client) as listener:
        answer = await client.post("/v1/feeds", json={"url": f" {url} ", "title": "Courier", "tags": ["local"]})
        address = answer.headers["location"]
        assert (answer.status_code, answer.json()["status"], address) == (202, "new", f"/v1/feeds/{feed_id(url)}")
        await put(redis, feed_changed(url, title="Courier", tags=["local"]))
        await until(lambda: listener.what == ["feed Courier"])
        known = await client.post("/v1/feeds", json={"url": url, "tags": ["local"]})
        assert (known.status_code, known.json()) == (200, (await client.get(address)).json())
        assert (await client.post("/v1/feeds", json={"url": url, "title": "New"})).status_code == 202
        assert (await client.post(f"{address}/refresh")).status_code == 202
        assert (await client.delete(address)).status_code == 202
        await put(redis, feed_changed(url, status="removed"))
        await until(lambda: len(listener.heard) == 2)
        assert (await client.delete(address)).status_code == 404
        commands = [read_event(payload) for payload in await until_stream_holds(redis, "dateline:commands", 4)]
    assert [type(command) for command in commands] == [AddFeed, AddFeed, RefreshFeed, RemoveFeed]
    assert {command.subject for command in commands} == {str(feed_id(url))}
    added = commands[0]
    assert isinstance(added, AddFeed)
    assert (added.data.url, added.data.title, added.data.tags) == (url, "Courier", ("local",))


async def test_without_redis_it_serves_what_it_has_and_is_not_ready(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    async with served(settings_for(server, tmp_path)) as client:
        async with listening(client) as listener:
            await put(redis, published(1))
            await until(lambda: len(listener.heard) == 1)
        server.kill()
        answer = await client.get("/readyz", timeout=15)
        assert answer.status_code == 503
        assert "redis: does not answer" in answer.json()["detail"]
        assert answer.json()["checks"]["read model"] == "ok"
        assert (await client.get("/healthz")).status_code == 200
        assert len((await client.get("/v1/articles")).json()["articles"]) == 1
        server.start()
        await until_ready(client)


async def test_told_to_stop_it_ends_its_streams_and_goes(server: Server, tmp_path: Path) -> None:
    with api(server.url, tmp_path) as process:
        async with client_of(process) as client, listening(client) as listener:
            process.process.terminate()
            status, _said = await asyncio.to_thread(process.ended, 10)
            assert status == 0
            await until(lambda: listener.ended)


def test_a_busy_port_is_one_clear_line(server: Server, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with api(server.url, tmp_path, DATELINE_HTTP_PORT=str(port)) as process:
            status, said = process.ended()
    assert status == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in said
    assert len(said.splitlines()) == 1


def test_a_database_that_cannot_be_used_is_one_clear_line(server: Server, tmp_path: Path) -> None:
    (tmp_path / "dateline.db").write_text("no database\n" * 100)
    with api(server.url, tmp_path) as process:
        status, said = process.ended()
    assert status == 1
    assert "dateline.db: file is not a database" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"), [("DATELINE_HTTP_PORT", "70000"), ("DATELINE_HTTP_PORT", "http"), ("DATELINE_API_BATCH", "0")]
)
def test_a_bad_setting_is_named(server: Server, tmp_path: Path, name: str, value: str) -> None:
    with api(server.url, tmp_path, **{name: value}) as process:
        status, said = process.ended()
    assert status == 2
    assert said.startswith(f"{name}='{value}'")
