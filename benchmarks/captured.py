"""The whole wire on real input: a folder of captured feeds, served over loopback, read back from the API.

    python -m benchmarks.captured FOLDER [--keep]

FOLDER holds one feed a file, as a server sent it. Prints how many articles are served after how many seconds, what is
known about them, and each feed that could not be read with its reason. `--keep` leaves the API up until Enter.
"""

import argparse
import asyncio
import functools
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import httpx
from redis.asyncio import Redis

from benchmarks.servers import broker, services
from services.contracts.streams import StreamNames


class _Quiet(SimpleHTTPRequestHandler):
    """Sends no Content-Type that would help the reader: captured files have no name to guess it from."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def file_server(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def feed_list(names: list[str], base: str) -> str:
    outlines = "".join(f"<outline type='rss' text={quoteattr(name)} xmlUrl='{base}/{name}'/>" for name in names)
    return f'<opml version="2.0"><head><title>Captured</title></head><body>{outlines}</body></opml>'


async def settled(client: httpx.AsyncClient, redis: Redis, feeds: int) -> None:
    """Wait until every feed was polled and every event settled."""
    streams = StreamNames()
    async with asyncio.timeout(300):
        while True:
            states = (await client.get("/v1/feeds")).raise_for_status().json()["feeds"]
            if len(states) == feeds and all(state["status"] != "new" for state in states):
                break
            await asyncio.sleep(0.05)
        for stream, groups in ((streams.articles, 2), (streams.enrichments, 1), (streams.articles, 2)):
            while not await _read_by_all(redis, stream, groups):
                await asyncio.sleep(0.05)


async def _read_by_all(redis: Redis, stream: str, count: int) -> bool:
    groups: list[dict[str, Any]] = await redis.xinfo_groups(stream)
    return len(groups) == count and all(group["lag"] == 0 and group["pending"] == 0 for group in groups)


async def every_article(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    articles: list[dict[str, Any]] = []
    path: str | None = "/v1/articles?limit=500"
    while path:
        page = (await client.get(path)).raise_for_status().json()
        articles += page["articles"]
        path = page["next"]
    return articles


async def report(base: str, url: str, feeds: int, began: float) -> None:
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client, Redis.from_url(url) as redis:
        await settled(client, redis, feeds)
        seconds = time.perf_counter() - began
        articles = await every_article(client)
        states = (await client.get("/v1/feeds")).json()["feeds"]
        quarantined = await redis.xlen(StreamNames().quarantine)
    print(f"{feeds} feeds, {len(articles)} articles served after {seconds:.1f} s")
    print(f"enriched {sum(a['enriched'] for a in articles)}, with a time from the feed", end=" ")
    print(f"{sum(a['published'] is not None for a in articles)}, with tags {sum(bool(a['tags']) for a in articles)}")
    print(f"languages {dict(Counter(a['language'] for a in articles).most_common(8))}; in quarantine {quarantined}")
    for state in states:
        if state["status"] != "active":
            print(f"not read: {state['url'].rsplit('/', 1)[1]}: {state['reason']}")
        elif not state["articles"]:
            print(f"no article of its own: {state['url'].rsplit('/', 1)[1]} ({state['title']})")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--keep", action="store_true")
    asked = options.parse_args()
    names = sorted(path.name for path in asked.folder.iterdir() if path.is_file())
    with tempfile.TemporaryDirectory() as name, file_server(asked.folder) as feeds_at:
        folder = Path(name)
        opml = folder / "feeds.opml"
        opml.write_text(feed_list(names, feeds_at))
        settings = {"DATELINE_OPML": str(opml), "DATELINE_ALLOW_HOSTS": "127.0.0.1"}
        with broker(folder) as url:
            began = time.perf_counter()
            with services("ingest", "enrich", "api", redis_url=url, folder=folder, **settings) as base:
                asyncio.run(report(base, url, len(names), began))
                if asked.keep:
                    input(f"{base}/ stays up until you press Enter ")


if __name__ == "__main__":
    main()
