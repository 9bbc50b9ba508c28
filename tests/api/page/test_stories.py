"""Stories on the page: one whole, in order of momentum, and on the pages of their articles."""

import re
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.api.page.headline import also
from services.api.page.reasons import term_label, why
from services.api.page.story import chart
from services.api.page.story_forms import merge_asked, pin_asked, rename_asked, split_asked
from tests.api.conftest import Wire
from tests.api.events import article_id, enriched, published, story_changed

pytestmark = pytest.mark.anyio
TERMS = [{"text": "ferry", "weight": 0.44}, {"text": "place:norhaven", "weight": 0.38}]


@pytest.fixture
async def told(wire: Wire) -> Wire:
    """Story 1 of north and south, who repeats itself; beside it a story of one article, and one without a story."""
    for number, source, minutes in (
        (1, "north", 0),
        (2, "south", 20),
        (3, "south", 30),
        (4, "west", 40),
        (5, "east", 50),
    ):
        await wire.tell(published(number, minutes=minutes, source=f"{source}.example", title=f"Ferries {number}"))
        await wire.tell(enriched(number, minutes=minutes, tags=("sea",), repeats=2 if number == 3 else None))
    await wire.tell(story_changed(1, 1, "opened", joined=(1,)), story_changed(4, 2, "opened", joined=(4,)))
    await wire.tell(
        story_changed(1, 3, joined=(2, 3), title="Norhaven <cut off>", title_from=article_id(2), terms=TERMS)
    )
    return wire


async def page(http: httpx.AsyncClient, path: str, status: int = 200) -> str:
    answer = await http.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def titles(html: str) -> list[str]:
    return re.findall(r'<h3[^>]*><a href="[^"]+">([^<]+)</a>', html)


def place(number: int) -> str:
    return f"/stories/{article_id(number)}"


@pytest.mark.usefixtures("told")
async def test_a_story_says_who_tells_it_since_when_and_why_each_article_belongs(http: httpx.AsyncClient) -> None:
    html = await page(http, place(1))
    assert "Norhaven &lt;cut off&gt;</h1>" in html
    assert "3 articles from 2 sources" in html
    assert re.search(r"first told by <a[^>]+>North.Example</a>", html)
    assert titles(html) == ["Ferries 2", "Ferries 1"]
    assert "The story began with it." in html
    assert "like an earlier article of the story by 0.61, where 0.42 is asked" in html
    assert f'<a href="/articles/{article_id(1)}" dir="auto">Ferries 1</a>' in html
    assert "have in common: ferry, Norhaven" in html
    assert 'href="/source/north.example"' in html
    assert 'data-stream="/v1/stream?story=' in html


@pytest.mark.usefixtures("told")
async def test_a_story_can_be_followed_in_a_reader_of_feeds(http: httpx.AsyncClient) -> None:
    html = await page(http, place(1))
    for form in ("rss", "atom", "jsonfeed"):
        [href] = set(re.findall(rf'href="(/v1/articles\.{form}[^"]+)"', html))
        assert href == f"/v1/articles.{form}?q=story%3A{article_id(1)}"
    feed = await http.get(f"/v1/articles.jsonfeed?q=story%3A{article_id(1)}")
    assert {item["title"] for item in feed.json()["items"]} == {"Ferries 1", "Ferries 2", "Ferries 3"}
    links = (await http.get(f"/v1{place(1)}")).json()["links"]
    assert links["page"] == place(1)


async def test_a_merged_story_leads_to_what_it_is_now(http: httpx.AsyncClient, told: Wire) -> None:
    await told.tell(story_changed(4, 4, "merged", into=1))
    answer = await http.get(f"{place(4)}?done=merged")
    assert (answer.status_code, answer.headers["location"]) == (308, f"{place(1)}?done=merged")
    assert "The stories are one now" in await page(http, f"{place(1)}?done=merged")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/stories/nonsense", 404, "There is no story"),
        (place(5), 404, "There is no story"),
        (f"{place(1)}?colour=red", 400, "colour"),
        ("/?order=random", 400, "order"),
        ("/?order=momentum&lang=en", 400, "lang"),
        ("/?order=momentum&cursor=x", 400, "cursor"),
    ],
)
@pytest.mark.usefixtures("told")
async def test_what_cannot_be_shown_is_a_page_that_says_why(
    http: httpx.AsyncClient, path: str, status: int, said: str
) -> None:
    assert said in (await page(http, path, status)).partition("<main")[2]


