"""kill -9 in the middle of 5,000 articles: all are served, each once, whichever service died."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from services.contracts.registry import read_event
from services.contracts.streams import PAYLOAD
from tests.conftest import Server
from tests.e2e.feed_server import FeedServer, rss
from tests.e2e.processes import NAMES, Processes

FEEDS, ENTRIES = 50, 100
TOTAL = FEEDS * ENTRIES


@pytest.fixture
def opml(tmp_path: Path) -> Iterator[Path]:
    """A list of 50 feeds of 100 articles each, served over HTTP."""
    with FeedServer().running() as server:
        for number in range(FEEDS):
            server.documents[f"/{number}.xml"] = ("application/rss+xml", rss(f"Feed {number}", entries(number)))
        outlines = "".join(f'<outline type="rss" text="{n}" xmlUrl="{server.url(f"/{n}.xml")}"/>' for n in range(FEEDS))
        path = tmp_path / "feeds.opml"
        path.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
        yield path


def entries(feed: int) -> list[dict[str, str]]:
    return [
        {
            "title": f"Report {number} of bureau {feed}",
            "link": f"https://bureau-{feed}.example/reports/{number}",
            "description": f"Bureau {feed} sent its report number {number} by the evening boat.",
            "pubDate": f"Sun, 01 Mar 2026 {number % 24:02}:{feed:02}:00 GMT",
        }
        for number in range(ENTRIES)
    ]


@pytest.mark.parametrize("victim", NAMES)
def test_nothing_is_lost_and_nothing_doubled(victim: str, server: Server, opml: Path, tmp_path: Path) -> None:
    with (
        Redis.from_url(server.url) as redis,
        Processes(server.url, tmp_path, DATELINE_OPML=str(opml), DATELINE_ENRICH_SKIP="stories").running() as wire,
    ):
        progress = "dateline:articles" if victim == "ingest" else "dateline:enrichments"
        wire.until(lambda _wire: int(redis.xlen(progress)) > TOTAL // 5)
        wire.kill(victim)
        assert redis.xlen("dateline:enrichments") < TOTAL, "the victim had nothing left to do; the test says nothing"
        wire.start(victim)
        wire.until(lambda wire: served(wire) == TOTAL, within_s=90)

        articles = wire.until(all_enriched, within_s=60)
        assert len({article["url"] for article in articles}) == len(articles) == TOTAL
        for stream in ("dateline:articles", "dateline:enrichments"):
            assert repeated_events(redis, stream) == {}
        assert redis.xlen("dateline:quarantine") == 0


def served(wire: Processes) -> int:
    return sum(source["count"] for source in wire.get("/v1/sources")["sources"])


def all_enriched(wire: Processes) -> list[dict[str, Any]] | None:
    articles = wire.every_article()
    return articles if all(article["enriched"] for article in articles) else None


def repeated_events(redis: Redis, stream: str) -> dict[str, int]:
    events: Any = redis.xrange(stream)
    ids = Counter(read_event(fields[PAYLOAD.encode()]).id for _entry_id, fields in events)
    return {event_id: count for event_id, count in ids.items() if count > 1}
