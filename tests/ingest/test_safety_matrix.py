"""The matrix of hostile cases, second part: what a feed's server may do, and how that ends.

Each row runs against a real server. Plainer troubles (statuses, stalls, size limits) are in `test_fetch.py`; where
addresses may lead is in `test_safety_addresses.py`, what a document may declare in `test_safety_documents.py`.
"""

import asyncio
import gzip
import shutil
import socket
import ssl
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.ingest.outcomes import Failed, Fetched
from tests.ingest.feed_server import Answer, FeedServer, answer, feed_server, raw
from tests.ingest.fetching import failure, fetch

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


def drip(start: bytes, piece: bytes, pause_s: float = 0.01) -> Answer:
    """A piece at a time, always soon enough for a limit between two reads, and without end."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return write


def reset(start: bytes) -> Answer:
    """A TCP reset in the middle."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        await writer.drain()
        plain: socket.socket = writer.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return write


def packed(body: bytes, coding: str) -> Answer:
    return answer(body, Content_Encoding=coding)


def chunked(body: bytes) -> Answer:
    return raw(OK + b"Transfer-Encoding: chunked\r\n\r\n" + body)


BAD_FAITH = [
    pytest.param(drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), "timeout", id="headers drip"),
    pytest.param(drip(OK + b"\r\n<rss>", b" "), "timeout", id="body drips"),
    pytest.param(drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"), "timeout", id="chunks drip"),
    pytest.param(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout", id="100 Continue without end"),
    pytest.param(drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1_000, 0), "connection", id="headers without end"),
    pytest.param(drip(OK + b"\r\n", b"x" * 5_000, 0), "too large", id="body without end"),
    pytest.param(drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"x" * 1024 + b"\r\n", 0), "too large",
                 id="chunks without end"),
    pytest.param(raw(b"<rss version='2.0'/>"), "connection", id="HTTP/0.9"),
    pytest.param(raw(b"\x00" * 1_000), "connection", id="NUL bytes for a header"),
    pytest.param(raw(b"HTTP/1.1 200 OK\r\nX\x00Y: z\r\n\r\n"), "connection", id="NUL in a header"),
    pytest.param(raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 60_000 + b"\r\n"), "connection", id="60,000 headers"),
    pytest.param(raw(b"HTTP/1.1 200 OK\nContent-Length: 1\n X"), "connection", id="folded nonsense"),
    pytest.param(raw(OK + b"Content-Length: -1\r\n\r\nx"), "connection", id="negative length"),
    pytest.param(raw(OK + b"Content-Length: 1\r\nContent-Length: 9\r\n\r\nxxxxxxxxx"), "connection", id="two lengths"),
    pytest.param(raw(OK + b"Content-Length: 99999999999999999999\r\n\r\nx"), "connection", id="astronomic length"),
    pytest.param(reset(OK + b"Content-Length: 100\r\n\r\n<rss>"), "connection", id="reset in the body"),
    pytest.param(reset(b"HTTP/1.1 200 OK\r\nX"), "connection", id="reset in the header"),
    pytest.param(chunked(b"zz\r\nx\r\n"), "connection", id="chunk of no size"),
    pytest.param(chunked(b"5\r\n<rss"), "connection", id="chunk cut off"),
    pytest.param(chunked(b"FFFFFFFFFFFFFFFFFFFF\r\nx"), "connection", id="chunk of astronomic size"),
    pytest.param(packed(b"\x78\x9c\xff\xff\xff", "deflate"), "protocol", id="deflate garbage"),
    pytest.param(packed(gzip.compress(b"<rss/>")[:-9] + b"garbage!!", "gzip"), "protocol", id="gzip of bad checksum"),
    pytest.param(packed(zlib.compress(bytes(50_000_000)), "deflate"), "too large", id="deflate bomb"),
    pytest.param(packed(b"x", "br"), "protocol", id="coding not asked for"),
    pytest.param(packed(gzip.compress(gzip.compress(b"x")), "gzip, gzip"), "protocol", id="coding twice"),
    pytest.param(answer(status="204 No Content"), "status", id="204"),
    pytest.param(raw(b"HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\n<rss/>"), "status", id="204 with a body"),
    pytest.param(answer(b"<rs", "206 Partial Content"), "status", id="a part that was not asked for"),
    pytest.param(answer(status="300 Multiple Choices"), "status", id="300"),
    pytest.param(raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nx"), "connection", id="another protocol"),
    pytest.param(raw(b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n"), "protocol",
                 id="redirect to nonsense"),
    pytest.param(raw(b"HTTP/1.1 302 Found\r\nLocation: /" + b"a" * 70_000 + b"\r\n\r\n"), "connection",
                 id="redirect to a very long address"),
    pytest.param(raw(b"HTTP/1.1 302 Found\r\nLocation: http://a\xff\xfe.example/\r\nContent-Length: 0\r\n\r\n"),
                 "dns", id="redirect to bytes"),
    pytest.param(answer(status="302 Found", Location="http://user:secret@10.0.0.1/"), "address",
                 id="redirect with a password"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "kind"), BAD_FAITH)
async def test_a_server_in_bad_faith_is_a_named_failure_within_the_limit(
    pages: FeedServer, given: Answer, kind: str
) -> None:
    pages.pages["/feed"] = given
    async with asyncio.timeout(5):
        failed = await failure(f"{pages.url}/feed")
    assert failed.kind == kind, failed.reason
    assert len(failed.reason) < 500
    assert failed.reason.isprintable()


@pytest.mark.parametrize(("hops", "works"), [(5, True), (6, False), (50, False)])
async def test_five_redirects_are_followed_and_no_more(pages: FeedServer, hops: int, works: bool) -> None:
    for hop in range(hops):
        pages.pages[f"/{hop}"] = answer(status="302 Found", Location=f"/{hop + 1}")
    pages.pages[f"/{hops}"] = answer(b"<rss/>")
    outcome = await fetch(f"{pages.url}/0")
    assert isinstance(outcome, Fetched) is works
    if isinstance(outcome, Failed):
        assert outcome.kind == "redirect"
        assert len(pages.asked) == 6


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        ("429 Too Many Requests", "Sun, 01 Mar 2026 12:30:00 GMT", 1800.0),
        ("429 Too Many Requests", "Sunday, 01-Mar-26 12:30:00 GMT", 1800.0),
        ("429 Too Many Requests", "99999999999999999999", 999999999.0),
        ("503 Service Unavailable", "90", 90.0),
        ("503 Service Unavailable", "Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("503 Service Unavailable", "1e9", None),
        ("503 Service Unavailable", "٩٠", None),
    ],
)
async def test_a_wish_for_patience_is_a_number_of_seconds_or_nothing(
    pages: FeedServer, status: str, header: str, seconds: float | None
) -> None:
    pages.pages["/feed"] = answer(status=status, Retry_After=header)
    assert (await failure(f"{pages.url}/feed")).retry_after_s == seconds


