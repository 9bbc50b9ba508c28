"""The tables: an older database is brought up to date, and no listing looks through what it does not show."""

import json
import sqlite3
from pathlib import Path

import pytest

from services.api.query.parse import parse
from services.api.readmodel import schema
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel
from services.api.readmodel.stories import StoryCursor, StorySort, stories
from tests.api.conftest import Wire
from tests.api.events import article_id, at, enriched, published, story_changed

pytestmark = pytest.mark.anyio


async def test_a_database_from_before_there_were_stories_gets_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dateline.db"
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:4])
        schema.open_writer(path).close()
    async with ReadModel(path) as model:
        wire = Wire(model)
        await wire.tell(published(1), story_changed(1, 1, "opened", joined=(1,)))
        page = await model.articles(Filter())
        assert json.loads(page.headlines[0])["story"]["size"] == 1


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    path = tmp_path / "dateline.db"
    async with ReadModel(path) as model:
        wire = Wire(model)
        for number in range(1, 40):
            await wire.tell(published(number, minutes=number, text="harbour", source=f"s{number % 5}.example"))
            await wire.tell(enriched(number, minutes=number, tags=("sea",)))
            story = number - number % 3 + 1
            await wire.tell(story_changed(story, number, joined=(number,)))
    return path


@pytest.mark.parametrize("sort", ["newest", "momentum"])
@pytest.mark.parametrize("wanted", [Filter(), Filter(tags=("sea",)), Filter(query=parse("harbour"))])
@pytest.mark.parametrize("rare", [1, 10_000])
async def test_listings_of_stories_walk_an_index(
    path: Path, monkeypatch: pytest.MonkeyPatch, sort: StorySort, wanted: Filter, rare: int
) -> None:
    monkeypatch.setattr("services.api.readmodel.searching.RARE", rare)
    sql = schema.open_reader(path)
    asked: list[str] = []
    sql.set_trace_callback(asked.append)
    after = StoryCursor(sort, 2**41, 0, 2**41, article_id(1))
    stories(sql, wanted, 5, after, sort, at(60))
    sql.set_trace_callback(None)
    [walk] = [plan(sql, query) for query in asked if "ORDER BY s." in query]
    sql.close()
    found_first = rare > 1 and wanted != Filter()
    assert any("SCAN f" in step for step in walk) == found_first, "few found articles lead to their stories"
    assert any("stories_by_" in step for step in walk) != found_first, "else the stories are walked in their order"
    assert any("TEMP B-TREE FOR ORDER BY" in step for step in walk) == found_first
    assert not any(step == "SCAN s" for step in walk)


def plan(sql: sqlite3.Connection, query: str) -> list[str]:
    return [str(step[3]) for step in sql.execute(f"EXPLAIN QUERY PLAN {query}")]
