"""The page over HTTP, from a real read model, under a fixed clock."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from services.api.page.routes import HEADLINES, page_routes
from services.api.readmodel.changes import Incoming
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import EntryId, Stream
from services.contracts.articles import ArticlePublished
from services.contracts.enrichments import ArticleEnriched
from services.contracts.feeds import Feed, FeedChanged
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

    async def report(self, feed: Feed) -> None:
        await self._apply(Stream.FEEDS, FeedChanged(id="f", source="/test", time=NOW, data=feed))

    async def _apply(self, stream: Stream, event: ArticlePublished | ArticleEnriched | FeedChanged) -> None:
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
        app = FastAPI()
        app.include_router(page_routes(model, lambda: NOW))
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
    path, seen = "/?tag=category%3Aodd", list[str]()
    while path:
        html = await wire.page(path)
        seen += titles(html)
        older = re.search(r'rel="next" href="([^"]+)"', html)
        path = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"Number {number}" for number in range(1, 2 * HEADLINES + 5, 2)]


async def test_the_page_knows_where_its_stream_begins(wire: Wire) -> None:
    await wire.publish("Ferry", "Transport")
    assert 'data-stream="/v1/stream" data-position="1-1_1-2_0-0"' in await wire.page("/")
    assert 'data-stream="/v1/stream?tag=category%3Atransport"' in await wire.page("/?tag=category:transport")
    assert 'data-stream="/v1/stream?q=ferry"' in await wire.page("/?q=ferry")
    assert "data-stream" not in await wire.page("/?sort=revised")


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [
        ("/?colour=red", 400, "colour"),
        ("/?source=a&source=b", 400, "source"),
        ("/?cursor=nonsense", 400, "cursor"),
        ("/?since=yesterday", 400, "since"),
        ("/feeds?page=2", 400, "page"),
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
    assert "failing" in html


async def test_a_page_lets_nothing_run_but_its_own_script(wire: Wire) -> None:
    await wire.publish("Ferry")
    answer = await wire.client.get("/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"\s(style|on[a-z]+)=", answer.text)
    assert re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"(/static/|[^\"]+)", answer.text) == ["/static/"] * 3


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
