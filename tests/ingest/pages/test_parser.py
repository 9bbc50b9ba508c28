"""Reading pages in a child process."""

import asyncio

import pytest

from services.ingest.children import ChildFailed, Children
from services.ingest.outcomes import Fetched
from services.ingest.pages.document import NoPage, read_page
from services.ingest.pages.parser import PageParser
from tests.ingest.pages.articles import BODY, PAGE, page
from tests.waiting import until

pytestmark = pytest.mark.anyio


async def test_gives_what_reading_here_gives() -> None:
    head = '<meta name="dateline" content="noarchive"><meta name="author" content="Zoë 😀">'
    fetched = Fetched(page(head=head), PAGE, "text/html; charset=utf-8")
    async with PageParser("Dateline") as parser:
        found = await parser.parse(fetched)
    assert found == read_page(fetched.body, url=PAGE, content_type=fetched.content_type, robot="dateline")
    assert (found.metadata.authors, found.archive) == (("Zoë 😀",), False)


async def test_what_is_no_page_is_refused_and_the_next_is_read() -> None:
    async with PageParser("Dateline") as parser:
        with pytest.raises(NoPage, match="empty"):
            await parser.parse(Fetched(b"", PAGE))
        assert (await parser.parse(Fetched(page(), PAGE))).text


async def test_a_page_that_takes_too_long_is_refused() -> None:
    async with PageParser("Dateline", limit_s=0.001) as parser:
        with pytest.raises(NoPage, match="so intricate"):
            await parser.parse(Fetched(page(*BODY * 200), PAGE))


async def test_a_child_that_dies_is_replaced_and_all_end_with_their_parent() -> None:
    async with Children("services.ingest.pages.worker", limit_s=10.0, count=1) as children:
        with pytest.raises(ChildFailed, match="crash"):
            await children.ask(b"this is no request", b"", subject=PAGE)
        asked = asyncio.create_task(children.ask(b"this is none either", b"", subject=PAGE))
        await until(lambda: bool(children.running))
        (child,) = children.running
        with pytest.raises(ChildFailed):
            await asked
    await until(lambda: child.returncode is not None)
