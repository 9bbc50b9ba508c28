"""Applying batches: what readers hear of, what is counted, what an interrupted batch leaves behind."""

import sqlite3
from pathlib import Path
from uuid import UUID

import pytest

from services.api.readmodel.changes import Incoming
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import EntryId, Position, Stream
from services.contracts.commands import FeedIdData, RemoveFeed
from services.contracts.identity import feed_id
from tests.api.conftest import Wire
from tests.api.events import article_id, at, enriched, feed_changed, listed, published, revised

pytestmark = pytest.mark.anyio

FEED = "https://courier.example/feed.xml"


async def test_readers_hear_of_each_change_once(wire: Wire) -> None:
    events = (published(1), revised(1), listed(1, FEED + "?2"), enriched(1, revision=2), feed_changed(FEED))
    kinds = [change.kind for change in await wire.tell(*events)]
    assert kinds == ["article", "revision", "listing", "enrichment", "feed"]
    assert [change.kind for change in await wire.tell(*events[:4])] == []


async def test_an_enrichment_is_not_heard_of_before_its_article(wire: Wire) -> None:
    assert await wire.tell(enriched(1, tags=("ferries",))) == []
    [change] = await wire.tell(published(1))
    assert change.kind == "article"
    assert ("tag", "ferries") in change.facets


async def test_counts_follow_an_article_that_changes_its_tags_and_source(wire: Wire) -> None:
    await wire.tell(published(1), published(2), enriched(1, tags=("a", "b")), enriched(2, tags=("b",)))
    await wire.tell(enriched(1, version=2, tags=("c",)), revised(1, source="other.example"))
    assert {tag.key: tag.articles for tag in await wire.model.tags()} == {"b": 1, "c": 1}
    assert {source.key: source.articles for source in await wire.model.sources()} == {
        "courier.example": 1,
        "other.example": 1,
    }
    assert (await wire.model.counts()).articles == 2


async def test_an_article_twice_in_one_batch_is_one_article_with_its_history(wire: Wire) -> None:
    changes = await wire.tell_batch([published(1), revised(1, 2), published(1), revised(1, 3)])
    assert [change.kind for change in changes] == ["article", "revision", "revision"]
    document = await wire.model.article(article_id(1))
    assert document is not None
    assert '"revisions":[{"revision":3,' in document
    assert (await wire.model.counts()).articles == 1


async def test_the_last_state_in_the_stream_is_a_feeds_state(model: ReadModel) -> None:
    failing, active = feed_changed(FEED, status="failing"), feed_changed(FEED, status="active")
    await model.apply(Stream.FEEDS, [Incoming(EntryId(7), active)])
    assert await model.apply(Stream.FEEDS, [Incoming(EntryId(6), failing)]) == []
    state = await model.feed(feed_id(FEED))
    assert state is not None
    assert '"status":"active"' in state


async def test_a_removed_feed_is_gone_and_its_articles_stay(wire: Wire) -> None:
    await wire.tell(published(1), feed_changed(FEED), feed_changed(FEED, status="removed"))
    assert await wire.model.feeds() == []
    assert await wire.model.feed(feed_id(FEED)) is None
    assert await wire.model.article(published(1).data.id) is not None


async def test_a_batch_that_fails_leaves_nothing_behind(model: ReadModel) -> None:
    command = RemoveFeed(id="1", source="/api", time=at(0), data=FeedIdData(id=UUID(int=1)))
    batch = [Incoming(EntryId(1), published(1)), Incoming(EntryId(2), command)]  # type: ignore[arg-type] # what the types forbid
    with pytest.raises(TypeError, match=r"remove-feed\.v1 is no event of the read model"):
        await model.apply(Stream.ARTICLES, batch)
    assert (await model.counts()).changes == 0
    assert await model.position() == Position()
    await model.apply(Stream.ARTICLES, batch[:1])
    assert (await model.counts()).articles == 1


async def test_what_was_applied_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "dateline.db"
    async with ReadModel(path) as model:
        await Wire(model).tell(published(1), enriched(1, tags=("a",)))
        before = (await model.article(published(1).data.id), await model.position(), await model.counts())
    async with ReadModel(path) as model:
        assert (await model.article(published(1).data.id), await model.position(), await model.counts()) == before


async def test_every_commit_is_announced_in_order(tmp_path: Path) -> None:
    heard: list[int] = []
    async with ReadModel(tmp_path / "dateline.db", lambda changes: heard.extend(c.seq for c in changes)) as model:
        await Wire(model).tell(published(1), published(2), enriched(1))
    assert heard == [1, 2, 3]


async def test_the_index_of_words_stays_in_step_with_the_articles(tmp_path: Path) -> None:
    path = tmp_path / "dateline.db"
    async with ReadModel(path) as model:
        await Wire(model).tell(
            enriched(1), published(1, text="old"), revised(1, 2, text="new"), published(1), revised(1, 3, text=None)
        )
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    connection.close()
