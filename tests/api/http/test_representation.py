"""Answers on a real port: named, not sent twice, compressed, open to pages of other sites."""

import asyncio
import gzip
import http.client
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import zstandard
from redis.asyncio import Redis

from services.api.http.representation import accepted, unchanged
from tests.api.events import article_id, published
from tests.api.serving import listening, put, served, settings_for
from tests.conftest import Server
from tests.waiting import eventually, until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(server: Server, redis: Redis, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    await put(redis, *(published(number, minutes=number / 10) for number in range(200)))
    async with served(settings_for(server, tmp_path, cors_origins="https://paper.example")) as client:

        async def all_told() -> bool:
            return bool((await client.get("/v1/facets?by=hour")).json()["counted"] == 200)

        await eventually(all_told)
        yield client


async def raw(client: httpx.AsyncClient, address: str, **headers: str) -> tuple[httpx.Headers, bytes]:
    """The body as it was on the wire."""
    async with client.stream("GET", address, headers=headers) as answer:
        return answer.headers, b"".join([piece async for piece in answer.aiter_raw()])


@pytest.mark.parametrize("limit", [20, 200])
async def test_text_is_compressed_as_the_client_likes(client: httpx.AsyncClient, limit: int) -> None:
    address = f"/v1/articles?limit={limit}"
    plain, body = await raw(client, address, **{"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain
    assert len(json.loads(body)["articles"]) == limit
    for encoding, decode in (("gzip", gzip.decompress), ("zstd", zstandard.ZstdDecompressor().decompress)):
        headers, packed = await raw(client, address, **{"Accept-Encoding": f"{encoding}, br"})
        assert (headers["content-encoding"], headers["content-length"]) == (encoding, str(len(packed)))
        assert decode(packed) == body
        assert len(packed) < len(body) / 4
        assert headers["etag"] == plain["etag"]
        assert "Accept-Encoding" in headers["vary"]


async def test_what_the_client_has_is_not_sent_again(client: httpx.AsyncClient, redis: Redis) -> None:
    first = await client.get("/v1/articles")
    assert first.headers["cache-control"] == "no-cache"
    same = await client.get("/v1/articles", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", first.headers["etag"])
    assert "content-length" not in same.headers
    head = await client.head("/v1/articles", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert head.status_code == 304
    await put(redis, published(1_000, minutes=59))

    async def renewed() -> bool:
        answer = await client.get("/v1/articles", headers={"If-None-Match": first.headers["etag"]})
        return answer.status_code == 200 and answer.headers["etag"] != first.headers["etag"]

    await eventually(renewed)


async def test_an_answer_without_a_body_leaves_the_connection_usable(client: httpx.AsyncClient) -> None:
    def talk() -> list[tuple[int, bytes, str | None]]:
        connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port or 80, timeout=10)
        said = []
        etag = ""
        for method in ("GET", "GET", "HEAD", "GET", "HEAD"):
            connection.request(method, "/v1/articles", headers={"If-None-Match": etag, "Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            said.append((answer.status, answer.read()[:2], answer.headers["Content-Encoding"]))
            etag = "" if len(said) == 4 else answer.headers["ETag"]
        connection.close()
        return said

    unchanged_answer = (304, b"", None)
    assert await asyncio.to_thread(talk) == [
        (200, b"\x1f\x8b", "gzip"),
        unchanged_answer,
        unchanged_answer,
        unchanged_answer,
        (200, b"", "gzip"),
    ]


async def test_the_live_stream_is_neither_compressed_nor_held_back(client: httpx.AsyncClient, redis: Redis) -> None:
    async with listening(client) as listener:
        await put(redis, published(2_000, minutes=59))
        await until(lambda: listener.what == ["article 2000"])


async def test_errors_and_single_articles_are_not_named_alike(client: httpx.AsyncClient) -> None:
    missing = await client.get("/v1/articles?color=red")
    assert "etag" not in missing.headers
    first, second = [(await client.get(f"/v1/articles/{article_id(one)}")).headers["etag"] for one in (1, 2)]
    assert first != second


async def test_pages_of_the_sites_that_are_let_in_may_read_and_do_nothing_else(client: httpx.AsyncClient) -> None:
    ours, others = {"Origin": "https://paper.example"}, {"Origin": "https://else.example"}
    answer = await client.get("/v1/headlines", headers=ours)
    assert answer.headers["access-control-allow-origin"] == "https://paper.example"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-origin" not in (await client.get("/v1/headlines", headers=others)).headers
    wanted = {"Access-Control-Request-Method": "GET"}
    assert (await client.options("/v1/articles", headers=ours | wanted)).status_code == 200
    wanted = {"Access-Control-Request-Method": "DELETE"}
    assert (await client.options("/v1/articles", headers=ours | wanted)).status_code == 400
    posted = await client.post("/v1/feeds", json={}, headers=ours)
    assert "access-control-allow-origin" not in posted.headers


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("", None),
        ("identity", None),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0", "gzip"),
        ("GZIP", "gzip"),
        ("*", "zstd"),
        ("zstd;q=0, *;q=0.5", "gzip"),
        ("gzip;q=high", None),
    ],
)
def test_the_encoding_is_one_that_the_client_reads(header: str, encoding: str | None) -> None:
    assert accepted(header) == encoding


@pytest.mark.parametrize(
    ("held", "same"), [(None, False), ('W/"a"', True), ('"a"', True), ('"b", W/"a"', True), ("*", True), ('"b"', False)]
)
def test_tags_are_compared_weakly(held: str | None, same: bool) -> None:
    assert unchanged(held, 'W/"a"') is same
