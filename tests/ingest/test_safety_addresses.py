"""The matrix of hostile cases, first part: where a feed's address or a redirect may try to lead us, and how that ends.

Each row runs against a real server on loopback or the machine's own resolver.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from services.ingest.outcomes import Failed
from services.wire.addresses import AddressRefused
from services.wire.dial import CheckedTransport, UnknownHost
from tests.ingest.feed_server import FeedServer, answer, feed_server, raw
from tests.ingest.fetching import LOOPBACK, failure, fetch

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


# Addresses, in every spelling that systems understand; each as a feed's address and as a redirect's.

INNER = [
    ("http://127.0.0.2/", "loopback"),
    ("http://someone@127.0.0.2/", "loopback"),
    ("http://public.example@127.0.0.2/", "loopback"),
    ("http://127.2/", "loopback"),
    ("http://2130706434/", "loopback"),
    ("http://0x7f000002/", "loopback"),
    ("http://0x7f.0.0.2/", "loopback"),
    ("http://[::1]/", "loopback"),
    ("http://[0:0:0:0:0:0:0:1]/", "loopback"),
    ("http://[::ffff:127.0.0.1]/", "loopback"),
    ("http://[::127.0.0.1]/", "loopback"),
    ("http://[64:ff9b::7f00:1]/", "loopback"),
    ("http://[2002:7f00:1::]/", "loopback"),
    ("http://[2001:0:7f00:1::]/", "loopback"),
    ("http://0/", "unspecified"),
    ("http://0.0.0.0/", "unspecified"),
    ("http://[::]/", "unspecified"),
    ("http://10.0.0.1/", "private"),
    ("http://172.31.255.255/", "private"),
    ("http://192.168.0.1/", "private"),
    ("http://[fd00::1]/", "private"),
    ("http://[::ffff:a00:1]/", "private"),
    ("http://169.254.169.254/latest/meta-data/", "link-local"),
    ("http://[fe80::1]/", "link-local"),
    ("http://100.64.0.1/", "not public"),
    ("http://224.0.0.1/", "multicast"),
    ("http://[ff02::1]/", "multicast"),
    ("http://255.255.255.255/", "private"),
    ("http://192.0.2.1/", "private"),
]


@pytest.mark.parametrize(("url", "kind"), INNER)
async def test_an_inner_address_is_refused(pages: FeedServer, url: str, kind: str) -> None:
    pages.pages["/feed"] = answer(status="302 Found", Location=url)
    for asked in (url, f"{pages.url}/feed"):
        failed = await failure(asked)
        assert failed.kind == "address", asked
        assert f"a {kind} address" in failed.reason
        assert "DATELINE_ALLOW_HOSTS" in failed.reason


async def test_this_machine_has_a_name_too() -> None:
    outcome = await fetch("http://localhost/", allowed=frozenset())
    assert isinstance(outcome, Failed)
    assert (outcome.kind, "loopback" in outcome.reason) == ("address", True)


@pytest.mark.parametrize("url", ["http://0177.0.0.2/", "http://①②⑦.⓪.⓪.②/", "http://127.0.0.256/", "http://[::1/"])
async def test_an_address_in_a_spelling_of_nobody_is_no_url(pages: FeedServer, url: str) -> None:
    pages.pages["/feed"] = raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + url.encode() + b"\r\n\r\n")
    for asked in (url, f"{pages.url}/feed"):
        assert (await failure(asked)).kind in ("protocol", "dns", "connection"), asked


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://e.example/f", "gopher://127.0.0.1/_x", "data:text/xml,<rss/>", "javascript:alert(1)",
     "dict://127.0.0.1/d", "ws://127.0.0.1/", "//", "feed:http://127.0.0.1/", "unix:/run/x", "http+unix://%2Frun/"],
)  # fmt: skip
async def test_only_http_is_spoken(pages: FeedServer, url: str) -> None:
    pages.pages["/feed"] = raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + url.encode() + b"\r\n\r\n")
    assert (await failure(url)).kind == "redirect"
    assert (await failure(f"{pages.url}/feed")).kind in ("redirect", "protocol")


@pytest.mark.parametrize("port", [0, 22, 25, 53, 110, 143, 587, 993, 2049, 6000, 6379, 6667, 10080, 11211])
async def test_ports_of_other_services_are_refused_whoever_allowed_the_host(pages: FeedServer, port: int) -> None:
    url = f"http://127.0.0.1:{port}/"
    pages.pages["/feed"] = answer(status="302 Found", Location=url)
    for asked in (url, f"{pages.url}/feed", f"https://127.0.0.1:{port}/"):
        failed = await failure(asked)
        assert failed.kind == "address"
        assert f"port {port} belongs to another service" in failed.reason


# Names: what the resolver answers is what is checked, and what was checked is what is connected to.


class Names:
    """A resolver that answers each question with the next of its answers, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers, self.questions = list(answers), 0

    def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.questions += 1
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def client_with(names: Names) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=CheckedTransport(LOOPBACK, connections=2, look_up=names))


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.2",),
        ("10.0.0.1",),
        ("::1",),
        ("::ffff:10.0.0.1",),
        ("fe80::1%lo",),
        ("169.254.169.254",),
        ("93.184.216.34", "127.0.0.2"),
        ("127.0.0.1", "10.0.0.1"),
    ],
)
async def test_a_name_with_an_inner_address_is_refused(addresses: tuple[str, ...]) -> None:
    async with client_with(Names(addresses)) as client:
        with pytest.raises(AddressRefused, match=r"rebind\.example is at"):
            await client.get("http://rebind.example/")


async def test_a_name_that_changes_its_mind_is_connected_to_where_it_was_checked(pages: FeedServer) -> None:
    """DNS rebinding: 127.0.0.1 stands for a public address; on 127.0.0.2 is what the attacker is after."""
    pages.pages["/feed"] = answer(b"<rss/>")
    port = int(pages.url.rpartition(":")[2])
    reached: list[str] = []

    async def trap(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append("the trap")
        writer.close()

    names = Names(["127.0.0.1"], ["127.0.0.2"])
    async with await asyncio.start_server(trap, "127.0.0.2", port), client_with(names) as client:
        found = await client.get(f"http://rebind.example:{port}/feed")
        assert (found.content, names.questions) == (b"<rss/>", 1), "one look-up serves check and connection"
        assert pages.asked[0].headers["host"] == f"rebind.example:{port}"
        with pytest.raises(AddressRefused):
            await client.get(f"http://rebind.example:{port}/feed")
    assert (reached, names.questions) == ([], 2)


async def test_a_name_that_does_not_resolve_is_unknown_not_refused() -> None:
    def nobody(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    transport = CheckedTransport(LOOPBACK, connections=1, look_up=nobody)
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(UnknownHost, match="check the address"):
            await client.get("http://nobody.example/")
