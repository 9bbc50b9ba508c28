"""Listings: what they contain, in which order, and that pages hold while articles arrive."""

import json
from datetime import datetime
from uuid import UUID

import pytest

from services.api.query.parse import parse
from services.api.readmodel.filters import Cursor, Filter
from services.api.readmodel.model import ReadModel
from services.contracts.identity import feed_id
from tests.api.conftest import Wire
from tests.api.events import article_id, at, enriched, listed, published, revised

pytestmark = pytest.mark.anyio


async def titles(model: ReadModel, wanted: Filter, limit: int = 20, after: Cursor | None = None) -> list[str]:
    page = await model.articles(wanted, limit, after)
    return [json.loads(headline)["title"].removeprefix("Article ") for headline in page.headlines]


@pytest.fixture
async def three(wire: Wire) -> ReadModel:
    """Article 1 is the oldest, 3 the newest."""
    await wire.tell(
        published(1, minutes=1, source="north.example", text="Ferries cross the sound."),
        published(2, minutes=2, source="south.example", text="Zürich naïvely counts its trams."),
        published(3, minutes=3, source="north.example", summary="The ferry's captain retires."),
        enriched(1, minutes=1, tags=("ferries", "local"), language="en"),
        enriched(2, minutes=2, tags=("local",), language="de"),
        enriched(3, minutes=3, tags=("ferries",), language=None),
        listed(2, "https://north.example/feed"),
    )
    return wire.model


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), "321"),
        (Filter(tags=("ferries",)), "31"),
        (Filter(tags=("ferries", "local")), "1"),
        (Filter(tags=("local", "local")), "21"),
        (Filter(tags=("nowhere",)), ""),
        (Filter(source="north.example"), "31"),
        (Filter(source="north.example", tags=("local",)), "1"),
        (Filter(language="de"), "2"),
        (Filter(feed=feed_id("https://north.example/feed")), "2"),
        (Filter(since=at(2)), "32"),
        (Filter(until=at(2)), "1"),
        (Filter(since=at(2), until=at(3)), "2"),
        (Filter(query=parse("ferry")), "31"),
        (Filter(query=parse("FERRIES sound")), "1"),
        (Filter(query=parse('"the sound"')), "1"),
        (Filter(query=parse('"sound the"')), ""),
        (Filter(query=parse("zurich naively")), "2"),
        (Filter(query=parse("ferry"), source="south.example"), ""),
    ],
    ids=str,
)
async def test_a_listing_has_what_passes_its_filter_newest_first(
    three: ReadModel, wanted: Filter, expected: str
) -> None:
    assert "".join(await titles(three, wanted)) == expected


async def test_words_of_an_earlier_revision_find_nothing(wire: Wire) -> None:
    await wire.tell(published(1, text="walrus"), revised(1, 2, text="otter"))
    assert await titles(wire.model, Filter(query=parse("walrus"))) == []
    assert await titles(wire.model, Filter(query=parse("otter"))) == ["1"]


async def test_pages_have_every_article_once_though_new_ones_arrive(wire: Wire) -> None:
    await wire.tell(*(published(number, minutes=number // 3) for number in range(20)))
    seen: list[str] = []
    after = None
    while True:
        page = await wire.model.articles(Filter(), 3, after)
        seen += [json.loads(headline)["title"] for headline in page.headlines]
        await wire.tell(published(100 + len(seen), minutes=50))
        if page.next is None:
            break
        after = Cursor.read(str(page.next))
    assert seen == [f"Article {number}" for number in reversed(range(20))]


async def test_a_last_page_that_is_full_has_no_next(wire: Wire) -> None:
    await wire.tell(published(1), published(2))
    assert (await wire.model.articles(Filter(), 2)).next is None
    assert (await wire.model.articles(Filter(), 1)).next is not None


async def test_a_cursor_of_another_read_model_goes_on_at_its_time(wire: Wire) -> None:
    await wire.tell(*(published(number, minutes=number) for number in range(4)))
    stranger = Cursor(int(at(2).timestamp() * 1000), UUID(int=9))
    assert await titles(wire.model, Filter(), after=stranger) == ["2", "1", "0"]


async def test_an_article_moves_when_its_time_becomes_known(wire: Wire) -> None:
    await wire.tell(published(1, minutes=1), published(2, minutes=2), enriched(2, minutes=2, ago=30))
    assert await titles(wire.model, Filter()) == ["1", "2"]


async def test_a_common_word_is_found_as_well_as_a_rare_one(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.api.readmodel.searching.RARE", 3)
    await wire.tell(*(published(number, minutes=number, text="rain" if number % 2 else "sun") for number in range(12)))
    assert await titles(wire.model, Filter(query=parse("rain")), limit=4) == ["11", "9", "7", "5"]
    assert await titles(wire.model, Filter(query=parse("rain"), until=at(4))) == ["3", "1"]


@pytest.mark.parametrize("moment", [datetime.fromisoformat("1969-07-20T20:17:40Z"), at(0)])
def test_a_cursor_reads_what_it_wrote(moment: datetime) -> None:
    cursor = Cursor(int(moment.timestamp() * 1000), article_id(1))
    assert Cursor.read(str(cursor)) == cursor
