"""One article from many events: the outcome depends on which came, not on when, how often or how many at once."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from services.api.readmodel.documents import FullArticle
from services.api.readmodel.merge import Known, headline, merge_article, merge_enrichment, merge_listing
from services.api.readmodel.model import ReadModel
from tests.api.conftest import Told, Wire
from tests.api.events import article_id, at, enriched, listed, published, revised

pytestmark = pytest.mark.anyio

EVENTS: tuple[Told, ...] = (
    published(1, text="The first words."),
    revised(1, 2, text="The second words.", title="A better title"),
    listed(1, "https://courier.example/local.xml", minutes=5),
    enriched(1, revision=1, version=2, tags=("ferries",), ago=10),
    enriched(1, revision=2, version=1, tags=("harbour", "ferries"), ago=12),
)


async def served(folder: Path, *batches: tuple[Told, ...]) -> tuple[object, ...]:
    """What readers get of article 1, and of everything counted about it, after these batches."""
    async with ReadModel(folder / "dateline.db") as model:
        wire = Wire(model)
        for batch in batches:
            await wire.tell(*batch)
        document = await model.article(article_id(1))
        assert document is not None
        return (json.loads(document), await model.tags(), await model.sources(), (await model.counts()).articles)


async def test_events_in_any_order_and_twice_give_the_same_article(tmp_path: Path) -> None:
    orders = list(itertools.permutations(EVENTS))
    outcomes = [await served(tmp_path / str(number), order, order[::2]) for number, order in enumerate(orders[::8])]
    assert outcomes == [outcomes[0]] * 15
    article = FullArticle.model_validate(outcomes[0][0])
    assert (article.revision, article.title, article.text) == (2, "A better title", "The second words.")
    assert [revision.revision for revision in article.revisions] == [2, 1]
    assert [tag.slug for tag in article.tags] == ["harbour", "ferries"]
    assert (article.time, article.time_method, article.enriched) == (at(-12), "feed:pubDate", True)
    assert len(article.feeds) == 2


async def test_events_in_one_batch_give_the_same_as_one_by_one(tmp_path: Path) -> None:
    one_by_one = await served(tmp_path / "one", EVENTS)
    async with ReadModel(tmp_path / "batch.db") as model:
        await Wire(model).tell_batch(EVENTS[:3])
        await Wire(model).tell_batch(EVENTS[3:])
        document = await model.article(article_id(1))
    assert document is not None
    assert json.loads(document) == one_by_one[0]


@pytest.mark.parametrize(
    ("enrichments", "kept"),
    [
        ([(1, 1), (1, 2)], (1, 2)),
        ([(1, 2), (1, 1)], (1, 2)),
        ([(2, 1), (1, 9)], (2, 1)),
        ([(1, 9), (2, 1)], (2, 1)),
        ([(1, 1), (1, 1)], (1, 1)),
    ],
)
def test_the_enrichment_of_the_highest_revision_and_version_is_kept(
    enrichments: list[tuple[int, int]], kept: tuple[int, int]
) -> None:
    known = Known()
    for revision, version in enrichments:
        known = merge_enrichment(known, enriched(1, revision=revision, version=version).data).known
    assert known.enrichment is not None
    assert (known.enrichment.revision, known.enrichment.version) == kept


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ({"setup": None}, {"setup": {"digest": "a", "since": 1}}),
        ({"setup": {"digest": "z", "since": 1}}, {"setup": {"digest": "a", "since": 2}}),
        ({"setup": {"digest": "a", "since": 9}}, {"version": 2, "setup": {"digest": "a", "since": 1}}),
        ({"version": 2, "seen": at(1)}, {"version": 1, "seen": at(2)}),
        ({"revision": 1, "seen": at(2)}, {"revision": 2, "seen": at(1)}),
        ({"tags": ("a",)}, {"tags": ("b",)}),
    ],
)
def test_of_two_enrichments_one_holds_whichever_comes_first(lower: dict[str, Any], higher: dict[str, Any]) -> None:
    """The later setup; but first the later version, and before that what was seen later: its number was given again."""
    pair = [enriched(1, **fields).data for fields in (lower, higher)]
    for order in (pair, pair[::-1]):
        known = Known()
        for one in [*order, *order]:
            known = merge_enrichment(known, one).known
        assert known.enrichment == pair[1]


def test_an_enrichment_of_a_revision_that_was_lost_is_none_of_the_one_that_has_its_number_now() -> None:
    known = merge_article(Known(), revised(1, 2, seen=at(9), title="Said again").data).known
    known = merge_enrichment(known, enriched(1, revision=2, seen=at(1)).data).known
    assert not headline(known).enriched
    known = merge_enrichment(known, enriched(1, revision=2, seen=at(9)).data).known
    assert headline(known).enriched


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_what_a_lost_revision_left_behind_does_not_hide_the_enrichment_of_a_lower_one(
    order: tuple[int, ...], tmp_path: Path
) -> None:
    """A failover took a second and a third revision back; the third one's enrichment had been read."""
    told = (
        published(1),
        enriched(1, revision=3, seen=at(2), tags=("lost",)),
        revised(1, 2, seen=at(9), title="Kept"),
        enriched(1, revision=2, seen=at(9), tags=("kept",)),
    )
    document, tags, *_ = await served(tmp_path, tuple(told[place] for place in order))
    article = FullArticle.model_validate(document)
    assert (article.title, article.enriched, [tag.slug for tag in article.tags]) == ("Kept", True, ["kept"])
    assert "lost" not in str(tags)


