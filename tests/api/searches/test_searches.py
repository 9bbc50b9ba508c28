"""Saving searches, and having what they find as feeds, lists and streams."""

import sqlite3
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import feedparser
import httpx
import pytest
from redis.asyncio import Redis

from services.api.settings import ApiSettings
from tests.api.events import article_id, enriched, published, story_changed
from tests.api.searches.conftest import saved
from tests.api.searches.receiver import Receiver
from tests.api.serving import listening, put, served
from tests.waiting import until

pytestmark = pytest.mark.anyio

UNKNOWN = UUID(int=7)


async def test_a_search_is_saved_changed_and_removed(client: httpx.AsyncClient) -> None:
    made = await saved(client, "rain OR snow", limit=10)
    address = made["links"]["self"]
    assert (made["name"], made["q"], made["limit"], made["broken"]) == ("About rain OR snow", "rain OR snow", 10, None)
    assert (await client.get(address)).json() == made
    assert (await client.get("/v1/searches")).json() == {"searches": [made]}
    edited = (await client.patch(address, json={"name": "Weather", "q": "tag:weather"})).json()
    assert (edited["name"], edited["q"], edited["limit"], edited["made"]) == (
        "Weather",
        "tag:weather",
        10,
        made["made"],
    )
    assert (await client.get(address)).json() == edited
    assert (await client.delete(address)).status_code == 204
    assert (await client.get(address)).status_code == 404
    assert (await client.get("/v1/searches")).json() == {"searches": []}


async def test_what_it_finds_is_had_in_every_form(client: httpx.AsyncClient, redis: Redis) -> None:
    await put(redis, published(1), published(2, title="Rain"), published(3, title="More rain"))
    links = (await saved(client, "rain"))["links"]
    async with listening(client, "/v1/stream?since=2026-01-01") as listener:
        await until(lambda: len(listener.heard) == 3)
    for form, version in (("rss", "rss20"), ("atom", "atom10")):
        found = feedparser.parse((await client.get(links[form])).content)
        assert (found.bozo, found.version, found.feed.title) == (0, version, "About rain")
        assert [entry.title for entry in found.entries] == ["More rain", "Rain"]
    assert found.feed.id == f"urn:uuid:{links['self'].rsplit('/', 1)[1]}"
    document = (await client.get(links["json_feed"])).json()
    assert [item["id"] for item in document["items"]] == [article_id(3).urn, article_id(2).urn]
    listed = (await client.get(links["articles"])).json()["articles"]
    assert {article["title"] for article in listed} == {"Rain", "More rain"}
    async with listening(client, links["stream"] + "?since=2026-01-01") as listener:
        await put(redis, published(4, title="Snow"), published(5, title="Rain again"))
        await until(lambda: listener.what == ["article Rain", "article More rain", "article Rain again"])


async def test_its_feeds_have_as_many_entries_as_it_says_and_go_on(client: httpx.AsyncClient, redis: Redis) -> None:
    await put(redis, *(published(number, minutes=number) for number in range(5)))
    async with listening(client, "/v1/stream?since=2026-01-01") as listener:
        await until(lambda: len(listener.heard) == 5)
    address, titles = (await saved(client, limit=2))["links"]["json_feed"], []
    while address:
        document = (await client.get(address)).json()
        titles.append([item["title"] for item in document["items"]])
        address = document.get("next_url")
    assert titles == [["Article 4", "Article 3"], ["Article 2", "Article 1"], ["Article 0"]]


async def test_a_folded_search_leaves_out_repeats_everywhere(client: httpx.AsyncClient, redis: Redis) -> None:
    links = (await saved(client, fold="repeats"))["links"]
    await put(redis, published(1), published(2), enriched(1), enriched(2, repeats=1))
    async with listening(client, links["stream"] + "?since=2026-01-01") as listener:
        await put(redis, published(3), enriched(3))
        # Its enrichment may be read before it is: then the article is told of enriched.
        await until(lambda: any(one.data["enriched"] for one in listener.heard if one.data["title"] == "Article 3"))
    assert "enrichment 2" not in listener.what
    document = (await client.get(links["json_feed"])).json()
    assert {item["title"] for item in document["items"]} == {"Article 1", "Article 3"}
    assert "fold=repeats" in links["articles"]


async def test_a_search_folded_to_stories_tells_of_each_once(
    client: httpx.AsyncClient, redis: Redis, here: Receiver
) -> None:
    links = (await saved(client, fold="story"))["links"]
    assert (await client.post(links["webhooks"], json={"url": here.url})).status_code == 201
    async with listening(client, links["stream"] + "?since=2026-01-01") as listener:
        await put(redis, *(published(number, minutes=number) for number in (1, 2, 3)))
        await put(redis, story_changed(1, 1, "opened", joined=(1,)), story_changed(1, 2, joined=(2,)))
        await put(redis, story_changed(3, 3, "opened", joined=(3,)))
        await until(lambda: len(listener.heard) == 2 and len(here.came) == 2)
    assert listener.what == here.what == ["story Story 1", "story Story 3"]
    for form in ("rss", "atom"):
        assert [entry.title for entry in feedparser.parse((await client.get(links[form])).content).entries] == [
            "Article 3",
            "Article 1",
        ]
    document = (await client.get(links["json_feed"])).json()
    assert [item["title"] for item in document["items"]] == ["Article 3", "Article 1"]
    assert "fold=story" in links["articles"]
    listed = (await client.get(links["articles"])).json()["articles"]
    assert [article["title"] for article in listed] == ["Article 3", "Article 2"]


