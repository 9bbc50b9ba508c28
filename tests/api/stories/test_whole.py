"""`/v1/stories/{id}`: one story, why it has its title and its articles, and what became of it where it was merged."""

import json
from typing import Any

import httpx
import pytest

from services.api.readmodel.stories_documents import FullStory, StoryArticleListing
from services.contracts.stories import SharedTerm
from tests.api.conftest import Wire
from tests.api.events import article_id, at, enriched, published, revised, story_changed

pytestmark = pytest.mark.anyio

TERMS = [{"text": "ferry", "weight": 0.44}, {"text": "place:norhaven", "weight": 0.38}, {"text": "tram", "weight": 0.1}]


@pytest.fixture
async def told(wire: Wire) -> Wire:
    """North opens the story at noon; south comes in the same hour, and repeats itself; north comes again at two."""
    for number, source, minutes in ((1, "north", 0), (2, "south", 20), (3, "south", 30), (4, "north", 125)):
        await wire.tell(published(number, minutes=minutes, source=f"{source}.example", title=f"Ferries {number}"))
    await wire.tell(enriched(1, tags=("sea", "place:norhaven")), enriched(2, minutes=20, tags=("sea",)))
    await wire.tell(enriched(3, minutes=30, repeats=2))
    title: dict[str, Any] = {"title": "Ferries to Norhaven", "title_from": article_id(2), "terms": TERMS}
    await wire.tell(story_changed(1, 1, "opened", joined=(1,)), story_changed(1, 2, joined=(2, 3, 4), **title))
    return wire


async def whole(http: httpx.AsyncClient, story: int = 1) -> FullStory:
    answer = await http.get(f"/v1/stories/{article_id(story)}")
    assert answer.status_code == 200, answer.text
    return FullStory.model_validate_json(answer.content)


@pytest.mark.usefixtures("told")
async def test_it_says_where_its_title_is_from_and_why(http: httpx.AsyncClient) -> None:
    story = await whole(http)
    assert (story.title, story.size, story.sources, story.quiet, story.into) == (
        "Ferries to Norhaven",
        4,
        2,
        False,
        None,
    )
    assert (story.headline.method, story.headline.article) == ("article", article_id(2))
    assert story.headline.terms == tuple(SharedTerm(**term) for term in TERMS[:2])


@pytest.mark.usefixtures("told")
async def test_it_says_who_tells_it_and_who_was_first(http: httpx.AsyncClient) -> None:
    story = await whole(http)
    assert [(one.id, one.articles, one.article) for one in story.publishers] == [
        ("north.example", 2, article_id(1)),
        ("south.example", 2, article_id(2)),
    ]
    assert story.first == story.publishers[0]
    assert story.first.first_seen == at(0)


@pytest.mark.usefixtures("told")
async def test_it_has_the_hours_in_which_it_was_told(http: httpx.AsyncClient) -> None:
    timeline = (await whole(http)).timeline
    assert [(one.hour, one.articles, one.sources, one.article) for one in timeline] == [
        (at(0), 3, 2, article_id(1)),
        (at(120), 1, 1, article_id(4)),
    ]


@pytest.mark.usefixtures("told")
async def test_it_has_what_its_articles_are_about(http: httpx.AsyncClient) -> None:
    story = await whole(http)
    assert [(tag.slug, tag.articles) for tag in story.tags] == [("sea", 2), ("place:norhaven", 1)]
    assert {(name.slug, name.articles) for name in story.names} == names_of_the_golden_enrichment(3)


def names_of_the_golden_enrichment(articles: int) -> set[tuple[str, int]]:
    return {(name.slug, articles) for name in enriched(1).data.names}


@pytest.mark.usefixtures("told")
async def test_its_articles_say_why_they_belong_to_it_and_repeats_are_folded(http: httpx.AsyncClient) -> None:
    four, two, one = (await whole(http)).articles
    assert [one.title, two.title, four.title] == ["Ferries 1", "Ferries 2", "Ferries 4"]
    assert two.also_in is not None
    assert two.also_in.articles == 1
    assert one.because is not None
    assert one.because.method == "opened"
    assert four.because is not None
    assert (four.because.method, four.because.nearest, four.because.score) == ("similarity", article_id(1), 0.61)
    assert four.story is not None
    assert four.story.size == 4