def test_a_new_revision_keeps_the_times_and_tags_of_the_last_until_its_own_come() -> None:
    known = merge_article(Known(), published(1).data).known
    known = merge_enrichment(known, enriched(1, tags=("ferries",), ago=3).data).known
    known = merge_article(known, revised(1).data).known
    shown = headline(known)
    assert (shown.revision, shown.enriched, shown.time) == (2, False, at(-3))
    assert [tag.slug for tag in shown.tags] == ["ferries"]


@pytest.mark.parametrize(
    ("ago", "time", "method"),
    [(10.0, at(-10), "feed:pubDate"), (None, at(0), "first_seen"), (-1.0, at(0), "first_seen")],
    ids=["published before", "not known", "after it was seen"],
)
def test_an_article_stands_at_its_published_time_or_its_first_sight(
    ago: float | None, time: object, method: str
) -> None:
    known = merge_article(Known(), published(1).data).known
    shown = headline(merge_enrichment(known, enriched(1, ago=ago).data).known)
    assert (shown.time, shown.time_method) == (time, method)


def test_an_article_that_has_not_come_has_no_headline() -> None:
    known = merge_enrichment(Known(), enriched(1).data).known
    with pytest.raises(ValueError, match="not come"):
        headline(known)


def test_what_teaches_nothing_leaves_everything_as_it_is() -> None:
    article, enrichment = published(1).data, enriched(1).data
    known = merge_enrichment(merge_article(Known(), article).known, enrichment).known
    for merged in (
        merge_article(known, article),
        merge_enrichment(known, enrichment),
        merge_listing(known, article.feed, article.seen),
    ):
        assert merged.known is known
        assert merged.change is None


AFTER_A_LOSS: tuple[Told, ...] = (
    published(1, title="First"),
    revised(1, 2, title="Second"),
    enriched(1, revision=1, tags=("first",)),
    enriched(1, revision=2, tags=("second",)),
    published(1, title="Third", minutes=30),
    enriched(1, revision=1, minutes=30, tags=("third",)),
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(6)))[::45])
async def test_what_is_seen_for_the_first_time_again_holds(order: tuple[int, ...], tmp_path: Path) -> None:
    """The broker lost all that ingest remembered, so revisions count from 1 again."""
    document, _tags, _sources, articles = await served(tmp_path, tuple(AFTER_A_LOSS[place] for place in order))
    article = FullArticle.model_validate(document)
    assert (article.revision, article.title, article.enriched) == (1, "Third", True)
    assert [tag.slug for tag in article.tags] == ["third"]
    assert articles == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_of_two_contents_of_one_revision_the_later_holds(order: tuple[int, ...], tmp_path: Path) -> None:
    """The broker lost its last second, and with it that this revision had been published."""
    told = (published(1), revised(1, 2, title="Lost"), revised(1, 2, title="Kept", seen=at(9)))
    document, *_ = await served(tmp_path, tuple(told[place] for place in order))
    assert FullArticle.model_validate(document).title == "Kept"
