"""All three services as processes: a feed over HTTP on one side, the API, the stream and the page on the other."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis

from services.contracts.streams import PAYLOAD
from tests.conftest import Server
from tests.e2e.feed_server import FeedServer, rss
from tests.e2e.processes import Processes

FERRY = {
    "title": "Night ferry returns to the old harbour",
    "link": "https://wire.example/ferry?utm_source=rss",
    "description": "<p>The council voted nine to two.</p><p>The first boat leaves on Friday.</p>",
    "category": "Transport",
    "pubDate": "Sun, 01 Mar 2026 09:12:00 +0100",
}
BRIDGE = {"title": "Bridge toll is halved", "link": "https://wire.example/bridge", "description": "From May on."}


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    with FeedServer().running() as feeds:
        yield feeds


@pytest.fixture
def wire(server: Server, tmp_path: Path) -> Iterator[Processes]:
    with Processes(server.url, tmp_path).running() as wire:
        wire.until(lambda wire: wire.http.get("/readyz").status_code == httpx.codes.OK)
        yield wire


def enriched_articles(wire: Processes, count: int) -> list[dict[str, Any]]:
    def all_enriched(wire: Processes) -> list[dict[str, Any]] | None:
        articles = wire.every_article()
        whole = all(article["enriched"] and article["story"] for article in articles)
        return articles if len(articles) == count and whole else None

    found: list[dict[str, Any]] = wire.until(all_enriched)
    return found


class Subscriber:
    """Reads the event stream in a thread, as a browser does, until closed."""

    def __init__(self, wire: Processes, last_event_id: str | None = None) -> None:
        self.events: list[dict[str, Any]] = []
        self._headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
        self._url = f"http://127.0.0.1:{wire.port}/v1/stream"
        self.connected, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        assert self.connected.wait(10)

    def _read(self) -> None:
        timeout = httpx.Timeout(5, read=60)
        with (
            suppress(httpx.TransportError),  # the API was stopped or killed
            httpx.stream("GET", self._url, headers=self._headers, timeout=timeout, trust_env=False) as answer,
        ):
            self.connected.set()
            event: dict[str, Any] = {}
            for line in answer.iter_lines():
                if self._closed.is_set():
                    return
                field, _, value = line.partition(": ")
                if not line and event.get("data"):
                    self.events.append(event)
                    event = {}
                elif field in {"event", "id"}:
                    event[field] = value
                elif field == "data":
                    event["data"] = json.loads(value)

    def titles(self, kind: str) -> list[str]:
        return [event["data"]["title"] for event in self.events if event.get("event") == kind]

    def enriched(self) -> set[str]:
        """Titles told with their enrichment: by an `enrichment`, or by the `article` where that came second."""
        return {event["data"]["title"] for event in self.events if event["data"].get("enriched")}


def test_an_article_travels_from_its_feed_to_the_api_the_stream_and_the_page(
    wire: Processes, feeds: FeedServer, server: Server
) -> None:
    subscriber = Subscriber(wire)
    feeds.documents["/feed.xml"] = ("application/rss+xml", rss("The Wire", [FERRY]))
    added = wire.http.post("/v1/feeds", json={"url": feeds.url("/feed.xml"), "tags": ["harbour"]})
    assert added.status_code == httpx.codes.ACCEPTED

    [headline] = enriched_articles(wire, 1)
    assert headline["title"] == FERRY["title"]
    assert headline["url"] == "https://wire.example/ferry"
    assert headline["published"]["at"] == "2026-03-01T08:12:00Z"
    assert headline["published"]["method"] == "feed:pubDate"
    assert headline["published"]["raw"] == FERRY["pubDate"]
    assert headline["language"] == "en"
    assert "category:transport" in {tag["slug"] for tag in headline["tags"]}

    article = wire.get(f"/v1/articles/{headline['id']}")
    assert article["text"] == "The council voted nine to two.\n\nThe first boat leaves on Friday."
    assert [revision["revision"] for revision in article["revisions"]] == [1]

    wire.until(lambda _wire: subscriber.titles("article") == [FERRY["title"]])
    wire.until(lambda _wire: subscriber.enriched() == {FERRY["title"]})

    front, page = wire.http.get("/").text, wire.http.get(f"/articles/{headline['id']}").text
    assert FERRY["title"] in front
    assert "<p>The council voted nine to two.</p>" in page
    assert "Source link" in page

    with Redis.from_url(server.url) as bare:
        [(_entry_id, fields)] = bare.xrange("dateline:articles")
    assert list(fields) == [PAYLOAD.encode()]
    assert json.loads(fields[PAYLOAD.encode()])["data"]["title"] == FERRY["title"]


def test_a_changed_article_is_a_revision_and_an_unchanged_one_is_nothing(wire: Processes, feeds: FeedServer) -> None:
    feeds.documents["/feed.xml"] = ("application/rss+xml", rss("The Wire", [FERRY, BRIDGE]))
    wire.http.post("/v1/feeds", json={"url": feeds.url("/feed.xml")}).raise_for_status()
    enriched_articles(wire, 2)

    corrected = FERRY | {"title": "Night ferry returns to the new harbour"}
    feeds.documents["/feed.xml"] = ("application/rss+xml", rss("The Wire", [corrected, BRIDGE]))
    wire.until(lambda wire: corrected["title"] in {article["title"] for article in wire.every_article()})

    revisions = {article["title"]: article["revision"] for article in enriched_articles(wire, 2)}
    assert revisions == {corrected["title"]: 2, BRIDGE["title"]: 1}


def test_an_article_is_submitted_enriched_and_revised_and_nothing_when_it_comes_again(wire: Processes) -> None:
    article = {
        "title": "Harbour closes for a day",
        "url": "https://www.harbour.example/closed?utm_source=desk",
        "html": "<p>The <b>council</b> closes the harbour on Friday for repairs.</p><script>x()</script>",
        "categories": ["Transport"],
        "published": "Sun, 01 Mar 2026 09:12:00 +0100",
        "source": {"name": "Harbour Office"},
    }

    def submit(**changes: str) -> str:
        answer = wire.http.post("/v1/articles", json=article | changes)
        assert answer.status_code == httpx.codes.ACCEPTED
        assert answer.headers["Location"] == answer.json()["links"]["self"]
        return str(answer.headers["Location"])

    place = submit()
    assert submit() == place
    [headline] = enriched_articles(wire, 1)
    assert headline["links"]["self"] == place
    assert headline["source"] == {"id": "harbour.example", "name": "Harbour Office", "url": None}
    assert headline["published"]["at"] == "2026-03-01T08:12:00Z"
    assert "category:transport" in {tag["slug"] for tag in headline["tags"]}
    assert wire.get(place)["html"] == "<p>The <b>council</b> closes the harbour on Friday for repairs.</p>"
    assert "submitted" in wire.http.get(headline["links"]["page"]).text
    assert wire.http.get(f"/?feed={headline['feeds'][0]['id']}").status_code == httpx.codes.OK
    assert [found["id"] for found in wire.every_article(feed="submitted://harbour.example")] == [headline["id"]]
    assert wire.get("/v1/feeds") == {"feeds": []}

    assert submit(title="Harbour closes for two days") == place
    assert submit(url="https://harbour.example/other", title="Ferries go on") != place
    revised = enriched_articles(wire, 2)
    assert {(found["title"], found["revision"]) for found in revised} == {
        ("Harbour closes for two days", 2),
        ("Ferries go on", 1),
    }
    assert [revision["revision"] for revision in wire.get(place)["revisions"]] == [2, 1]


def test_a_subscriber_that_was_away_gets_what_it_missed_once(wire: Processes, feeds: FeedServer) -> None:
    feeds.documents["/feed.xml"] = ("application/rss+xml", rss("The Wire", [FERRY]))
    first = Subscriber(wire)
    wire.http.post("/v1/feeds", json={"url": feeds.url("/feed.xml")}).raise_for_status()
    wire.until(lambda _wire: first.enriched())
    position = first.events[-1]["id"]

    feeds.documents["/feed.xml"] = ("application/rss+xml", rss("The Wire", [FERRY, BRIDGE]))
    enriched_articles(wire, 2)
    wire.kill("api")
    wire.start("api")
    wire.until(lambda wire: wire.http.get("/readyz").status_code == httpx.codes.OK)

    second = Subscriber(wire, last_event_id=position)
    wire.until(lambda _wire: second.enriched() == {BRIDGE["title"]})
    assert second.titles("article") == [BRIDGE["title"]]
    assert second.titles("enrichment") in ([], [BRIDGE["title"]])


def test_the_database_can_be_thrown_away_and_is_filled_from_the_streams(
    wire: Processes, feeds: FeedServer, server: Server
) -> None:
    feeds.documents["/feed.xml"] = ("application/rss+xml", rss("The Wire", [FERRY, BRIDGE]))
    wire.http.post("/v1/feeds", json={"url": feeds.url("/feed.xml")}).raise_for_status()
    before = enriched_articles(wire, 2)

    wire.kill("api")
    for path in wire.folder.glob("dateline.db*"):
        path.unlink()
    with Redis.from_url(server.url) as redis:
        for stream in ("articles", "enrichments", "feeds"):
            assert redis.xgroup_destroy(f"dateline:{stream}", "api")
    wire.start("api")
    assert enriched_articles(wire, 2) == before
