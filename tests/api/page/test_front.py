"""The front page's heading and links, and the templates, from headlines alone."""

import re
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from services.api.page.article import article_page
from services.api.page.assets import load_assets
from services.api.page.feed import feed_line
from services.api.page.front import address, facet_links, heading, stream_address
from services.api.page.headline import BLANK, Link, grouped
from services.api.page.rendering import Renderer
from services.api.query.parse import parse
from services.api.readmodel.filters import Filter
from tests.api.page.samples import NOW, full, listed


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Filter(), ""),
        (Filter(tags=("category:transport",)), "Transport"),
        (Filter(tags=("category:transport", "unknown")), "Transport, unknown"),
        (Filter(source="courier.example"), "From Harbour Courier"),
        (Filter(query=parse("ferry"), language="en"), "“ferry” in language “en”"),
        (Filter(since=datetime.fromisoformat("2026-02-28T00:00:00Z")), "Since 28 February 2026, 00:00 UTC"),
    ],
)
def test_the_heading_says_what_the_page_is_narrowed_down_to(wanted: Filter, words: str) -> None:
    assert heading(wanted, [listed("Ferry", "Transport")]) == words


def test_the_heading_of_an_empty_page_has_only_what_was_asked_for() -> None:
    assert heading(Filter(source="courier.example"), []) == "From courier.example"


def test_addresses_keep_what_was_given_and_replace_what_is_new() -> None:
    given = [("tag", "a b"), ("tag", "c&d"), ("cursor", "old")]
    assert address("/", given, cursor="new=") == "/?tag=a%20b&tag=c%26d&cursor=new%3D"
    assert address("/", []) == "/"


@pytest.mark.parametrize(
    ("given", "stream"),
    [
        ([], "/v1/stream"),
        ([("tag", "a"), ("lang", "en")], "/v1/stream?tag=a&lang=en"),
        ([("q", "ferry -tag:a")], "/v1/stream?q=ferry%20-tag%3Aa"),
        ([("sort", "revised")], None),
        ([("tag", "a"), ("cursor", "x")], None),
    ],
)
def test_only_a_page_that_begins_at_the_newest_and_can_be_followed_is_live(
    given: list[tuple[str, str]], stream: str | None
) -> None:
    assert stream_address(given) == stream


@pytest.fixture
def renderer() -> Renderer:
    return Renderer(load_assets())


def front(renderer: Renderer, articles: list[dict[str, Any]], **view: Any) -> str:
    shown = {
        "heading": "", "groups": grouped(articles, NOW), "blank": BLANK, "leads": True, "nothing": "Nothing yet.",
        "older": None, "newest": None, "tags": [], "sources": [], "stream": "/v1/stream", "position": "0-0_0-0_0-0",
    }  # fmt: skip
    return bytes(renderer.page("front.html", NOW, {**shown, **view}).body).decode()


def test_everything_that_others_write_is_escaped(renderer: Renderer) -> None:
    attack = "\"'><script>alert(1)</script>"
    article = listed(attack, attack, summary="Says " + attack)
    article["source"] = {"id": attack, "name": attack, "url": None}
    article["language"] = attack
    for html in (
        front(renderer, [article], heading=attack, nothing=attack, query=attack, older=attack),
        bytes(
            renderer.page("article.html", NOW, article_page(full(attack, html=f"<p>{attack}</p>"), NOW)).body
        ).decode(),
    ):
        assert "<script>" not in html
        assert html.count("<script") == 1
        assert not re.search(r"""=["'][^"']*["']>?<script""", html)


def test_only_the_first_headline_leads(renderer: Renderer) -> None:
    html = front(renderer, [listed("A", minutes_ago=1), listed("B", minutes_ago=2), listed("C", minutes_ago=120)])
    assert re.findall(r'class="headline lead"|<h2>|<h3 ', html)[:3] == ["<h2>", 'class="headline lead"', "<h3 "]
    assert html.count("headline lead") == 1


def test_a_text_that_cannot_be_written_as_utf8_does_not_take_the_page_down(renderer: Renderer) -> None:
    article = listed("A") | {"title": "Half \ud83d pair"}
    assert "Half ? pair" in front(renderer, [article])


def test_an_empty_page_says_so(renderer: Renderer) -> None:
    assert "Nothing yet." in front(renderer, [])
    assert "Nothing yet." not in front(renderer, [listed()])


def test_an_article_without_link_enrichment_or_text_is_still_a_page(renderer: Renderer) -> None:
    article = full("Bare", enriched=False, url=None, summary=None, text=None)
    html = bytes(renderer.page("article.html", NOW, article_page(article, NOW)).body).decode()
    assert "The feed gives no link" in html
    assert "not enriched yet" in html


def test_the_summary_stands_above_a_body_that_does_not_begin_with_it() -> None:
    body = "Forty people stood at the rail."
    assert article_page(full(summary="A quiet start.", text=body), NOW)["standfirst"] == "A quiet start."
    assert article_page(full(summary="Forty people stood…", text=body), NOW)["standfirst"] is None
    assert article_page(full(summary="A quiet start.", text=None), NOW)["standfirst"] is None


def test_revisions_are_listed_newest_first() -> None:
    revisions = article_page(full("Ferry", revisions=3), NOW)["revisions"]
    assert [(revision["number"], revision["title"]) for revision in revisions] == [
        (3, "Ferry, take 3"),
        (2, "Ferry, take 2"),
        (1, "Ferry, take 1"),
    ]


def test_a_feed_says_how_it_is_and_why(renderer: Renderer) -> None:
    feed = {
        "id": str(uuid5(NAMESPACE_URL, "f")), "url": "https://courier.example/feed.xml", "title": None,
        "status": "failing", "reason": "503 <busy>", "articles": 1, "since": "2026-03-01T11:00:00Z",
        "polled_at": None, "next_poll_at": None,
    }  # fmt: skip
    html = bytes(renderer.page("feeds.html", NOW, {"feeds": [feed_line(feed, NOW)]}).body).decode()
    assert "503 &lt;busy&gt;" in html
    assert "about 1 hour ago" in html


def test_two_tags_with_one_label_are_one_link() -> None:
    facets = [("transport", "Transport"), ("category:transport", "transport"), ("sport", "Sport")]
    assert facet_links("tag", facets) == [Link("/?tag=transport", "Transport"), Link("/?tag=sport", "Sport")]


def test_the_age_of_an_article_without_a_time_of_its_own_is_marked_as_that_of_its_first_sight(
    renderer: Renderer,
) -> None:
    dated = listed("Dated")
    undated = listed("Undated") | {"published": None, "time_method": "first_seen"}
    assert 'class="age undated"' not in front(renderer, [dated])
    assert 'class="age undated"' in front(renderer, [dated, undated])