async def test_what_is_cut_off_or_added_in_compression_does_no_harm(pages: FeedServer) -> None:
    """Servers do both by mistake; what could be read is handed on, for the parser to judge."""
    pages.pages["/cut"] = packed(gzip.compress(b"<rss/>" * 100)[:-4], "gzip")
    pages.pages["/more"] = packed(gzip.compress(b"<rss/>") + b"trailing bytes", "gzip")
    for path in ("/cut", "/more"):
        outcome = await fetch(f"{pages.url}{path}")
        assert isinstance(outcome, Fetched)
        assert outcome.body.startswith(b"<rss/>")


# Certificates.


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on PATH to make certificates with")
    return tmp_path_factory.mktemp("certificates")


@pytest.mark.parametrize("subject", ["subjectAltName=IP:127.0.0.1", "subjectAltName=DNS:other.example"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(certificates: Path, subject: str) -> None:
    key, certificate = certificates / "key.pem", certificates / "certificate.pem"
    make = await asyncio.create_subprocess_exec(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=feeds",
        "-addext", subject, "-keyout", str(key), "-out", str(certificate), stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await make.wait() == 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
        failed = await failure(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed")
    assert failed.kind == "tls"
    assert "certificate" in failed.reason
    assert asked == [], "nothing is said to a server that is not who it should be"