@pytest.mark.usefixtures("told")
async def test_all_its_articles_are_listed_page_by_page(http: httpx.AsyncClient) -> None:
    answer = await http.get(f"/v1/stories/{article_id(1)}/articles?limit=3")
    first = StoryArticleListing.model_validate_json(answer.content)
    assert [one.title for one in first.articles] == ["Ferries 4", "Ferries 3", "Ferries 2"]
    assert all(one.because is not None for one in first.articles)
    assert first.next is not None
    last = StoryArticleListing.model_validate_json((await http.get(first.next)).content)
    assert ([one.title for one in last.articles], last.next) == (["Ferries 1"], None)
    found = await http.get(f"/v1/stories/{article_id(1)}/articles?tag=sea&fields=title,because")
    assert [sorted(one) for one in found.json()["articles"]] == [["because", "title"]] * 2


async def test_an_editors_title_is_said_to_be_one(http: httpx.AsyncClient, told: Wire) -> None:
    await told.tell(story_changed(1, 3, "renamed", title="Norhaven cut off", by="editor"))
    headline = (await whole(http)).headline
    assert (headline.title, headline.method, headline.article) == ("Norhaven cut off", "editor", None)


async def test_a_quiet_story_wakes(http: httpx.AsyncClient, told: Wire) -> None:
    await told.tell(story_changed(1, 3, "quiet"))
    assert (await whole(http)).quiet
    await told.tell(published(5), story_changed(1, 4, joined=(5,)))
    assert not (await whole(http)).quiet


async def test_what_stands_for_a_story_is_as_it_was_revised(http: httpx.AsyncClient, told: Wire) -> None:
    await told.tell(revised(2, 2, minutes=20, source="south.example", title="Ferries again"))
    (story,) = (await http.get("/v1/stories")).json()["stories"]
    assert story["article"]["title"] == "Ferries again"


@pytest.mark.parametrize("below", ["", "/articles", "/articles?limit=2"])
async def test_a_merged_story_leads_to_what_it_is_now(http: httpx.AsyncClient, told: Wire, below: str) -> None:
    await told.tell(published(8), story_changed(8, 5, "opened", joined=(8,)), story_changed(1, 6, "merged", into=8))
    await told.tell(published(9), story_changed(9, 7, "opened", joined=(9,)), story_changed(8, 8, "merged", into=9))
    for merged in (1, 8):
        answer = await http.get(f"/v1/stories/{article_id(merged)}{below}")
        assert answer.status_code == 308
        assert answer.headers["location"] == f"/v1/stories/{article_id(9)}{below}"
    answer = await http.get(f"/v1/stories/{article_id(1)}{below}", follow_redirects=True)
    assert answer.status_code == 200
    assert (await whole(http, 9)).size == 6
    listed = (await http.get(f"/v1/articles?story={article_id(1)}")).json()["articles"]
    assert {json.dumps(article["story"]) for article in listed} == {
        json.dumps({"id": str(article_id(9)), "size": 6, "sources": 3})
    }


@pytest.mark.parametrize("below", ["", "/articles"])
async def test_there_is_no_story_without_an_article_to_read(http: httpx.AsyncClient, wire: Wire, below: str) -> None:
    await wire.tell(story_changed(1, 1, "opened", joined=(1,)))
    answer = await http.get(f"/v1/stories/{article_id(1)}{below}")
    assert (answer.status_code, answer.json()["type"]) == (404, "/docs#not-found")
    assert (await http.get(f"/v1/stories/first{below}")).status_code == 404


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(("below", "query"), [("", "limit=2"), ("/articles", "story=" + str(article_id(1)))])
async def test_parameters_that_mean_nothing_are_refused(http: httpx.AsyncClient, below: str, query: str) -> None:
    answer = await http.get(f"/v1/stories/{article_id(1)}{below}?{query}")
    assert (answer.status_code, answer.json()["parameter"]) == (400, query.partition("=")[0])
