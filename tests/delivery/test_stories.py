"""Stories of a running wire: killed with the service that finds them, they go on as if nothing had been."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from redis import Redis

from services.contracts.enrichments import ArticleEnriched
from services.contracts.registry import read_event
from services.contracts.stories import StoryChanged
from services.contracts.streams import PAYLOAD
from services.enrich.stories.arrival import arrival_of
from services.enrich.stories.engine import UNKNOWN, Stories
from services.enrich.stories.rarity import background_of
from tests.conftest import Server
from tests.e2e.feed_server import FeedServer, rss
from tests.e2e.processes import Processes

_PLACES = "Bergen Porto Gdansk Cork Trieste Varna Malmo Rostock Bilbao Split".split()
_THINGS = (
    "ferry strike shuts harbour, crews walk out over wages",
    "fire destroys fish market, no one is hurt",
    "mayor resigns after court ruling on budget",
    "storm floods old town, hundreds leave their homes",
)
FEEDS = 40


@pytest.fixture
def opml(tmp_path: Path) -> Iterator[Path]:
    """Forty papers, each with all the news of ten towns."""
    with FeedServer().running() as server:
        for number in range(FEEDS):
            server.documents[f"/{number}.xml"] = ("application/rss+xml", rss(f"Paper {number}", _entries(number)))
        outlines = "".join(f'<outline type="rss" text="{n}" xmlUrl="{server.url(f"/{n}.xml")}"/>' for n in range(FEEDS))
        path = tmp_path / "feeds.opml"
        path.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>')
        yield path


def _entries(paper: int) -> list[dict[str, str]]:
    return [
        {
            "title": f"{place}: {thing}",
            "link": f"https://paper-{paper}.example/{place}/{number}",
            "description": f"In {place} a {thing}, as our reporter {paper} saw from the quay on Sunday.",
            "pubDate": f"Sun, 01 Mar 2026 {number:02}:{paper:02}:00 GMT",
        }
        for place in _PLACES
        for number, thing in enumerate(_THINGS)
    ]


TOTAL = FEEDS * len(_PLACES) * len(_THINGS)


def events(redis: Redis) -> list[tuple[int, Any]]:
    entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", redis.xrange("dateline:enrichments"))
    return [(int(id_.partition(b"-")[0]), read_event(fields[PAYLOAD.encode()])) for id_, fields in entries]


def undisturbed(articles: list[tuple[int, ArticleEnriched]]) -> Counter[tuple[str, str, int]]:
    """The story and the place in it of each article, as an engine has it that is fed at one go."""
    engines: dict[str, Stories] = {}
    found: Counter[tuple[str, str, int]] = Counter()
    for at, event in articles:
        name = event.data.language.code or UNKNOWN
        engine = engines.setdefault(name, Stories(name, background_of(name)))
        for change in engine.take(arrival_of(event.data, at)):
            found.update((str(one.article), str(change.id), change.sequence) for one in change.joined)
    return found


@pytest.mark.parametrize("whole", [True, False], ids=["enrich", "only the owner of stories"])
def test_each_article_gets_its_story_once_whatever_is_killed(
    whole: bool, server: Server, opml: Path, tmp_path: Path
) -> None:
    with (
        Redis.from_url(server.url) as redis,
        Processes(server.url, tmp_path, DATELINE_OPML=str(opml)).running() as wire,
    ):
        wire.until(lambda _wire: int(cast(int, redis.hlen("dateline:stories:reached"))) > 1, within_s=90)
        assert redis.xlen("dateline:enrichments") < 2 * TOTAL, "nothing is left to do; the test says nothing"
        if whole:
            wire.kill("enrich")
            wire.start("enrich")
        else:
            pid = wire.until(owner_of, within_s=60)
            os.kill(pid, signal.SIGKILL)
        wire.until(lambda wire: len(with_story(wire)) == TOTAL, within_s=120)
        told = events(redis)
        articles = [(at, event) for at, event in told if isinstance(event, ArticleEnriched)]
        joined = Counter(
            (str(one.article), str(event.data.id), event.data.sequence)
            for _at, event in told
            if isinstance(event, StoryChanged)
            for one in event.data.joined
        )
        assert len(articles) == TOTAL
        assert joined == undisturbed(articles)
        top = wire.get("/v1/stories")["stories"][0]
        assert top["size"] > 1
        assert redis.xlen("dateline:quarantine") == 0


def owner_of(wire: Processes) -> int | None:
    """The process that owns stories, as the health of the wire tells."""
    for replica in wire.get("/v1/health")["replicas"]:
        if pid := replica.get("stories", {}).get("pid"):
            return int(pid)
    return None


def with_story(wire: Processes) -> list[dict[str, Any]]:
    return [article for article in wire.every_article() if article.get("story")]
