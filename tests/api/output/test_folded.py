"""Feeds that are folded: one entry a story, and the same one however the story grows."""

import feedparser
import httpx
import pytest

from tests.api.conftest import Wire
from tests.api.events import enriched, published, story_changed
from tests.api.output.feeds import FORMS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def told(wire: Wire) -> Wire:
    """Story 1: 1, 2 and a repeat of that, 4. Story 3: 3. 5 has none, 6 repeats it."""
    for number in range(1, 7):
        await wire.tell(published(number, minutes=number, text="storm"))
    await wire.tell(enriched(4, minutes=4, repeats=2), enriched(6, minutes=6, repeats=5))
    await wire.tell(enriched(2, minutes=2, tags=("sea",)))
    await wire.tell(story_changed(1, 1, "opened", joined=(1,)), story_changed(1, 2, joined=(2, 4)))
    await wire.tell(story_changed(3, 3, "opened", joined=(3,)))
    return wire


async def entries(http: httpx.AsyncClient, form: str, query: str) -> list[tuple[str, str]]:
    """Title and id, over all pages."""
    found: list[tuple[str, str]] = []
    address: str | None = f"/v1/articles.{form}?{query}"
    while address:
        answer = await http.get(address)
        assert answer.status_code == 200, answer.text
        if form == "jsonfeed":
            document = answer.json()
            found += [(item["title"], item["id"]) for item in document["items"]]
            address = document.get("next_url")
        else:
            read = feedparser.parse(answer.content)
            assert read.bozo == 0
            found += [(entry.title, entry.id) for entry in read.entries]
            address = next((link.href for link in read.feed.links if link.rel == "next"), None)
    return found


def numbers(found: list[tuple[str, str]]) -> str:
    return "".join(title.removeprefix("Article ") for title, _ in found)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fold=story", "531"),
        ("fold=story&limit=1", "531"),
        ("fold=story&sort=published", "531"),
        ("fold=story&sort=revised", "531"),
        ("fold=story&tag=sea", "2"),
        ("fold=story&q=storm", "531"),
        ("fold=repeats", "5321"),
    ],
)
async def test_a_story_has_one_entry(http: httpx.AsyncClient, form: str, query: str, expected: str) -> None:
    assert numbers(await entries(http, form, query)) == expected


@pytest.mark.usefixtures("told")
async def test_the_best_stands_for_its_story_where_the_best_is_asked_for(http: httpx.AsyncClient, told: Wire) -> None:
    await told.tell(published(7, minutes=7, title="Storm, storm"), story_changed(1, 4, joined=(7,)))
    assert numbers(await entries(http, "atom", "fold=story&q=storm&sort=relevance"))[:12] == "Storm, storm"


@pytest.mark.parametrize("form", FORMS)
async def test_its_entry_stays_however_it_grows(http: httpx.AsyncClient, told: Wire, form: str) -> None:
    before = await entries(http, form, "fold=story")
    await told.tell(published(7, minutes=7), story_changed(1, 4, joined=(7,)))
    await told.tell(published(8, minutes=8), enriched(8, minutes=8), story_changed(3, 5, joined=(8,)))
    assert await entries(http, form, "fold=story") == before


async def test_stories_that_become_one_have_the_entry_of_the_older(http: httpx.AsyncClient, told: Wire) -> None:
    await told.tell(story_changed(3, 4, "merged", into=1), story_changed(1, 5, joined=(3,)))
    assert numbers(await entries(http, "rss", "fold=story")) == "51"
