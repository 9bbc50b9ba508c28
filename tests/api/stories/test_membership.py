"""What readers get of stories depends on what was said, not on the order in which it came or how often."""

import itertools
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from services.api.readmodel.filters import Cursor, Filter
from services.api.readmodel.model import ReadModel
from tests.api.conftest import Told, Wire
from tests.api.events import article_id, at, enriched, published, revised, story_changed

pytestmark = pytest.mark.anyio

SOURCES = ("north.example", "south.example", "east.example")


def wire_of_a_day() -> list[Told]:
    """Stories 1 and 4; 7 is merged into 4 and that into 1; an editor takes 2 out of 1, and pins 6 to it."""
    articles = [published(n, minutes=n, source=SOURCES[n % 3], title=f"Article {n}") for n in range(1, 9)]
    return [
        *articles,
        revised(3, 2, minutes=3, source=SOURCES[0], title="Article 3 again"),
        *(enriched(n, minutes=n, ago=n / 2, tags=("sea",)) for n in (1, 2, 5, 7)),
        story_changed(1, 1, "opened", joined=(1,)),
        story_changed(1, 2, joined=(2,)),
        story_changed(4, 3, "opened", joined=(4,)),
        story_changed(1, 4, joined=(3,)),
        story_changed(4, 5, joined=(5, 6)),
        story_changed(7, 6, "opened", joined=(7,)),
        story_changed(7, 7, "merged", into=4),
        story_changed(2, 8, "split", joined=(2,), by="editor", split_from=article_id(1)),
        story_changed(4, 9, "merged", into=1),
        story_changed(2, 10, joined=(6,), title="An editor's title", by="editor"),
    ]


async def told(model: ReadModel) -> dict[str, Any]:
    """All that can be read of the wire of a day."""
    found: dict[str, Any] = {}
    for number in range(1, 9):
        article = await model.article(article_id(number))
        assert article is not None
        found[f"story of {number}"] = json.loads(article)["story"]
        now = await model.story_now(article_id(number))
        found[f"{number} means"] = now
        document = await model.story(article_id(number))
        found[f"story {number}"] = json.loads(document) if document else None
        listed = await model.articles(Filter(story=article_id(number)))
        found[f"listed under {number}"] = [json.loads(headline)["title"] for headline in listed.headlines]
    for sort in ("momentum", "newest"):
        page = await model.stories(Filter(), at(60), sort=sort)
        found[sort] = [json.loads(story) for story in page.stories]
    return found


async def applied(path: Path, events: Sequence[Told], batches: random.Random | None = None) -> dict[str, Any]:
    async with ReadModel(path) as model:
        wire = Wire(model)
        if batches is None:
            await wire.tell(*events)
        else:
            for _, alike in itertools.groupby(events, key=lambda event: event.type.startswith("dateline.article.p")):
                for event in alike:
                    await wire.tell_batch([event, event])
        return await told(model)


async def test_the_order_of_events_does_not_matter(tmp_path: Path) -> None:
    events = wire_of_a_day()
    expected = await applied(tmp_path / "in order.db", events)
    assert [len(expected[f"listed under {n}"]) for n in range(1, 9)] == [5, 2, 0, 5, 0, 0, 5, 0]
    assert expected["listed under 7"] == ["Article 4", "Article 7", "Article 3 again", "Article 5", "Article 1"]
    assert expected["story 2"]["title"] == "An editor's title"
    assert expected["story of 8"] is None
    for seed in range(12):
        chance = random.Random(seed)
        shuffled = chance.sample(events, len(events))
        assert await applied(tmp_path / f"{seed}.db", shuffled, chance) == expected, seed


async def test_a_batch_says_the_same_as_its_events_one_by_one(tmp_path: Path) -> None:
    events = wire_of_a_day()
    expected = await applied(tmp_path / "singly.db", events)
    async with ReadModel(tmp_path / "at once.db") as model:
        wire = Wire(model)
        for of_articles in (True, False):
            await wire.tell_batch(
                [one for one in events if (".enriched" in one.type or ".story" in one.type) != of_articles]
            )
        assert await told(model) == expected


async def test_counts_and_listings_agree(wire: Wire) -> None:
    await wire.tell(*wire_of_a_day())
    page = await wire.model.stories(Filter(), at(60))
    for story in map(json.loads, page.stories):
        listed = await wire.model.articles(Filter(story=story["id"]))
        headlines = [json.loads(headline) for headline in listed.headlines]
        assert story["size"] == len(headlines)
        assert story["sources"] == len({headline["source"]["id"] for headline in headlines})
        assert {headline["story"]["size"] for headline in headlines} == {story["size"]}
        assert story["opened"] == min(headline["first_seen"] for headline in headlines)
        assert story["last"] == max(headline["first_seen"] for headline in headlines)


async def test_an_articles_time_moves_it_within_its_story(wire: Wire) -> None:
    await wire.tell(published(1, minutes=1), published(2, minutes=20), story_changed(1, 1, joined=(1, 2)))
    await wire.tell(enriched(2, minutes=20, ago=30))
    page = await wire.model.articles(Filter(story=article_id(1)))
    assert [json.loads(headline)["title"] for headline in page.headlines] == ["Article 1", "Article 2"]


async def test_growing_changes_no_article_but_the_one_that_came(wire: Wire) -> None:
    """Those who keep a copy hear of an article when it comes to a story, not whenever the story grows."""
    await wire.tell(*(published(number, minutes=number) for number in (1, 2, 3)))
    await wire.tell(story_changed(1, 1, "opened", joined=(1,)))
    listing = await wire.model.articles(Filter(), 20, Cursor(0, article_id(0), "changed"), "changed")
    await wire.tell(story_changed(1, 2, joined=(2,)))
    changed = await wire.model.articles(Filter(), 20, listing.next, "changed")
    assert [json.loads(headline)["title"] for headline in changed.headlines] == ["Article 2"]
    await wire.tell(story_changed(3, 3, "opened", joined=(3,)), story_changed(1, 4, "merged", into=3))
    moved = await wire.model.articles(Filter(), 20, changed.next, "changed")
    assert [json.loads(headline)["title"] for headline in moved.headlines] == ["Article 3", "Article 1", "Article 2"]


async def test_stories_that_were_merged_into_each_other_are_one_of_them(wire: Wire) -> None:
    await wire.tell(published(1), published(2), story_changed(1, 1, joined=(1,)), story_changed(2, 2, joined=(2,)))
    await wire.tell(story_changed(1, 3, "merged", into=2), story_changed(2, 4, "merged", into=1))
    (first, second) = [await wire.model.story_now(article_id(number)) for number in (1, 2)]
    assert first == second
    assert first is not None
    assert (first.id, first.size) == (min(article_id(1), article_id(2), key=str), 2)
