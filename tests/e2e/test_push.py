"""All three services as processes, a publisher and its hub: what the hub delivers is read at the API without a poll."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import Server
from tests.e2e.feed_server import FeedServer, rss
from tests.e2e.processes import Processes
from tests.ingest.push.hub_server import Hub

PATH = "/feed.xml"
KIND = "application/rss+xml"
FERRY = {"title": "Night ferry returns", "link": "https://wire.example/ferry", "description": "The council voted."}
BRIDGE = {"title": "Bridge toll is halved", "link": "https://wire.example/bridge", "description": "From May on."}


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub().running() as hub:
        yield hub


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    with FeedServer().running() as feeds:
        yield feeds


def titles(wire: Processes) -> set[str]:
    return {headline["title"] for headline in wire.get("/v1/headlines")["headlines"]}


def test_a_push_is_a_headline_without_a_poll_and_waits_for_ingest_where_that_is_down(
    server: Server, tmp_path: Path, feeds: FeedServer, hub: Hub
) -> None:
    def publish(*entries: dict[str, str]) -> bytes:
        links = f'<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="{hub.url}"/>'.encode()
        body = rss("The Wire", list(entries)).replace(b"</channel>", links + b"</channel>")
        feeds.documents[PATH] = (KIND, body)
        return body

    publish()
    with Processes(server.url, tmp_path, DATELINE_POLL_INTERVAL_S="900").running() as wire:
        wire.until(lambda wire: wire.http.get("/readyz").status_code == httpx.codes.OK)
        wire.http.post("/v1/feeds", json={"url": feeds.url(PATH)}).raise_for_status()
        wire.until(lambda wire: [feed["push"] and feed["push"]["status"] for feed in wire.get("/v1/feeds")["feeds"]]
                   == ["active"])  # fmt: skip
        polls = len(feeds.requests)

        assert hub.deliver(publish(FERRY)) == [202]
        wire.until(lambda wire: titles(wire) == {FERRY["title"]})

        wire.kill("ingest")
        assert hub.deliver(publish(FERRY, BRIDGE)) == [202]
        wire.start("ingest")
        wire.until(lambda wire: titles(wire) == {FERRY["title"], BRIDGE["title"]})

        assert len(feeds.requests) == polls
        [state] = wire.get("/v1/hubs")["hubs"]
        assert state == {"hub": hub.url, "feeds": 1, "active": 1, "received": 2, "refused": 0, "missed": 0}
