"""The page's script says the same as the server does: ages, headings, how a time was found."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route

from services.api.page.assets import load_assets
from services.api.page.headline import also
from services.api.page.places import source_place, tag_place
from services.api.page.story import counts
from services.api.page.times import found, minute
from tests.api.age_table import AGES
from tests.api.page.group_table import GROUPS

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ORIGIN = "http://page.test"


@pytest.fixture
def script(page: Page) -> Page:
    """A tab in which the script can be imported; no server is needed for it."""
    script = load_assets()["dateline.js"]

    def answer(route: Route) -> None:
        if route.request.url == f"{ORIGIN}/dateline.js":
            route.fulfill(body=script.content, content_type=script.media_type)
        else:
            route.fulfill(body="<!doctype html><body>", content_type="text/html")

    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/")
    return page


def test_ages(script: Page) -> None:
    now = round(NOW.timestamp() * 1000)
    times = [now - round(seconds * 1000) for seconds, _words in AGES]
    words = script.evaluate(
        "async ([times, now]) => { const { age } = await import('/dateline.js'); "
        "return times.map((time) => age(time, now)) }",
        [times, now],
    )
    assert words == [words for _seconds, words in AGES]


def test_headings(script: Page) -> None:
    rows = [[time, now] for time, now, _label in GROUPS]
    labels = script.evaluate(
        "async (rows) => { const { group } = await import('/dateline.js'); "
        "return rows.map(([time, now]) => group(Date.parse(time), Date.parse(now))) }",
        rows,
    )
    assert labels == [label for _time, _now, label in GROUPS]


@pytest.mark.parametrize(
    "method", ["feed:pubDate", "feed:atom:updated", "first_seen", "url", "page:json-ld:datePublished"]
)
def test_how_a_time_was_found(script: Page, method: str) -> None:
    time = "2026-03-01T08:02:03.250000Z"
    title = script.evaluate("async ([t, m]) => (await import('/dateline.js')).timeTitle(t, m)", [time, method])
    assert title == f"{minute(datetime.fromisoformat(time))}, {found(method)}"


def test_the_addresses_of_tags_and_sources(script: Page) -> None:
    keys = ["topic:politics", "it's (a) ~test~!*", "a/b?c#d&e=f %", "..", ".", "", "Ärger ☂ 𝄞"]
    places = script.evaluate(
        "async (keys) => { const { placeOf } = await import('/dateline.js'); "
        "return keys.map((key) => [placeOf('tag', key), placeOf('source', key)]) }",
        keys,
    )
    assert places == [[tag_place(key), source_place(key)] for key in keys]


def test_how_much_is_told_of_a_story_and_by_whom_else(script: Page) -> None:
    stories = [{"id": "s", "size": size, "sources": of} for size, of in ((1, 1), (2, 1), (3, 1), (2, 2), (1234, 1001))]
    said = script.evaluate(
        "async (stories) => { const { alsoIn, counts } = await import('/dateline.js'); "
        "return stories.map((story) => [alsoIn(story), counts(story)]) }",
        stories,
    )
    links = [also({"id": "a", "story": story}) for story in stories]
    assert said == [[link.label if link else "", counts(story)] for link, story in zip(links, stories, strict=True)]
