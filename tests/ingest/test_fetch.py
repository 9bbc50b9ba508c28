"""Reading feeds from servers that misbehave on purpose."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from services.ingest.fetch import Fetcher, Limits
from services.ingest.outcomes import Failed, Fetched, NotModified
from tests.conftest import free_port
from tests.ingest.feed_server import Answer, FeedServer, answer, feed_server, raw

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOOPBACK = frozenset({"127.0.0.1"})


def fetcher(allowed: frozenset[str] = LOOPBACK, timeout_s: float = 5.0) -> Fetcher:
    limits = Limits(timeout_s=timeout_s, body_bytes=10_000)
    return Fetcher(user_agent="test/1", allowed_hosts=allowed, limits=limits, clock=lambda: NOW)


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


async def fetch_one(pages: FeedServer, given: Answer, timeout_s: float = 5.0) -> Fetched | NotModified | Failed:
    pages.pages["/feed"] = given
    async with fetcher(timeout_s=timeout_s) as client:
        return await client.fetch(f"{pages.url}/feed")


def failure(outcome: Fetched | NotModified | Failed) -> Failed:
    assert isinstance(outcome, Failed)
    return outcome


async def test_fetches_a_body_with_what_is_needed_to_ask_again(pages: FeedServer) -> None:
    given = answer(b"<rss/>", ETag='"1"', Last_Modified="Sun, 01 Mar 2026 09:00:00 GMT", Content_Type="text/xml")
    assert await fetch_one(pages, given) == Fetched(
        body=b"<rss/>",
        url=f"{pages.url}/feed",
        content_type="text/xml",
        etag='"1"',
        last_modified="Sun, 01 Mar 2026 09:00:00 GMT",
    )
    assert pages.asked[0].headers["user-agent"] == "test/1"
    assert pages.asked[0].headers["host"] == pages.url.removeprefix("http://")


async def test_asks_conditionally(pages: FeedServer) -> None:
    pages.pages["/feed"] = answer(status="304 Not Modified")
    async with fetcher() as client:
        assert await client.fetch(f"{pages.url}/feed", etag='"1"', last_modified="then") == NotModified()
    headers = pages.asked[0].headers
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"1"', "then")


async def test_a_304_that_nobody_asked_for_is_a_failure(pages: FeedServer) -> None:
    assert failure(await fetch_one(pages, answer(status="304 Not Modified"))).kind == "status"


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_compressed_bodies_are_read(pages: FeedServer, coding: str, pack: object) -> None:
    assert callable(pack)
    outcome = await fetch_one(pages, answer(pack(b"<rss/>"), Content_Encoding=coding))
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"<rss/>"


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        ("401 Unauthorized", "status", "login"),
        ("403 Forbidden", "status", "403 Forbidden"),
        ("404 Not Found", "status", "check the address"),
        ("410 Gone", "gone", "410 Gone"),
        ("429 Too Many Requests", "busy", "less often"),
        ("500 Internal Server Error", "server error", "tried again"),
        ("299 Odd", "status", "299"),
        ("999 Denied", "status", "999"),
    ],
)
async def test_a_refusal_says_what_to_do(pages: FeedServer, status: str, kind: str, words: str) -> None:
    failed = failure(await fetch_one(pages, answer(b"no", status)))
    assert failed.kind == kind
    assert words in failed.reason


async def test_the_server_may_ask_for_patience(pages: FeedServer) -> None:
    given = answer(status="503 Service Unavailable", Retry_After="Sun, 01 Mar 2026 12:02:00 GMT")
    assert failure(await fetch_one(pages, given)).retry_after_s == 120


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(answer(b"x" * 10_001), id="long"),
        pytest.param(answer(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip"), id="gzip bomb"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 20_000, then_stall=True), id="endless"),
    ],
)
async def test_a_body_past_the_limit_is_not_read_on(pages: FeedServer, content: Answer) -> None:
    failed = failure(await fetch_one(pages, content))
    assert failed.kind == "too large"
    assert "DATELINE_MAX_BODY_BYTES" in failed.reason


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(raw(b""), "connection", id="hangs up"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), "connection", id="wrong length"),
        pytest.param(raw(b"SSH-2.0-OpenSSH\r\n"), "connection", id="no HTTP"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"), "connection", id="huge header"),
        pytest.param(answer(b"no gzip", Content_Encoding="gzip"), "protocol", id="lying encoding"),
        pytest.param(answer(b"x", Content_Encoding="gzip, gzip"), "protocol", id="nested encodings"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\n", then_stall=True), "timeout", id="stalls in the header"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\n\r\n<rss>", then_stall=True), "timeout", id="stalls in the body"),
        pytest.param(answer(status="301 Moved"), "redirect", id="moved nowhere"),
        pytest.param(answer(status="302 Found", Location="/feed"), "redirect", id="redirect loop"),
        pytest.param(answer(status="302 Found", Location="file:///etc/passwd"), "redirect", id="to a file"),
        pytest.param(answer(status="302 Found", Location="http://10.0.0.1/"), "address", id="to a private address"),
        pytest.param(
            answer(status="302 Found", Location="http://[::ffff:7f00:1]/"), "address", id="to mapped loopback"
        ),
        pytest.param(answer(status="302 Found", Location="http://167772161/"), "address", id="to a number"),
    ],
)
async def test_every_other_trouble_has_a_name(pages: FeedServer, content: Answer, kind: str) -> None:
    failed = failure(await fetch_one(pages, content, timeout_s=0.5))
    assert failed.kind == kind
    assert failed.reason


@pytest.mark.parametrize(
    ("hops", "moved"),
    [(("301", "308"), True), (("301", "302"), False), (("302", "301"), False), (("307",), False)],
)
async def test_only_permanent_redirects_mean_that_the_feed_moved(
    pages: FeedServer, hops: tuple[str, ...], moved: bool
) -> None:
    for number, status in enumerate(hops):
        pages.pages[f"/{number}"] = answer(status=f"{status} Moved", Location=f"/{number + 1}")
    last = f"{pages.url}/{len(hops)}"
    pages.pages[f"/{len(hops)}"] = answer(b"<rss/>")
    async with fetcher() as client:
        outcome = await client.fetch(f"{pages.url}/0")
    assert isinstance(outcome, Fetched)
    assert outcome.url == last
    if hops[0] == "301" and not moved:
        assert outcome.moved_to == f"{pages.url}/1"
    else:
        assert outcome.moved_to == (last if moved else None)


async def test_inner_addresses_are_refused_unless_allowed(pages: FeedServer) -> None:
    async with fetcher(allowed=frozenset()) as client:
        failed = failure(await client.fetch(f"{pages.url}/feed"))
    assert failed.kind == "address"
    assert "DATELINE_ALLOW_HOSTS" in failed.reason
    assert pages.asked == []


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://nowhere.invalid/feed", "dns"),
        ("ftp://e.example/feed", "redirect"),
        ("http://", "protocol"),
        ("http://[bad/", "dns"),
        ("nonsense", "redirect"),
    ],
)
async def test_an_unusable_address_says_so(url: str, kind: str) -> None:
    async with fetcher() as client:
        assert failure(await client.fetch(url)).kind == kind


async def test_a_closed_port_is_a_failed_connection() -> None:
    async with fetcher() as client:
        assert failure(await client.fetch(f"http://127.0.0.1:{free_port()}/")).kind == "connection"


async def test_a_server_that_speaks_no_tls_is_a_failed_encryption() -> None:
    async def speak_plainly(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speak_plainly, "127.0.0.1", 0)
    async with server, fetcher() as client:
        port = server.sockets[0].getsockname()[1]
        assert failure(await client.fetch(f"https://127.0.0.1:{port}/")).kind == "tls"
