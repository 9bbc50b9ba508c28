"""What a page of headlines is narrowed down to, and the templates, from headlines alone."""

import re
from datetime import datetime
from typing import Any

import pytest

from services.api.page.article import article_page
from services.api.page.assets import load_assets
from services.api.page.headline import BLANK, grouped
from services.api.page.narrowing import Place, chosen, facet_links, further, heading
from services.api.page.places import Link
from services.api.page.rendering import Renderer
from services.api.page.top_stories import orders
from services.api.page.viewer import Viewer
from services.api.query.parse import parse
from services.api.readmodel.counts import Count, FacetCounts
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
    assert Place("/", given).stream() == stream


def test_a_place_of_its_own_counts_as_what_it_stands_for() -> None:
    place = Place("/tag/a", [("lang", "en"), ("cursor", "x")], [("tag", "a")])
    assert place.with_more("source", "s") == "/tag/a?lang=en&source=s"
    assert place.without("lang", "en") == "/tag/a"
    assert [feed.href for feed in place.alternates()] == [
        f"/v1/articles.{form}?tag=a&lang=en" for form in ("rss", "atom", "jsonfeed")
    ]
    assert Place("/tag/a", [], [("tag", "a")]).stream() == "/v1/stream?tag=a"


def test_what_was_chosen_can_be_taken_back_one_by_one() -> None:
    place = Place("/search", [("q", "ferry"), ("tag", "category:transport"), ("lang", "en"), ("since", "2026-03-01")])
    assert [(link.label, link.href) for link in chosen(place, [listed("Ferry", "Transport")])] == [
        ("Transport", "/search?q=ferry&lang=en&since=2026-03-01"),
        ("in en", "/search?q=ferry&tag=category%3Atransport&since=2026-03-01"),
        ("since 2026-03-01", "/search?q=ferry&tag=category%3Atransport&lang=en"),
    ]


def test_ways_to_narrow_down_leave_out_what_is_chosen_and_what_all_have() -> None:
    counts = FacetCounts(
        9, True,
        {
            "tag": [Count("a", "A", 9), Count("b", "B", 5), Count("c", "C", 4)],
            "source": [Count("s", "S", 6), Count("t", "T", 3)],
            "language": [Count("en", "en", 9)],
        },
    )  # fmt: skip
    groups = further(Place("/search", [("q", "x"), ("tag", "c")]), counts)
    assert [(title, [(link.label, link.count) for link in links]) for title, links in groups] == [
        ("Tags", [("B", 5)]),
        ("Sources", [("S", 6), ("T", 3)]),
    ]
    assert groups[1][1][0].href == "/search?q=x&tag=c&source=s"
    assert [title for title, _links in further(Place("/source/s", [], [("source", "s")]), counts)] == ["Tags"]


@pytest.fixture
def renderer() -> Renderer:
    return Renderer(load_assets())


def front(renderer: Renderer, articles: list[dict[str, Any]], **view: Any) -> str:
    shown = {
        "heading": "", "title": "Latest headlines", "orders": orders(momentum=False), "order": "published",
        "here": "front", "groups": grouped(articles, NOW), "blank": BLANK, "leads": True, "nothing": "Nothing yet.",
        "older": None, "newest": None, "rail": [], "narrowed": False, "fold": "story", "stream": "/v1/stream",
        "position": "0-0_0-0_0-0",
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


def test_who_signed_in_is_told_and_no_shared_cache_keeps_the_page(renderer: Renderer) -> None:
    plain = renderer.page("sign_in.html", NOW, {"next": "/", "trouble": None, "here": "sign-in"})
    signed = renderer.page(
        "sign_in.html", NOW, {"next": "/", "trouble": None, "here": "x"}, viewer=Viewer(True, True, "<desk>")
    )
    assert plain.headers["cache-control"] == "no-cache"
    assert signed.headers["cache-control"] == "private, no-cache"
    assert "Signed in by the key “&lt;desk&gt;”" in bytes(signed.body).decode()


def test_two_tags_with_one_label_are_one_link() -> None:
    first, other = Link("/tag/transport", "Transport"), Link("/tag/sport", "Sport")
    assert facet_links([first, Link("/tag/category:transport", "transport"), other]) == [first, other]


def test_the_age_of_an_article_without_a_time_of_its_own_is_marked_as_that_of_its_first_sight(
    renderer: Renderer,
) -> None:
    dated = listed("Dated")
    undated = listed("Undated") | {"published": None, "time_method": "first_seen"}
    assert 'class="age undated"' not in front(renderer, [dated])
    assert 'class="age undated"' in front(renderer, [dated, undated])
