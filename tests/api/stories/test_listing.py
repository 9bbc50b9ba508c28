"""`/v1/stories`: which there are, in which order, page by page."""

from typing import Any

import httpx
import pytest

from services.api.readmodel.stories_documents import ListedStory, StoryListing
from tests.api.conftest import Wire
from tests.api.events import article_id, enriched, published, story_changed

pytestmark = pytest.mark.anyio


@pytest.fixture
async def told(wire: Wire) -> Wire:
    """At 13:00 story 10 is told by many, story 20 by two, 30 was told by three ten hours before, 40 by one just now."""
    stories = {
        10: [(10, 30), (11, 35), (12, 40), (13, 50)],
        20: [(20, 20), (21, 55)],
        30: [(30, -600), (31, -590), (32, -580)],
        40: [(40, 58)],
    }
    sequence = 0
    for story, members in stories.items():
        for number, minutes in members:
            sequence += 1
            text = f"word{number} harbour"
            await wire.tell(published(number, minutes=minutes, source=f"s{number}.example", text=text))
            tags = ("place:oslo",) if number in (11, 30) else ("person:jane-doe", "sea") if number == 21 else ()
            await wire.tell(enriched(number, minutes=minutes, tags=tags, language="no" if story == 30 else "en"))
            await wire.tell(story_changed(story, sequence, joined=(number,)))
    return wire


async def listed(http: httpx.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    answer = await http.get(f"/v1/stories?{query}")
    assert answer.status_code == 200, answer.text
    StoryListing.model_validate(answer.json())
    stories: list[dict[str, Any]] = answer.json()["stories"]
    return stories


def names(stories: list[dict[str, Any]]) -> list[int]:
    return [int(story["title"].removeprefix("Story ")) for story in stories]


@pytest.mark.usefixtures("told")
async def test_what_is_told_more_than_usual_comes_first_then_what_was_told_last(http: httpx.AsyncClient) -> None:
    stories = await listed(http)
    assert names(stories) == [10, 20, 40, 30]
    heights = [story["momentum"] for story in stories]
    assert heights == [2.98, 1.1, 0.0, 0.0]


@pytest.mark.usefixtures("told")
async def test_the_newest_are_those_that_opened_last(http: httpx.AsyncClient) -> None:
    assert names(await listed(http, "sort=newest")) == [40, 10, 20, 30]


@pytest.mark.usefixtures("told")
async def test_a_story_is_listed_with_its_counts_and_the_article_that_stands_for_it(http: httpx.AsyncClient) -> None:
    story = ListedStory.model_validate((await listed(http))[0])
    assert (story.id, story.size, story.sources) == (article_id(10), 4, 4)
    assert story.article.id == article_id(10)
    assert story.opened < story.last
    assert (await http.get(story.links.self)).status_code == 200
    assert (await http.get(story.links.articles)).status_code == 200


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("sort", ["momentum", "newest"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("place=oslo", {10, 30}),
        ("place=place:oslo&lang=no", {30}),
        ("person=jane-doe", {20}),
        ("person=jane-doe&place=oslo", set()),
        ("tag=sea", {20}),
        ("q=word12 OR word40", {10, 40}),
        ("q=word12 word13", set()),
        ("q=harbour -tag:sea", {10, 20, 30, 40}),
        ("q=harbour -word40", {10, 20, 30}),
        ("source=s31.example", {30}),
        ("lang=no", {30}),
        ("q=nothing", set()),
        (f"story={article_id(20)}", {20}),
        ("q=after:2026-03-01T12:57Z", {40}),
    ],
)
@pytest.mark.parametrize("common", [False, True])
async def test_a_story_is_found_where_one_of_its_articles_is(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, query: str, expected: set[int], sort: str, common: bool
) -> None:
    if common:  # every word and tag is a common one: the other plan
        monkeypatch.setattr("services.api.readmodel.searching.RARE", 1)
    assert set(names(await listed(http, f"{query}&sort={sort}"))) == expected


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("sort", ["momentum", "newest"])
@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_pages_go_on_where_the_last_one_ended(http: httpx.AsyncClient, wire: Wire, sort: str, limit: int) -> None:
    expected = names(await listed(http, f"sort={sort}"))
    shown: list[int] = []
    address: str | None = f"/v1/stories?sort={sort}&limit={limit}"
    while address:
        answer = await http.get(address)
        assert (answer.headers.get("link") is not None) == (answer.json()["next"] is not None)
        shown += names(answer.json()["stories"])
        address = answer.json()["next"]
        number = 100 + len(shown)  # what comes meanwhile moves nothing
        await wire.tell(published(number, minutes=61 + len(shown)), story_changed(number, number, joined=(number,)))
    assert shown == expected


@pytest.mark.usefixtures("told")
async def test_an_unchanged_listing_is_not_sent_twice(http: httpx.AsyncClient) -> None:
    first = await http.get("/v1/stories")
    again = await http.get("/v1/stories", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("sort=size", "sort"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
        ("q=(a", "q"),
        ("fold=story", "fold"),
        ("colour=red", "colour"),
    ],
)
async def test_what_cannot_be_understood_is_refused(http: httpx.AsyncClient, query: str, parameter: str) -> None:
    answer = await http.get(f"/v1/stories?{query}")
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


@pytest.mark.usefixtures("told")
async def test_a_cursor_belongs_to_its_order(http: httpx.AsyncClient) -> None:
    address = (await http.get("/v1/stories?sort=newest&limit=1")).json()["next"]
    answer = await http.get(address.replace("sort=newest", "sort=momentum"))
    assert (answer.status_code, answer.json()["parameter"]) == (400, "cursor")


async def test_without_stories_there_is_nothing(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(story_changed(1, 1, "opened", joined=(1,)))
    assert await listed(http) == []
    await wire.tell(published(1))
    assert names(await listed(http)) == [1]