@pytest.mark.usefixtures("told")
async def test_the_front_page_has_one_line_a_story_on_all_its_pages(http: httpx.AsyncClient) -> None:
    html = await page(http, "/")
    assert titles(html) == ["Ferries 5", "Ferries 4", "Ferries 2"]
    assert re.findall(r'class="also" href="([^"]+)">([^<]+)<', html) == [(place(1), "also in 1 source")]
    assert 'data-fold="story"' in html
    assert f'data-story="{article_id(1)}"' in html
    assert len(titles(await page(http, "/?tag=sea"))) == 5
    assert titles(await page(http, "/?tag=sea&fold=story")) == ["Ferries 5", "Ferries 4", "Ferries 2"]


async def test_older_pages_of_the_front_page_repeat_no_story(http: httpx.AsyncClient, wire: Wire) -> None:
    for number in range(1, 41):
        await wire.tell(published(number, minutes=number), enriched(number, minutes=number))
    await wire.tell(story_changed(1, 1, "opened", joined=(1,)), story_changed(1, 2, joined=(40,)))
    first = await page(http, "/")
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = await page(http, older[1].replace("&amp;", "&"))
    assert titles(first) + titles(second) == [f"Article {number}" for number in range(40, 1, -1)]
    assert 'aria-current="true">Latest' in second


@pytest.mark.usefixtures("told")
async def test_top_stories_are_a_choice_that_the_address_remembers(http: httpx.AsyncClient) -> None:
    assert 'href="/?order=momentum"' in await page(http, "/")
    html = await page(http, "/?order=momentum&limit=1")
    assert titles(html) == ["Norhaven &lt;cut off&gt;"]
    assert f'<a href="{place(1)}">Norhaven' in html
    assert re.findall(r'data-group="([^"]+)"', html) == ["Told more than usual now"]
    older = re.search(r'rel="next" href="([^"]+)"', html)
    assert older
    assert "order=momentum" in older[1]
    assert titles(await page(http, older[1].replace("&amp;", "&"))) == ["Ferries 4"]
    assert 'data-stream="/v1/stream?types=story"' in html


@pytest.mark.usefixtures("told")
async def test_an_article_leads_to_its_story_and_says_who_else_tells_it(http: httpx.AsyncClient) -> None:
    html = await page(http, f"/articles/{article_id(2)}")
    assert f'<a href="{place(1)}" dir="auto">Norhaven &lt;cut off&gt;</a>' in html
    assert "3 articles from 2 sources" in html
    assert "<h2>Also in 1 source</h2>" in html
    assert f'<a href="/articles/{article_id(1)}" dir="auto">Ferries 1</a>' in html
    assert "Why this article belongs to it" in html
    assert "The story" not in await page(http, f"/articles/{article_id(4)}")


@pytest.mark.usefixtures("told")
async def test_editors_see_forms_and_others_the_way_to_them(http: httpx.AsyncClient) -> None:
    html = await page(http, place(1))
    assert re.findall(r'<form class="form" action="/stories/[^/]+/(\w+)"', html) == ["rename", "merge", "pin", "split"]
    assert html.count('form="split" name="ticked"') == 2
    del http.headers["Authorization"]
    html = await page(http, place(1))
    assert 'name="ticked"' not in html
    assert "Sign in to correct it" in html
    assert (await http.post(f"{place(1)}/rename", data={"title": "x"})).status_code == 401


