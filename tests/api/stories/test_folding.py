"""Articles say which story they belong to, are found by it, and are folded to one a story."""

import json
import random
from typing import Any

import httpx
import pytest

from services.api.readmodel.documents import FoundHeadline, FullArticle
from tests.api.conftest import Wire
from tests.api.events import article_id, enriched, published, story_changed

pytestmark = pytest.mark.anyio


@pytest.fixture
async def told(wire: Wire) -> Wire:
    """Story 1: north 1, south 2, a repeat of that in the east 4, north 5. Story 3: west. 6 has none, 7 repeats 6."""
    sources = ("north", "south", "west", "east", "north", "south", "east")
    for number, source in enumerate(sources, start=1):
        await wire.tell(published(number, minutes=number, source=f"{source}.example", text=f"word{number} storm"))
    await wire.tell(enriched(4, minutes=4, repeats=2, tags=("sea",)), enriched(7, minutes=7, repeats=6))
    await wire.tell(enriched(2, minutes=2, tags=("sea",)))
    await wire.tell(story_changed(1, 1, "opened", joined=(1,)), story_changed(1, 2, joined=(2, 4)))
    await wire.tell(story_changed(3, 3, "opened", joined=(3,)), story_changed(1, 4, joined=(5,)))
    return wire


async def numbers(http: httpx.AsyncClient, query: str) -> str:
    answer = await http.get(f"/v1/articles?{query}")
    assert answer.status_code == 200, answer.text
    articles = [FoundHeadline.model_validate(article) for article in answer.json()["articles"]]
    return "".join(article.title.removeprefix("Article ") for article in articles)


@pytest.mark.usefixtures("told")
async def test_an_article_says_its_story_and_how_large_that_is(http: httpx.AsyncClient) -> None:
    articles = (await http.get("/v1/articles")).json()["articles"]
    assert [article["story"] and article["story"]["size"] for article in articles] == [None, None, 4, 4, 1, 4, 4]
    assert articles[-1]["story"] == {"id": str(article_id(1)), "size": 4, "sources": 3}
    whole = FullArticle.model_validate_json((await http.get(f"/v1/articles/{article_id(5)}")).content)
    assert whole.story is not None
    assert whole.story.sources == 3
    headlines = (await http.get("/v1/headlines?format=json&limit=3")).json()["headlines"]
    assert [headline["story"] and headline["story"]["size"] for headline in headlines] == [None, None, 4]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"story={article_id(1)}", "5421"),
        (f"q=story:{article_id(3)}", "3"),
        (f"q=story:{article_id(3)},{article_id(1)}", "54321"),
        (f"q=-story:{article_id(1)}", "763"),
        (f"q=story:{article_id(1)} OR word7", "75421"),
        (f"q=storm story:{article_id(1)} tag:sea", "42"),
        (f"story={article_id(1)}&sort=first_seen", "5421"),
        (f"story={article_id(6)}", ""),
        (f"story={article_id(1)}&fold=repeats", "521"),
    ],
)
async def test_articles_are_found_by_their_story(http: httpx.AsyncClient, query: str, expected: str) -> None:
    assert await numbers(http, query) == expected


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "653"),
        ("&sort=first_seen", "653"),
        ("&tag=sea", "2"),
        ("&source=east.example", "4"),
        ("&q=word1 OR word2", "2"),
        ("&q=word4", "4"),
        ("&q=storm&sort=relevance", "653"),
        ("&until=2026-03-01T12:04:30Z", "32"),
        (f"&story={article_id(1)}", "5"),
    ],
)
async def test_folded_there_is_one_of_each_story_that_was_found(
    http: httpx.AsyncClient, query: str, expected: str
) -> None:
    """The newest that repeats nothing; a repeat only where nothing else of the story was found."""
    if "relevance" in query:
        assert sorted(await numbers(http, f"fold=story{query}")) == sorted(expected)
    else:
        assert await numbers(http, f"fold=story{query}") == expected


@pytest.mark.usefixtures("told")
async def test_what_stands_for_a_story_says_who_else_tells_it(http: httpx.AsyncClient) -> None:
    articles = (await http.get("/v1/articles?fold=story")).json()["articles"]
    six, five, three = [FoundHeadline.model_validate(article) for article in articles]
    assert five.also_in is not None
    assert (five.also_in.articles, five.also_in.count) == (3, 2)
    assert [(other.id, other.article) for other in five.also_in.sources] == [
        ("south.example", article_id(2)),
        ("east.example", article_id(4)),
    ]
    assert six.also_in is not None, "without a story there are still those who repeat it"
    assert [other.id for other in six.also_in.sources] == ["east.example"]
    assert three.also_in is None


@pytest.mark.usefixtures("told")
async def test_every_other_form_of_a_listing_folds_too(http: httpx.AsyncClient) -> None:
    text = (await http.get("/v1/headlines?fold=story&format=text")).text
    assert [line.split(" - ")[0] for line in text.splitlines()] == ["- Article 6", "- Article 5", "- Article 3"]
    feed = (await http.get("/v1/articles.jsonfeed?fold=story")).json()
    # There the first one stands for its story, so that no reader is shown each of them in turn.
    assert [item["title"] for item in feed["items"]] == ["Article 6", "Article 3", "Article 1"]


@pytest.mark.parametrize("sort", ["published", "first_seen", "revised", "relevance"])
async def test_pages_of_a_folded_listing_show_each_story_once(http: httpx.AsyncClient, wire: Wire, sort: str) -> None:
    chance = random.Random(5)
    stories: dict[int, list[int]] = {}
    for number in range(1, 90):
        await wire.tell(published(number, minutes=number, text="storm"))
        stories.setdefault(chance.choice(list(stories)) if stories and chance.random() < 0.7 else number, []).append(
            number
        )
    for sequence, (story, members) in enumerate(stories.items(), start=1):
        await wire.tell(story_changed(story, sequence, joined=tuple(members)))
    shown: list[dict[str, Any]] = []
    address: str | None = f"/v1/articles?fold=story&limit=4&sort={sort}&q=storm"
    while address:
        page = (await http.get(address)).json()
        assert page["articles"], address
        shown += page["articles"]
        address = page["next"]
    assert sorted(article["story"]["id"] for article in shown) == sorted(str(article_id(story)) for story in stories)
    if sort != "relevance":
        assert {article["title"] for article in shown} == {f"Article {members[-1]}" for members in stories.values()}


async def test_changes_cannot_be_folded(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/articles?fold=story&changed_since=2026-03-01")
    assert (answer.status_code, answer.json()["parameter"]) == (400, "fold")


@pytest.mark.parametrize("address", ["/v1/articles?story=7", "/v1/stream?story=x", "/v1/articles?q=story:7"])
async def test_what_is_no_id_is_refused(http: httpx.AsyncClient, address: str) -> None:
    answer = await http.get(address)
    assert (answer.status_code, "story" in answer.json()["detail"]) == (400, True)


async def test_a_listing_changes_its_tag_when_a_story_in_it_grows(http: httpx.AsyncClient, told: Wire) -> None:
    before = await http.get("/v1/articles")
    assert (await http.get("/v1/articles", headers={"If-None-Match": before.headers["etag"]})).status_code == 304
    await told.tell(story_changed(1, 9, joined=(3,)))
    after = await http.get("/v1/articles", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert json.loads(after.content)["articles"][-1]["story"]["size"] == 5
