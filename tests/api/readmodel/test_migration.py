"""A database from before there was a query language is brought up to date with all that it holds."""

import json
from pathlib import Path

import pytest

from services.api.query.parse import parse
from services.api.readmodel import schema
from services.api.readmodel.filters import Cursor, Filter, to_ms
from services.api.readmodel.merge import Known, headline, merge_article, to_json
from services.api.readmodel.model import ReadModel
from tests.api.conftest import Wire
from tests.api.events import article_id, published, revised

pytestmark = pytest.mark.anyio


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Article 1 in its second revision, as the first version of the schema had it."""
    path = tmp_path / "dateline.db"
    first = published(1, title="Fährt", text="Old words").data
    second = revised(
        1, 2, title="北京大学 opens", text="New\n\nwords", authors=("Jane Doe", "J. Roe"), url="https://www.a.example/1"
    ).data
    known = merge_article(merge_article(Known(), first).known, second).known
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        connection = schema.open_writer(path)
    time_ms, row = to_ms(first.first_seen), (1, "2026-03-01T12:01:00Z", second.title, None, second.text, None)
    connection.execute("INSERT INTO facts VALUES (1, ?, ?)", (str(first.id), to_json(known)))
    shown = headline(known).model_dump_json(exclude={"repeats"})
    connection.execute("INSERT INTO articles VALUES (1, ?, ?)", (time_ms, shown))
    connection.execute("INSERT INTO bodies VALUES (1, 2, ?, ?, ?, ?, ?)", row[1:])
    connection.execute("INSERT INTO articles_fts (rowid, title, text) VALUES (1, ?, ?)", (second.title, second.text))
    connection.execute(
        "INSERT INTO revisions VALUES (1, 1, '2026-03-01T12:00:00Z', ?, NULL, ?, '<p>Old</p>')",
        (first.title, first.text),
    )
    connection.execute("INSERT INTO facets VALUES (1, 'all', '', '', NULL, 1)")
    connection.execute("INSERT INTO article_facets VALUES (1, ?, 1)", (time_ms,))
    connection.close()
    return path


@pytest.mark.parametrize("text", ["words", "京大", "author:doe", "site:a.example", 'source:"courier example"'])
async def test_what_it_holds_is_found(old: Path, text: str) -> None:
    async with ReadModel(old) as model:
        page = await model.articles(Filter(query=parse(text)), highlight=True)
        assert [json.loads(headline)["title"] for headline in page.headlines] == ["北京大学 opens"]


async def test_its_revisions_orders_and_later_revisions_work(old: Path) -> None:
    async with ReadModel(old) as model:
        history = await model.revisions(article_id(1))
        assert history is not None
        assert [(one.revision, one.title, one.changes is None) for one in history.revisions] == [
            (2, "北京大学 opens", False),
            (1, "Fährt", True),
        ]
        page = await model.articles(Filter(), 20, Cursor(0, article_id(0), "changed"), "changed")
        assert (len(page.headlines), page.next is not None) == (1, True)
        wire = Wire(model)
        await wire.tell(revised(1, 3, title="Closed", text="Nothing"), published(2, minutes=5))
        assert (await model.articles(Filter(query=parse("京大 OR author:doe OR site:a.example")))).headlines == ()
        changed = await model.articles(Filter(), 20, page.next, "changed")
        assert [json.loads(headline)["title"] for headline in changed.headlines] == ["Closed", "Article 2"]
        seen = await model.articles(Filter(), 20, None, "revised")
        assert [json.loads(headline)["title"] for headline in seen.headlines] == ["Article 2", "Closed"]