@pytest.mark.parametrize(
    ("below", "form", "said"),
    [
        ("merge", {"into": "nonsense"}, "Give the address of the other story"),
        ("merge", {"into": f"http://wire.example{place(9)}"}, "there is no story"),
        ("merge", {"into": place(1)}, "one story already"),
        ("split", {}, "Tick the articles"),
        ("split", {"ticked": str(article_id(4))}, "the story has no article"),
        ("pin", {"article": "/articles/"}, "Give the address of the article"),
        ("pin", {"article": str(article_id(9))}, "there is no article"),
        ("rename", {"title": "  "}, "Title: String should have at least 1 character"),
    ],
)
@pytest.mark.usefixtures("told")
async def test_what_cannot_be_is_told_at_its_place(
    http: httpx.AsyncClient, below: str, form: dict[str, str], said: str
) -> None:
    answer = await http.post(f"{place(1)}/{below}", data=form)
    if not form:
        answer = await http.post(
            f"{place(1)}/{below}", content=b"", headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
    assert answer.status_code == 422
    [trouble] = re.findall(r'<p class="trouble" id="(\w+)-trouble" role="alert">([^<]+)</p>', answer.text)
    assert trouble[0] == below
    assert said in trouble[1]


@pytest.mark.usefixtures("told")
async def test_where_redis_does_not_answer_nothing_is_changed_and_it_is_said(http: httpx.AsyncClient) -> None:
    answer = await http.post(f"{place(1)}/rename", data={"title": "Better"}, headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert "Redis does not take commands" in answer.text


@pytest.mark.usefixtures("told")
async def test_no_other_site_can_make_a_browser_edit(http: httpx.AsyncClient) -> None:
    key = http.headers.pop("Authorization").removeprefix("Bearer ")
    http.cookies.set("dateline_key", key)
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        for below in ("merge", "split", "pin", "rename"):
            answer = await http.post(f"{place(1)}/{below}", data={"title": "Owned"}, headers=headers)
            assert answer.status_code == 403, (below, headers)


@pytest.mark.parametrize(
    ("story", "others", "said", "href"),
    [
        (None, None, None, None),
        (None, {"articles": 2, "count": 2}, "also in 2 sources", "/articles/a#also-in"),
        ((1, 1), {"articles": 1, "count": 1}, "also in 1 source", "/articles/a#also-in"),
        ((4, 3), {"articles": 1, "count": 1}, "also in 2 sources", "/stories/s"),
        ((2, 2), None, "also in 1 source", "/stories/s"),
        ((2, 1), None, "1 more article", "/stories/s"),
        ((1, 1), None, None, None),
    ],
)
def test_who_else_tells_it_is_known_by_its_story_or_else_by_its_repeats(
    story: tuple[int, int] | None, others: dict[str, int] | None, said: str | None, href: str | None
) -> None:
    of = {"id": "s", "size": story[0], "sources": story[1]} if story else None
    link = also({"id": "a", "story": of, "also_in": others})
    assert (link and link.label, link and link.href) == (said, href)


@pytest.mark.parametrize(
    ("because", "text"),
    [
        ({"method": "opened"}, "The story began with it"),
        (
            {"method": "opened", "score": 0.2, "threshold": 0.4, "nearest": "b"},
            "The story began with it; what was nearest before was like it by 0.20, where 0.40 is asked",
        ),
        (
            {"method": "similarity", "score": 0.5, "threshold": 0.4, "nearest": "b"},
            "It is like an earlier article of the story by 0.50, where 0.40 is asked",
        ),
        (
            {"method": "opened", "score": -0.013, "threshold": 0.13},
            "The story began with it; nothing before was like it",
        ),
        ({"method": "similarity"}, "It is like an earlier article of the story"),
        ({"method": "repeat", "nearest": "b"}, "It repeats an earlier article of the story"),
        ({"method": "editor"}, "An editor put it here"),
    ],
)
def test_why_an_article_belongs_is_said_in_words(because: dict[str, Any], text: str) -> None:
    said = why(because, {"b": "Before"}, {})
    assert said is not None
    assert said.text == text
    assert (said.nearest and said.nearest.label) == ("Before" if "nearest" in because else None)
    assert why(None, {}, {}) is None


def test_a_term_is_shown_as_people_write_it() -> None:
    names = {"person:ada-o-neil": "Ada O’Neil"}
    terms = [term_label(term, names) for term in ("ferry", "person:ada-o-neil", "place:norhaven", "16:9")]
    assert terms == ["ferry", "Ada O’Neil", "Norhaven", "16:9"]


def hours(*counts: tuple[int, int]) -> list[dict[str, Any]]:
    return [{"hour": f"2026-03-{1 + hour // 24:02}T{hour % 24:02}:00:00Z", "articles": n} for hour, n in counts]


def test_the_chart_has_a_bar_an_hour_or_where_the_story_is_long_one_for_several() -> None:
    assert chart(hours((3, 5))) is None
    short = chart(hours((0, 2), (3, 4)))
    assert short is not None
    assert (short["width"], short["bars"]) == (4, [(0, 12, 12), (3, 0, 24)])
    assert short["about"] == "Articles an hour, 4 at most, from 1 March 2026, 00:00 UTC to 1 March 2026, 04:00 UTC"
    long = chart(hours((0, 1), (1, 2), (143, 6)))
    assert long is not None
    assert (long["width"], [bar[0] for bar in long["bars"]]) == (72, [0, 71])
    assert "in 2 hours" in long["about"]


def test_forms_take_addresses_of_pages_of_the_api_and_bare_ids() -> None:
    subject = UUID(int=7)
    for given in (str(subject), f"/stories/{subject}", f"https://wire.example/v1/stories/{subject}/?done=split"):
        assert merge_asked({"into": [given]}).into == subject
        assert pin_asked({"article": [given]}).article == subject
    assert split_asked({"ticked": [str(subject), str(UUID(int=8))]}).articles == (subject, UUID(int=8))
    assert rename_asked({"title": ["Better"]}).title == "Better"
    assert rename_asked({"title": ["Better"], "automatic": ["yes"]}).title is None
