"""How SQLite reads what is asked for most: along an index, and no further than the page."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.api.query.parse import parse
from services.api.readmodel import listings, newest_matches, searching
from services.api.readmodel.apply import apply
from services.api.readmodel.changes import Incoming
from services.api.readmodel.filters import Cursor, Filter, Sort
from services.api.readmodel.position import EntryId, Stream
from services.api.readmodel.schema import open_writer
from tests.api.events import article_id, at, enriched, published

ARTICLES = 60
_OF_A_PAGE = ("SCAN w VIRTUAL TABLE", "SCAN json_each")
"""So begins what looks up a few given keys."""


class Spy(sqlite3.Connection):
    """Keeps the plan of each query."""

    plans: list[list[str]]

    def execute(self, query: str, values: Any = ()) -> sqlite3.Cursor:
        if query.startswith("SELECT"):
            rows = super().execute("EXPLAIN QUERY PLAN " + query, values)
            self.plans.append([row[3] for row in rows])
        return super().execute(query, values)


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[Spy]:
    """Articles 0 to 59, each with a tag of its own and a common one; 9 is published last, long after its arrival."""
    path = tmp_path / "dateline.db"
    writer = open_writer(path)
    told = [published(number, minutes=number, text=f"rain {'snow' * (number % 2)}") for number in range(ARTICLES)]
    known = [enriched(number, minutes=number, ago=1, tags=("wet", f"only-{number}")) for number in range(ARTICLES)]
    apply(writer, Stream.ARTICLES, [Incoming(EntryId(number + 1), event) for number, event in enumerate(told)])
    apply(writer, Stream.ENRICHMENTS, [Incoming(EntryId(number + 1), event) for number, event in enumerate(known)])
    writer.close()
    spy = sqlite3.connect(path, isolation_level=None, factory=Spy)
    spy.plans = []
    yield spy
    spy.close()


def titles(sql: sqlite3.Connection, wanted: Filter, limit: int, sort: Sort = "published") -> list[int]:
    page = listings.page(sql, wanted, limit, None, sort)
    return [int(json.loads(headline)["title"].split()[1]) for headline in page.headlines]


@pytest.mark.parametrize(
    ("wanted", "sort"),
    [
        (Filter(), "published"),
        (Filter(), "first_seen"),
        (Filter(), "revised"),
        (Filter(), "changed"),
        (Filter(tags=("wet",)), "published"),
        (Filter(tags=("wet", "only-7")), "published"),
        (Filter(source="courier.example"), "published"),
        (Filter(language="en"), "published"),
        (Filter(since=at(3), until=at(9)), "published"),
        (Filter(tags=("wet",), since=at(3)), "published"),
        (Filter(fold=True), "published"),
        (Filter(query=parse("tag:wet")), "published"),
    ],
    ids=str,
)
@pytest.mark.parametrize("after", [None, Cursor(10**13, article_id(7))], ids=["first page", "later page"])
def test_a_listing_is_read_along_an_index(sql: Spy, wanted: Filter, sort: Sort, after: Cursor | None) -> None:
    listings.page(sql, wanted, 20, after, sort)
    plans = [plan for plan in sql.plans if not plan[0].startswith(_OF_A_PAGE)]
    assert plans
    for step in (step for plan in plans for step in plan):
        assert "TEMP B-TREE" not in step
        assert not step.startswith("SCAN") or "INDEX articles_by_" in step or step.startswith(_OF_A_PAGE)


def test_a_facet_is_looked_up_by_its_key(sql: Spy) -> None:
    listings.page(sql, Filter(tags=("only-7",)), 20, None)
    (looked_up,) = [step for plan in sql.plans for step in plan if step.startswith("SEARCH f ")]
    assert looked_up.endswith("(kind=? AND key=?)")


@pytest.mark.parametrize("limit", [1, 2, 7, 25, 60])
@pytest.mark.parametrize("text", ["rain", "snow", "rain -snow", "rain after:2026-03-01T12:30:00Z", "none"])
@pytest.mark.parametrize("sort", ["published", "first_seen"])
def test_the_end_of_the_index_gives_what_a_walk_gives(
    sql: Spy, limit: int, text: str, sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "RARE", 0)
    monkeypatch.setattr(newest_matches, "_FEW", 0)
    monkeypatch.setattr(newest_matches, "_FIRST", 1)
    found = titles(sql, Filter(query=parse(text)), limit, sort)
    monkeypatch.setattr(newest_matches, "_MOST", 0)
    assert found == titles(sql, Filter(query=parse(text)), limit, sort)
    assert len(found) <= limit


def test_what_arrived_early_and_is_new_is_found_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "RARE", 0)
    monkeypatch.setattr(newest_matches, "_FEW", 0)
    writer = open_writer(tmp_path / "dateline.db")
    minutes = {number: ARTICLES - number if number < 5 else number / 100 for number in range(ARTICLES)}
    told = [published(number, minutes=minutes[number], text="rain") for number in range(ARTICLES)]
    apply(writer, Stream.ARTICLES, [Incoming(EntryId(number + 1), event) for number, event in enumerate(told)])
    assert titles(writer, Filter(query=parse("rain")), 6) == [0, 1, 2, 3, 4, 59]
    writer.close()


def test_words_that_many_have_are_not_counted_for_a_first_page(sql: Spy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest_matches, "_FEW", 0)
    listings.page(sql, Filter(query=parse("rain")), 5, None)
    assert not [step for plan in sql.plans for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN (")]
