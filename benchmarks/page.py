"""How fast the front page appears, and how much of it is transferred.

    python -m benchmarks.page [--articles 1000] [--loads 30]

Publishes made-up articles to a Valkey of its own, runs enrich and the API as processes, and loads pages in headless
Chromium, each time in a new profile with an empty cache: first contentful paint (ms after the navigation began), and
the bytes of all answers but images, heads included, as they came over the wire. Needs Playwright (in the `dev` extra)
and a Chromium on PATH. Everything shares the machine.
"""

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, sync_playwright
from redis.asyncio import Redis

from benchmarks.made_up import articles
from benchmarks.servers import broker, services
from benchmarks.throughput import ORIGIN, new_publisher

_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_PAINTED = """() => new Promise((painted) => new PerformanceObserver((list) => {
  const first = list.getEntriesByName("first-contentful-paint")[0];
  if (first) painted(first.startTime);
}).observe({ type: "paint", buffered: true }))"""


def load(browser: Browser, url: str) -> tuple[float, int]:
    """First contentful paint (ms) and bytes of one first view."""
    with browser.new_context(viewport={"width": 1280, "height": 960}) as context:
        page = context.new_page()
        network, sizes, images = context.new_cdp_session(page), dict[str, float](), set[str]()

        def note(told: dict[str, Any]) -> None:
            if told["type"] == "Image":
                images.add(told["requestId"])

        network.on("Network.responseReceived", note)
        network.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))
        network.send("Network.enable")
        page.goto(url, wait_until="load")
        painted: float = page.evaluate(_PAINTED)
        page.wait_for_timeout(50)
        return painted, round(sum(size for request, size in sizes.items() if request not in images))


async def publish(redis_url: str, count: int) -> None:
    async with Redis.from_url(redis_url) as redis:
        publisher = new_publisher(redis)
        for start in range(0, count, 100):
            await publisher.publish(articles(start, min(100, count - start), 200), ORIGIN, datetime.now(UTC))


def until_enriched(base: str, count: int, within_s: float = 300.0) -> str:
    """Waits until so many articles are tagged. The id of the newest."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        sources = httpx.get(f"{base}/v1/sources").json()["sources"]
        newest = httpx.get(f"{base}/v1/articles?limit=1").json()["articles"]
        if sources and sources[0]["count"] >= count and newest[0]["enriched"]:
            return str(newest[0]["id"])
        time.sleep(0.2)
    raise SystemExit(f"not all {count} articles could be read after {within_s:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--loads", type=int, default=30)
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no Chromium on PATH; on Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as redis_url:
        asyncio.run(publish(redis_url, asked.articles))
        with services("enrich", "api", redis_url=redis_url, folder=Path(name)) as base, sync_playwright() as playwright:
            newest = until_enriched(base, asked.articles)
            source = httpx.get(f"{base}/v1/sources").json()["sources"][0]["id"]
            tag = httpx.get(f"{base}/v1/tags").json()["tags"][0]["slug"]
            browser = playwright.chromium.launch(executable_path=chromium, args=_QUIET)
            paths = ("/", f"/tag/{tag}", f"/source/{source}", "/search?q=ferry", f"/articles/{newest}", "/feeds")
            print(f"{asked.articles} articles, {asked.loads} loads of each page\n")
            print("| page | first paint, median | worst | transferred |\n|---|---|---|---|")
            for path in paths:
                load(browser, base + path)
                loads = [load(browser, base + path) for _ in range(asked.loads)]
                times = [painted for painted, _size in loads]
                size = max(size for _painted, size in loads)
                shown = path.replace(newest, "…")
                print(f"| `{shown}` | {statistics.median(times):.0f} ms | {max(times):.0f} ms | {size / 1000:.1f} kB |")
            browser.close()


if __name__ == "__main__":
    main()
