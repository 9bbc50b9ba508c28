"""The page over HTTP, from a real read model, under a fixed clock."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
from redis.asyncio import Redis

from services.api.app import Running, create_app
from services.api.live.hub import Hub
from services.api.page.headlines import HEADLINES
from services.api.readmodel.changes import Incoming
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import EntryId, Stream
from services.api.settings import ApiSettings
from services.contracts.articles import ArticlePublished, ArticleRevised
from services.contracts.enrichments import ArticleEnriched
from services.contracts.feeds import Feed, FeedChanged
from services.wire.broker_url import BrokerUrl
from tests.api.page.samples import NOW, article_model, enrichment_model

pytestmark = pytest.mark.anyio
FEED = article_model().feed


class Wire:
    """A read model to which events are applied, and a client of the page."""

    def __init__(self, model: ReadModel, client: httpx.AsyncClient) -> None:
        self._model, self.client, self._entries = model, client, 0

    async def publish(self, title: str, *tags: str, minutes_ago: int = 1) -> UUID:
        article = article_model(title, first_seen=NOW - timedelta(minutes=minutes_ago))
        enrichment = enrichment_model(article, *tags, published=article.first_seen)
        await self._apply(Stream.ARTICLES, ArticlePublished(id="a", source="/test", time=NOW, data=article))
        await self._apply(Stream.ENRICHMENTS, ArticleEnriched(id="e", source="/test", time=NOW, data=enrichment))
        return article.id

    async def revise(self, known: str, **fields: str) -> None:
        article = article_model(known).model_copy(update={"revision": 2, "seen": NOW, **fields})
        await self._apply(Stream.ARTICLES, ArticleRevised(id="r", source="/test", time=NOW, data=article))

    async def report(self, feed: Feed) -> None:
        await self._apply(Stream.FEEDS, FeedChanged(id="f", source="/test", time=NOW, data=feed))

    async def _apply(
        self, stream: Stream, event: ArticlePublished | ArticleRevised | ArticleEnriched | FeedChanged
    ) -> None:
        self._entries += 1
        await self._model.apply(stream, [Incoming(EntryId(1, self._entries), event)])

    async def page(self, path: str, status: int = 200) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return answer.text


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    async with ReadModel(tmp_path / "dateline.db") as model:
        settings = ApiSettings(redis_url=BrokerUrl.parse("redis://127.0.0.1:1/0"))
        async with Redis.from_url(str(settings.redis_url)) as redis:
            app = create_app(settings, Running(model, Hub(), redis, []), clock=lambda: NOW)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wire.test") as client:
                yield Wire(model, client)


def titles(html: str) -> list[str]:
    return re.findall(r'<h3[^>]*><a href="/articles/[^"]+">([^<]+)</a>', html)


async def test_headlines_newest_first_under_their_headings(wire: Wire) -> None:
    await wire.publish("Earlier", minutes_ago=90)
    await wire.publish("Now")
    await wire.publish("Day before", minutes_ago=13 * 60)
    html = await wire.page("/")
    assert titles(html) == ["Now", "Earlier", "Day before"]
    assert re.findall(r'data-group="([^"]+)"', html) == ["Last hour", "Today", "Yesterday"]
    assert "Sunday 1 March 2026" in html


async def test_older_links_lead_through_everything_once(wire: Wire) -> None:
    for number in range(2 * HEADLINES + 5):
        await wire.publish(f"Number {number}", "Odd" if number % 2 else "Even", minutes_ago=number)
    path, seen = "/tag/category%3Aodd", list[str]()
    while path:
        html = await wire.page(path)
        seen += titles(html)
        older = re.search(r'rel="next" href="([^"]+)"', html)
        path = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"Number {number}" for number in range(1, 2 * HEADLINES + 5, 2)]


async def test_the_page_knows_where_its_stream_begins(wire: Wire) -> None:
    await wire.publish("Ferry", "Transport")
    assert 'data-stream="/v1/stream" data-position="1-1_1-2_0-0"' in await wire.page("/")
    assert 'data-stream="/v1/stream?tag=category%3Atransport"' in await wire.page("/tag/category:transport")
    assert 'data-stream="/v1/stream?q=ferry"' in await wire.page("/?q=ferry")
    assert "data-stream" not in await wire.page("/?sort=revised")


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [
        ("/?colour=red", 400, "colour"),
        ("/?source=a&source=b", 400, "source"),
        ("/?cursor=nonsense", 400, "cursor"),
        ("/?since=yesterday", 400, "since"),
        ("/feeds?colour=2", 400, "colour"),
        ("/feeds?page=0", 400, "page"),
        ("/feeds/nonsense", 404, "no such feed"),
        ("/tag/nobody%3Cb%3E", 404, "nobody&lt;b&gt;"),
        ("/source/nobody", 404, "nobody"),
        ("/articles/aa8df6c0-4b4c-5a33-a236-c60cb1f80e60/revisions", 404, "article"),
        ("/articles/aa8df6c0-4b4c-5a33-a236-c60cb1f80e60", 404, "article"),
        ("/articles/unknown%3Cb%3E", 404, "unknown&lt;b&gt;"),
    ],
)
async def test_what_cannot_be_shown_is_a_page_that_says_why(wire: Wire, path: str, status: int, named: str) -> None:
    html = await wire.page(path, status)
    assert named in html.partition("<main")[2]
    assert 'href="/"' in html.partition("<main")[2]


async def test_an_article_with_its_source_link(wire: Wire) -> None:
    subject = await wire.publish("Ferry", "Transport")
    html = await wire.page(f"/articles/{subject}")
    link = f'<a href="https://courier.example/{subject}" rel="noopener noreferrer external">Source link</a>'
    assert link in html
    assert "<p>It runs twice an hour.</p>" in html
    assert "1 March 2026, 11:59 UTC" in html


async def test_feeds_with_their_state(wire: Wire) -> None:
    assert "No feed is read yet" in await wire.page("/feeds")
    await wire.report(
        Feed(id=FEED.id, url=FEED.url, status="failing", change="failed", reason="The server answers 503.", since=NOW)
    )
    html = await wire.page("/feeds")
    assert "The server answers 503." in html
    assert "Failing" in html


async def test_a_tag_and_a_source_have_pages_with_counts_and_feeds(wire: Wire) -> None:
    await wire.publish("Ferry", "Transport")
    await wire.publish("Trams", "Transport", minutes_ago=2)
    await wire.publish("Bees", minutes_ago=3)
    tag = await wire.page("/tag/category:transport")
    assert titles(tag) == ["Ferry", "Trams"]
    assert "2 articles" in tag
    for form in ("rss", "atom", "jsonfeed"):
        assert f'href="/v1/articles.{form}?tag=category%3Atransport"' in tag
        assert (await wire.client.get(f"/v1/articles.{form}?tag=category%3Atransport")).status_code == 200
    source = await wire.page("/source/courier.example")
    assert '<h1 dir="auto">Harbour Courier</h1>' in source
    assert "3 articles" in source
    assert 'href="/source/courier.example?tag=category%3Atransport"' in source
    assert titles(await wire.page("/source/courier.example?tag=category:transport")) == ["Ferry", "Trams"]


async def test_a_search_marks_what_it_found_and_can_be_narrowed_and_ordered(wire: Wire) -> None:
    await wire.publish("Ferry", "Transport")
    await wire.publish("Night ferry saved", minutes_ago=2)
    html = await wire.page("/search?q=ferry")
    assert "Night <mark>ferry</mark> saved" in html
    assert "2 articles" in html
    assert 'href="/search?q=ferry&amp;tag=category%3Atransport"' in html
    assert 'href="/search?q=ferry&amp;sort=relevance"' in html
    narrowed = await wire.page("/search?q=ferry&tag=category:transport")
    assert 'Do not narrow down to </span><span dir="auto">Transport</span>' in narrowed
    assert "Night" not in narrowed
    assert "Best first" in await wire.page("/search?q=ferry&sort=relevance")
    assert await wire.page("/?q=ferry") == html
    assert "What can be asked for" in await wire.page("/search")


@pytest.mark.parametrize(
    ("query", "message", "shown"),
    [
        ("(ferry", "This ( is not closed", "<mark>(</mark>ferry"),
        ("ferry colour:red", "There is no field colour:", "ferry <mark>c</mark>olour:red"),
        ("ferry OR", "Something is missing at the end", "ferry OR<mark> </mark>"),
        ('"<b>" )', "This ) closes nothing", "&#34;&lt;b&gt;&#34; <mark>)</mark>"),
    ],
)
async def test_a_query_that_is_not_understood_is_marked_at_the_place(
    wire: Wire, query: str, message: str, shown: str
) -> None:
    html = await wire.page(f"/search?q={quote(query)}", 400)
    assert message in html
    assert shown in html
    assert 'aria-invalid="true"' in html
    assert "/v1/stream" not in html


async def test_revisions_show_what_changed(wire: Wire) -> None:
    subject = await wire.publish("Ferry saved")
    await wire.revise("Ferry saved", title="Night ferry <saved>", text="It runs thrice an hour.")
    article = await wire.page(f"/articles/{subject}")
    assert f'href="/articles/{subject}/revisions"' in article
    html = await wire.page(f"/articles/{subject}/revisions")
    assert "<ins>" in html
    assert "<del>" in html
    assert "&lt;saved&gt;" in html
    assert html.index("Revision 2") < html.index("As first read")


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/nonsense", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("/nonsense", "*/*", "application/problem+json"),
        ("/nonsense", "application/json", "application/problem+json"),
        ("/v1/nonsense", "text/html", "application/problem+json"),
    ],
)
async def test_errors_are_pages_where_a_page_was_asked_for(wire: Wire, path: str, accept: str, kind: str) -> None:
    answer = await wire.client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (404, kind)


async def test_a_page_lets_nothing_run_but_its_own_script(wire: Wire) -> None:
    await wire.publish("Ferry")
    answer = await wire.client.get("/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"\s(style|on[a-z]+)=", answer.text)
    loaded = re.findall(r'<(?:script|img|link rel="(?:stylesheet|icon)")[^>]+(?:src|href)="([^"]+)', answer.text)
    assert [path.startswith("/static/") for path in loaded] == [True] * 3


async def test_its_files_may_be_kept_for_ever_and_change_their_name_when_they_change(wire: Wire) -> None:
    paths = re.findall(r'"(/static/[^"]+)"', await wire.page("/"))
    for path in paths:
        plain = await wire.client.get(path, headers={"Accept-Encoding": "identity"})
        small = await wire.client.get(path, headers={"Accept-Encoding": "gzip, br"})
        assert plain.status_code == 200
        assert "immutable" in plain.headers["cache-control"]
        assert "content-encoding" not in plain.headers
        assert (small.headers["content-encoding"], small.content) == ("gzip", plain.content)
    assert {path.rpartition(".")[2] for path in paths} == {"css", "js", "svg"}
    assert (await wire.client.get("/static/dateline.0123456789ab.css")).status_code == 404
