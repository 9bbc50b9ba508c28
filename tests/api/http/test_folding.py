"""Repeats: said of each article, left out of folded listings, counted beside what they repeat."""

from typing import Any

import httpx
import pytest

from services.api.readmodel.documents import FoldedHeadline, FullArticle
from tests.api.conftest import Wire
from tests.api.events import article_id, enriched, published, revised

pytestmark = pytest.mark.anyio


@pytest.fixture
async def told(wire: Wire) -> Wire:
    """North tells 1; south (2), east (3) and south again (4) repeat it; 5 is news."""
    sources = ("north", "south", "east", "south", "west")
    for number, source in enumerate(sources, start=1):
        await wire.tell(published(number, minutes=number, source=f"{source}.example"))
    await wire.tell(*(enriched(number, tags=("sea",), repeats=1) for number in (2, 3, 4)))
    await wire.tell(enriched(1, tags=("sea",)), enriched(5))
    return wire


async def folded(http: httpx.AsyncClient, query: str = "") -> list[tuple[str, Any]]:
    answer = await http.get(f"/v1/articles?fold=repeats{query}")
    assert answer.status_code == 200, answer.text
    articles = [FoldedHeadline.model_validate(article) for article in answer.json()["articles"]]
    return [(article.title.removeprefix("Article "), article.also_in) for article in articles]


@pytest.mark.usefixtures("told")
async def test_a_folded_listing_leaves_repeats_out_and_says_who_they_are(http: httpx.AsyncClient) -> None:
    (five, nobody), (one, others) = await folded(http)
    assert (five, nobody, one) == ("5", None, "1")
    assert (others.articles, others.count) == (3, 2)
    assert [(source.id, source.article) for source in others.sources] == [
        ("south.example", article_id(2)),
        ("east.example", article_id(3)),
    ]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("query", "expected"),
    [("&tag=sea", "1"), ("&source=south.example", ""), ("&limit=1", "5"), ("&q=article", "51")],
)
async def test_folding_goes_with_every_other_filter(http: httpx.AsyncClient, query: str, expected: str) -> None:
    assert "".join(number for number, _ in await folded(http, query)) == expected


@pytest.mark.usefixtures("told")
async def test_without_folding_all_are_listed_and_say_what_they_repeat(http: httpx.AsyncClient) -> None:
    articles = (await http.get("/v1/articles")).json()["articles"]
    assert [article["repeats"] and article["repeats"]["id"] for article in articles] == [
        None,
        *[str(article_id(1))] * 3,
        None,
    ]
    assert not any("also_in" in article for article in articles)


@pytest.mark.usefixtures("told")
async def test_a_whole_article_says_both(http: httpx.AsyncClient) -> None:
    one, two = [
        FullArticle.model_validate_json((await http.get(f"/v1/articles/{article_id(n)}")).content) for n in (1, 2)
    ]
    assert one.repeats is None
    assert one.also_in is not None
    assert (two.repeats is not None, two.also_in) == (True, None)


@pytest.mark.usefixtures("told")
async def test_headlines_fold_too(http: httpx.AsyncClient) -> None:
    headlines = (await http.get("/v1/headlines?fold=repeats&format=json")).json()["headlines"]
    assert [headline["also_in"] and headline["also_in"]["count"] for headline in headlines] == [None, 2]
    text = (await http.get("/v1/headlines?fold=repeats&format=text")).text
    assert [line.split(" - ")[0] for line in text.splitlines()] == ["- Article 5", "- Article 1"]


async def test_what_is_no_repeat_any_more_is_listed_again(http: httpx.AsyncClient, told: Wire) -> None:
    await told.tell(revised(3, minutes=3, source="east.example"), enriched(3, minutes=3, revision=2))
    assert [(number, also and also.count) for number, also in await folded(http)] == [
        ("5", None),
        ("3", None),
        ("1", 1),
    ]


async def test_an_enrichment_that_came_before_its_article_counts_as_well(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(enriched(2, repeats=1), published(2, minutes=2, source="south.example"))
    assert await folded(http) == []
    await wire.tell(published(1, minutes=1))
    assert [(number, also.count) for number, also in await folded(http)] == [("1", 1)]


@pytest.mark.usefixtures("told")
async def test_the_front_page_is_folded_and_its_narrowed_forms_are_not(http: httpx.AsyncClient) -> None:
    page = (await http.get("/")).text
    assert "also in 2 sources" in page
    assert "Article 2" not in page
    assert "Article 2" in (await http.get("/?source=south.example")).text
    article = (await http.get(f"/articles/{article_id(1)}")).text
    assert f"/articles/{article_id(2)}" in article
    assert f"/articles/{article_id(1)}" in (await http.get(f"/articles/{article_id(2)}")).text


async def test_an_unknown_way_of_folding_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/articles?fold=all")
    assert (answer.status_code, "fold" in answer.text) == (400, True)
