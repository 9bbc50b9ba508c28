"""`/v1/articles`: answers as documented, pages that can be followed, an article whole."""

import httpx
import pytest

from services.api.http.articles import ArticleListing
from services.api.http.facets import SourceListing, TagListing
from services.api.http.feeds import FeedListing
from services.api.readmodel.documents import FeedState, FullArticle
from tests.api.conftest import Wire
from tests.api.events import article_id, at, enriched, feed_changed, published, revised

pytestmark = pytest.mark.anyio


async def numbers(http: httpx.AsyncClient, address: str) -> list[str]:
    answer = await http.get(address)
    assert answer.status_code == 200, answer.text
    listing = ArticleListing.model_validate_json(answer.content)
    return [article.title.removeprefix("Article ") for article in listing.articles]


async def test_an_empty_wire_has_an_empty_listing(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/articles")
    assert answer.json() == {"articles": [], "next": None}
    assert "link" not in answer.headers


async def test_following_next_gives_every_article_once(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(*(published(number, minutes=number, source="a&b.example") for number in range(7)))
    address, seen = "/v1/articles?limit=3&source=a%26b.example&q=art%C3%ADcle", []
    while address:
        answer = await http.get(address)
        seen += [article["title"] for article in answer.json()["articles"]]
        address = answer.json()["next"]
        assert answer.headers.get("link") == (f'<{address}>; rel="next"' if address else None)
    assert seen == [f"Article {number}" for number in reversed(range(7))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "21"),
        ("tag=ferries", "21"),
        ("tag=ferries&tag=local", "2"),
        ("source=north.example", "1"),
        ("lang=de", "2"),
        ("q=%22article%202%22", "2"),
        ("q=-tag:local", "1"),
        ("q=article+OR+nothing&tag=ferries", "21"),
        ("q=after:2026-03-01T12:02", "2"),
        ("since=2026-03-01T12:02:00Z", "2"),
        ("since=2026-03-01T13:02:00%2B01:00", "2"),
        ("until=2026-03-01T12:02:00Z", "1"),
        ("since=2026-03-01", "21"),
        ("until=2026-03-01", ""),
        ("feed=be0416cd-75f4-53ba-9675-f96bdbbfca38", "21"),
        ("feed=https://harbour-courier.example/feed.xml", "21"),
        ("feed=https://harbour-courier.example/other.xml", ""),
        ("limit=1", "2"),
    ],
)
async def test_parameters_narrow_the_listing(http: httpx.AsyncClient, wire: Wire, query: str, expected: str) -> None:
    await wire.tell(
        published(1, minutes=1, source="north.example"),
        published(2, minutes=2),
        enriched(1, minutes=1, tags=("ferries",)),
        enriched(2, minutes=2, tags=("ferries", "local"), language="de"),
    )
    assert "".join(await numbers(http, f"/v1/articles?{query}")) == expected


async def test_an_article_has_its_body_enrichment_and_revisions(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(published(1), revised(1, 2, title="Better", html="<p>New</p>"), enriched(1, revision=2, ago=5))
    answer = await http.get(f"/v1/articles/{article_id(1)}")
    article = FullArticle.model_validate_json(answer.content)
    assert (article.title, article.html, article.enriched, article.time) == ("Better", "<p>New</p>", True, at(-5))
    assert article.enrichment is not None
    assert [(revision.revision, revision.title) for revision in article.revisions] == [(2, "Better"), (1, "Article 1")]
    assert article.links.self == f"/v1/articles/{article_id(1)}"


async def test_an_article_is_readable_before_it_is_enriched(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(published(1))
    article = FullArticle.model_validate_json((await http.get(f"/v1/articles/{article_id(1)}")).content)
    assert (article.enriched, article.enrichment, article.tags, article.words) == (False, None, (), None)
    assert (article.time, article.time_method) == (at(0), "first_seen")


async def test_tags_and_sources_are_counted_the_largest_first(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(published(1), published(2, source="b.example"), published(3, source="b.example"))
    await wire.tell(enriched(1, tags=("a", "b")), enriched(2, tags=("b",)))
    tags = TagListing.model_validate_json((await http.get("/v1/tags")).content).tags
    assert [(tag.slug, tag.label, tag.count) for tag in tags] == [("b", "B", 2), ("a", "A", 1)]
    sources = SourceListing.model_validate_json((await http.get("/v1/sources?limit=1")).content).sources
    assert [(source.id, source.name, source.count) for source in sources] == [("b.example", "B.Example", 2)]


async def test_feeds_are_listed_by_title_and_read_one_by_one(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(
        feed_changed("https://z.example/", title="aardvark"), feed_changed("https://a.example/", title="Zoo")
    )
    feeds = FeedListing.model_validate_json((await http.get("/v1/feeds")).content).feeds
    assert [feed.title for feed in feeds] == ["aardvark", "Zoo"]
    answer = await http.get(feeds[0].links.self)
    assert FeedState.model_validate_json(answer.content) == feeds[0]
    assert await numbers(http, feeds[0].links.articles) == []


async def test_head_answers_as_get_without_the_body(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(published(1))
    for address in ("/v1/articles", f"/v1/articles/{article_id(1)}", "/healthz", "/v1/articles?nonsense=1"):
        get, head = await http.get(address), await http.head(address)
        assert (head.status_code, head.headers, head.content) == (get.status_code, get.headers, b"")