async def test_all_searches_are_a_list_of_feeds(client: httpx.AsyncClient) -> None:
    first, second = await saved(client, "rain & snow"), await saved(client, "intitle:storm")
    answer = await client.get("/v1/searches.opml")
    assert answer.headers["content-type"].startswith("text/x-opml")
    outlines = ElementTree.fromstring(answer.content).findall("./body/outline")
    base = str(client.base_url).rstrip("/")
    assert {outline.attrib["text"]: outline.attrib["xmlUrl"] for outline in outlines} == {
        search["name"]: base + search["links"]["atom"] for search in (first, second)
    }


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"name": "Weather", "q": "rain OR (snow"}, "this ( is not closed"),
    ({"name": "Weather", "q": "..."}, "there is nothing to search for"),
    ({"name": "Weather", "q": ""}, "q: String should have at least 1 character"),
    ({"name": "", "q": "rain"}, "name: String should have at least 1 character"),
    ({"q": "rain"}, "name: Field required"),
    ({"name": "Weather", "q": "rain", "limit": 501}, "limit: Input should be less than or equal to 500"),
    ({"name": "Weather", "q": "rain", "fold": "paper"}, "fold: Input should be 'repeats' or 'story'"),
    ({"name": "Weather", "q": "rain", "colour": "red"}, "colour: Extra inputs"),
]


@pytest.mark.parametrize(("body", "said"), MISTAKES)
async def test_a_mistake_is_refused_and_pointed_at(client: httpx.AsyncClient, body: dict[str, Any], said: str) -> None:
    answer = await client.post("/v1/searches", json=body)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert ("at" in answer.json()) == ("(snow" in body.get("q", "") or body.get("q") == "...")
    address = (await saved(client))["links"]["self"]
    assert (await client.patch(address, json=body | {"colour": 1})).status_code == 422
    assert (await client.patch(address, json={"q": None})).json()["parameter"] == "q"


async def test_a_search_that_is_not_understood_any_more_is_reported_not_empty(settings: ApiSettings) -> None:
    """As one may be that was saved by another version of Dateline."""
    async with served(settings) as client:
        address = (await saved(client))["links"]["self"]
    with sqlite3.connect(settings.searches_file) as file:
        file.execute("UPDATE searches SET q = 'mood:happy'")
    file.close()
    async with served(settings) as client:
        found = (await client.get(address)).json()
        assert found["broken"]["at"] == 0
        assert "there is no field mood:" in found["broken"]["detail"]
        for name in ("rss", "atom", "json_feed", "stream"):
            answer = await client.get(found["links"][name])
            assert (answer.status_code, answer.json()["type"]) == (409, "/docs#broken-search")
            assert "there is no field mood:" in answer.json()["detail"]
        assert (await client.patch(address, json={"q": "rain"})).json()["broken"] is None
        assert (await client.get(found["links"]["rss"])).status_code == 200


async def test_it_outlives_the_loss_of_the_read_model(settings: ApiSettings) -> None:
    async with served(settings) as client:
        made = await saved(client)
    for file in settings.database_path.parent.glob(f"{settings.database_path.name}*"):
        file.unlink()
    async with served(settings) as client:
        assert (await client.get("/v1/searches")).json() == {"searches": [made]}


async def test_the_file_is_its_owners_alone(client: httpx.AsyncClient, settings: ApiSettings) -> None:
    await saved(client)
    assert settings.searches_file.stat().st_mode & 0o077 == 0


async def test_reading_is_open_and_webhooks_are_not(client: httpx.AsyncClient) -> None:
    links = (await saved(client))["links"]
    client.headers.pop("Authorization")
    for address in (
        "/v1/searches",
        "/v1/searches.opml",
        links["self"],
        links["rss"],
        links["atom"],
        links["json_feed"],
    ):
        assert (await client.get(address)).status_code == 200, address
    assert (await client.get(links["webhooks"])).status_code == 401
    for method, address in (("POST", "/v1/searches"), ("PATCH", links["self"]), ("DELETE", links["self"])):
        answer = await client.request(method, address, json={})
        assert (answer.status_code, answer.json()["scope"]) == (401, "write")


async def test_what_is_not_there_is_said(client: httpx.AsyncClient) -> None:
    webhooks = f"{(await saved(client))['links']['self']}/webhooks"
    for address in (
        f"/v1/searches/{UNKNOWN}", f"/v1/searches/{UNKNOWN}/feed.rss", f"/v1/searches/{UNKNOWN}/stream",
        f"/v1/searches/{UNKNOWN}/webhooks", f"{webhooks}/{UNKNOWN}", f"{webhooks}/{UNKNOWN}/dead-letters",
    ):  # fmt: skip
        assert (await client.get(address)).status_code == 404, address


def test_a_file_of_something_else_stops_the_start_in_one_line(tmp_path: Path) -> None:
    from services.api.searches.schema import SearchesUnusable, open_searches  # noqa: PLC0415

    path = tmp_path / "searches.db"
    path.write_text("no database\n" * 100)
    with pytest.raises(SearchesUnusable, match="file is not a database"):
        open_searches(path)
    path.unlink()
    newer = open_searches(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(SearchesUnusable, match="written by a newer Dateline"):
        open_searches(path)
