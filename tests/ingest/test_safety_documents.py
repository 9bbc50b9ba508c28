"""The matrix of hostile cases, last part: what a document may declare, before the child process that reads it."""

import time
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from services.ingest.outcomes import Fetched
from services.ingest.parse import NotAFeed
from services.ingest.parsers import Parsers
from tests.ingest.feed_server import FeedServer, answer, feed_server

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


DECLARATIONS = [
    pytest.param('<!DOCTYPE rss [<!ENTITY x SYSTEM "{url}/secret">]>', id="external entity"),
    pytest.param('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>', id="entity of a file"),
    pytest.param('<!DOCTYPE rss [<!ENTITY x PUBLIC "p" "{url}/secret">]>', id="public entity"),
    pytest.param('<!DOCTYPE rss SYSTEM "{url}/secret">', id="external DTD"),
    pytest.param('<!DOCTYPE rss PUBLIC "p" "{url}/secret" []>', id="public DTD"),
    pytest.param('<!DOCTYPE rss [<!ENTITY % p SYSTEM "{url}/secret"> %p;]>', id="parameter entity"),
    pytest.param('<!DOCTYPE rss [<!ENTITY x "&y;"><!ENTITY y "&x;">]>', id="cyclic entities"),
    pytest.param(
        f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}"><!ENTITY x "{"&a;" * 2_000}">]>', id="quadratic entities"
    ),
    pytest.param(
        '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in pairwise("abcdefghijx"))
        + "]>",
        id="billion laughs",
    ),
    pytest.param('<?xml-stylesheet href="{url}/secret" type="text/xsl"?>', id="stylesheet"),
    pytest.param("<!DOCTYPE rss [<!ATTLIST item title CDATA 'x'>]>", id="attribute default"),
]


@pytest.fixture(scope="module")
async def parsers(anyio_backend: str) -> AsyncIterator[Parsers]:  # noqa: ARG001 (asked for by anyio)
    async with Parsers(limit_s=10.0, count=1) as parsers:
        yield parsers


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("declaration", DECLARATIONS)
async def test_a_document_can_neither_load_nor_explode(pages: FeedServer, parsers: Parsers, declaration: str) -> None:
    insides = '<title>[&x;]</title><xi:include href="{url}/secret" parse="text"/><link>{url}/1</link>'
    text = (
        '<?xml version="1.0"?>' + declaration + '<rss version="2.0" xmlns:xi="http://www.w3.org/2001/XInclude"'
        f"><channel><title>Courier</title><item>{insides}</item></channel></rss>"
    )
    pages.pages["/secret"] = answer(b"TREASURE")
    began = time.monotonic()
    try:
        feed = await parsers.parse(Fetched(text.replace("{url}", pages.url).encode(), f"{pages.url}/feed"))
    except NotAFeed as error:
        assert error.reason  # noqa: PT017 (a refusal is as good as an entry without the text)
    else:
        assert "TREASURE" not in str(feed)
        assert "root:" not in str(feed)
        assert len(str(feed)) < 200_000
    assert pages.asked == []
    assert time.monotonic() - began < 8
