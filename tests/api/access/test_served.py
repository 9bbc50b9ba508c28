"""Keys, limits and proxies over a real port, and what the process says of bad settings."""

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from services.api.access.store import KeyStore
from tests.api.access.conftest import Made, bearer
from tests.api.events import published
from tests.api.serving import listening, put, served, settings_for
from tests.api.test_process import api
from tests.conftest import ADMIN_KEY, Server
from tests.waiting import until

pytestmark = pytest.mark.anyio

FEED = {"url": "https://courier.example/feed.xml"}


async def test_a_key_made_and_revoked_by_the_command_counts_at_once(server: Server, tmp_path: Path) -> None:
    async def command(*arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.cli", "keys", *arguments, "--data", str(tmp_path), stdout=subprocess.PIPE
        )
        said, _ = await process.communicate()
        return said.decode().strip()

    async with served(settings_for(server, tmp_path)) as client:
        anybody = httpx.AsyncClient(base_url=client.base_url, timeout=60)
        async with anybody:
            assert (await anybody.post("/v1/feeds", json=FEED)).status_code == 401
            text = await command("add", "desk", "--scope", "admin")
            assert (await anybody.post("/v1/feeds", json=FEED, headers=bearer(text))).status_code == 202
            assert "used 20" in await command("list")
            await command("revoke", text)
            assert (await anybody.post("/v1/feeds", json=FEED, headers=bearer(text))).status_code == 401


async def test_a_closed_stream_opens_by_header_by_password_and_by_address(
    server: Server, redis: Redis, tmp_path: Path, made: Made
) -> None:
    text = made("read")
    async with served(settings_for(server, tmp_path, reading="closed", admin_key=None)) as client:
        client.headers.pop("Authorization")
        for path in ("/v1/stream", "/", "/v1/articles", "/v1/stream.ndjson?access_token=x"):
            assert (await client.get(path)).status_code == 401
        assert (await client.get("/static/dateline.js")).status_code in (200, 404)
        async with listening(client, f"/v1/stream?access_token={text}") as by_address:
            client.auth = httpx.BasicAuth("reader", text)
            async with listening(client) as by_password:
                await put(redis, published(1))
                await until(lambda: by_address.what == by_password.what == ["article 1"])


async def test_a_stream_with_a_key_that_is_revoked_cannot_be_resumed(
    server: Server, tmp_path: Path, made: Made, store: KeyStore
) -> None:
    text = made("read")
    async with served(settings_for(server, tmp_path, reading="closed")) as client:
        client.headers["Authorization"] = f"Bearer {text}"
        async with listening(client) as listener:
            store.revoke(text[3:11], store.every()[0].made)
        answer = await client.get("/v1/stream", headers={"Last-Event-ID": listener.position})
        assert answer.status_code == 401
        assert "was revoked on" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        ("", "203.0.113.7", None),
        ("127.0.0.1", "203.0.113.7", '"address";r=1;t=30'),
        ("127.0.0.0/8, 10.0.0.0/8", "198.51.100.1, 203.0.113.7, 10.1.2.3", '"address";r=1;t=30'),
        ("127.0.0.1", "127.0.0.1", None),
    ],
)
async def test_only_a_trusted_proxy_says_whose_request_it_is(
    server: Server, tmp_path: Path, proxies: str, forwarded: str, expected: str | None
) -> None:
    async with served(settings_for(server, tmp_path, trusted_proxies=proxies, rate_per_address=2)) as client:
        client.headers.pop("Authorization")
        answer = await client.get("/v1/articles", headers={"X-Forwarded-For": forwarded})
        assert answer.headers.get("ratelimit") == expected
        if expected:
            last = forwarded.split(", ")[-2:][0]
            statuses = [
                (await client.get("/v1/articles", headers={"X-Forwarded-For": address})).status_code
                for address in (last, last, "192.0.2.1", f"192.0.2.1, {last}")
            ]
            assert statuses == [200, 429, 200, 429]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATELINE_TRUSTED_PROXIES", "10.0.0.1/8", "DATELINE_TRUSTED_PROXIES='10.0.0.1/8'"),
        ("DATELINE_READING", "shut", "DATELINE_READING='shut'"),
        ("DATELINE_RATE_PER_KEY", "-1", "DATELINE_RATE_PER_KEY='-1'"),
        ("DATELINE_ADMIN_KEY", "short", "DATELINE_ADMIN_KEY=…: "),
    ],
)
def test_a_bad_setting_stops_the_start_and_is_named(
    server: Server, tmp_path: Path, name: str, value: str, said: str
) -> None:
    with api(server.url, tmp_path, **{name: value}) as process:
        status, log = process.ended()
    assert (status, log.startswith(said)) == (2, True), log


def test_keys_that_cannot_be_used_are_one_clear_line(server: Server, tmp_path: Path) -> None:
    (tmp_path / "keys.db").write_text("no database\n" * 100)
    with api(server.url, tmp_path) as process:
        status, said = process.ended()
    assert (status, len(said.splitlines())) == (1, 1)
    assert "keys.db: file is not a database" in said


async def test_no_key_is_ever_logged(server: Server, tmp_path: Path, made: Made) -> None:
    text = made("read")
    with api(server.url, tmp_path, DATELINE_LOG_LEVEL="DEBUG", DATELINE_ADMIN_KEY=ADMIN_KEY) as process:
        async with httpx.AsyncClient(base_url=process.base, timeout=60) as client:
            async with asyncio.timeout(60):
                while True:
                    try:
                        await client.get("/v1/articles", params={"access_token": text, "colour": "red"})
                        break
                    except httpx.TransportError:
                        await asyncio.sleep(0.05)
            await client.post("/v1/feeds", json={"url": 1}, headers=bearer(ADMIN_KEY))
            await client.get("/v1/nothing", headers=bearer(ADMIN_KEY + "x"))
        process.process.terminate()
        _status, said = await asyncio.to_thread(process.ended)
    assert text[12:] not in said
    assert ADMIN_KEY not in said
