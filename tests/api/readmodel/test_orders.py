"""The orders of a listing, their pages while articles arrive, and a copy that is kept by what changed."""

import asyncio
import json
import random
from typing import Any

import pytest

from services.api.query.parse import parse
from services.api.readmodel.filters import Cursor, Filter, Sort
from services.api.readmodel.listings import NothingToRank
from services.api.readmodel.model import ReadModel
from tests.api.conftest import Wire
from tests.api.events import article_id, at, enriched, published, revised

pytestmark = pytest.mark.anyio


async def pages(model: ReadModel, sort: Sort, wanted: Filter | None = None, limit: int = 3) -> list[str]:
    """The numbers of all articles, page after page."""
    found, after = [], None
    while True:
        page = await model.articles(wanted or Filter(), limit, after, sort)
        found += [json.loads(headline)["title"].split()[1] for headline in page.headlines]
        if page.next is None:
            return found
        after = Cursor.read(str(page.next))
        assert after.sort == sort


@pytest.fixture
async def three(wire: Wire) -> ReadModel:
    """First seen as 1, 2, 3; published as 3, 1, 2; 1 was revised last."""
    await wire.tell(
        published(1, minutes=1, text="rain", source="a.example"),
        published(2, minutes=2, text="rain " * 9, source="b.example"),
        published(3, minutes=3, title="Rain 3", source="a.example"),
        enriched(1, minutes=1, ago=30, tags=("wet",)),
        enriched(2, minutes=2, tags=("place:wet",)),
        enriched(3, minutes=3, ago=90),
        revised(1, 2, minutes=1, seen=at(9), text="rain", source="a.example"),
    )
    return wire.model


@pytest.mark.parametrize(
    ("sort", "wanted", "expected"),
    [
        ("published", Filter(), "213"),
        ("first_seen", Filter(), "321"),
        ("revised", Filter(), "132"),
        ("first_seen", Filter(source="a.example"), "31"),
        ("revised", Filter(query=parse("rain")), "132"),
        ("first_seen", Filter(query=parse("rain -intitle:rain")), "21"),
        ("published", Filter(query=parse("tag:wet")), "21"),
        ("revised", Filter(query=parse("tag:wet")), "12"),
        ("relevance", Filter(query=parse("rain")), "321"),
        ("relevance", Filter(query=parse("rain source:a.example")), "31"),
    ],
    ids=str,
)
@pytest.mark.parametrize("limit", [1, 3])
async def test_a_listing_is_in_its_order(
    three: ReadModel, sort: Sort, wanted: Filter, expected: str, limit: int
) -> None:
    assert "".join(await pages(three, sort, wanted, limit)) == expected


@pytest.mark.parametrize("text", ["-rain", "tag:wet", "rain OR tag:wet"])
async def test_without_a_word_that_all_have_nothing_can_be_ranked(three: ReadModel, text: str) -> None:
    with pytest.raises(NothingToRank, match="needs q= with a word"):
        await three.articles(Filter(query=parse(text)), sort="relevance")


@pytest.mark.parametrize("sort", ["first_seen", "revised", "relevance"])
async def test_pages_have_every_article_once_though_new_ones_arrive(wire: Wire, sort: Sort) -> None:
    await wire.tell(*(published(number, minutes=number // 3, text="rain") for number in range(20)))
    seen: list[str] = []
    after = None
    while True:
        page = await wire.model.articles(Filter(query=parse("rain")), 3, after, sort)
        seen += [json.loads(headline)["title"] for headline in page.headlines]
        await wire.tell(published(100 + len(seen), minutes=50, text="rain"))
        if page.next is None:
            break
        after = page.next
    assert sorted(seen) == sorted(f"Article {number}" for number in range(20))


async def test_a_copy_kept_by_what_changed_is_the_wire_though_it_is_written_to_meanwhile(wire: Wire) -> None:
    chance = random.Random(5)
    done = asyncio.Event()

    async def write() -> None:
        revisions: dict[int, int] = {}
        for step in range(150):
            number = chance.randrange(40)
            revision = revisions[number] = revisions.get(number, 0) + 1
            if revision == 1:
                await wire.tell(published(number, minutes=number))
            elif step % 3:
                await wire.tell(revised(number, revision, minutes=number, title=f"Revision {revision}"))
            else:
                await wire.tell(enriched(number, version=revision, minutes=number, tags=(f"t{step}",)))
        done.set()

    copy: dict[str, Any] = {}
    writing = asyncio.create_task(write())
    after: Cursor | None = Cursor(0, article_id(0), "changed")
    while True:
        finished = done.is_set()
        page = await wire.model.articles(Filter(), 7, after, "changed")
        copy |= {article["id"]: article for article in map(json.loads, page.headlines)}
        after = page.next
        if finished and not page.headlines:
            break
    await writing
    everything = await wire.model.articles(Filter(), 500)
    assert copy == {article["id"]: article for article in map(json.loads, everything.headlines)}
    assert len(copy) > 30


async def test_marks_are_the_only_html_in_a_snippet(wire: Wire) -> None:
    text = "Before <b>the</b> \x02storm & ferries\x03 came 北京大学 " + "and more " * 60 + "ferry."
    await wire.tell(
        published(1, title="The <ferry>", text=text), published(2, title="北京 ferry", text=None, summary="x")
    )
    page = await wire.model.articles(Filter(query=parse("ferry -tram")), highlight=True)
    snippets = {(article := json.loads(headline))["title"]: article["snippet"] for headline in page.headlines}
    assert snippets["北京 ferry"] == {"title": "北京 <mark>ferry</mark>", "text": None}
    found = snippets["The <ferry>"]
    assert found["title"] == "The &lt;<mark>ferry</mark>&gt;"
    assert found["text"].startswith(
        "Before &lt;b&gt;the&lt;/b&gt; storm &amp; <mark>ferries</mark> came 北京大学 and more"
    )
    assert found["text"].endswith("…")
    page = await wire.model.articles(Filter(query=parse("京大")), highlight=True)
    assert "北<mark>京大</mark>学" in json.loads(page.headlines[0])["snippet"]["text"]
    page = await wire.model.articles(Filter(query=parse("author:nobody OR intitle:ferry")), highlight=True)
    assert [json.loads(headline)["snippet"]["text"] for headline in page.headlines] == [None, None]
