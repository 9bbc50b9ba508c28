"""What is far too large, through the whole wire: how long it takes, how large what comes of it is, who grows by it.

    python -m benchmarks.sizes [PART OF A NAME]

Made-up feeds over loopback, one after the other: each of the monsters of `tests/hostile`, ten articles of a megabyte,
and 100,000 entries in one feed, which a reader of the live stream listens to. Prints a line for each, and the peak
memory of the three services (MB; the children that parse and enrich aside).
"""

import asyncio
import json
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from redis.asyncio import Redis

from benchmarks.servers import broker
from services.contracts.streams import PAYLOAD, StreamNames
from tests.e2e.feed_server import FeedServer
from tests.e2e.processes import Processes
from tests.hostile.monsters import MANY, SENTENCE, entry, large_feed, long_article, rss

_NAMES = StreamNames()
_SETTLED_S = 900.0


def feeds() -> dict[str, bytes]:
    megabyte = f"<description><![CDATA[<p>{SENTENCE * 9_000}</p>]]></description>"
    return {
        "eleven monsters, 100,000 tags among them": large_feed(),
        "one article of 9.7 MB": long_article(),
        "ten articles of a megabyte": rss([entry(f"big-{number}", megabyte) for number in range(10)]),
        "100,000 entries": rss(
            f"<item><title>Ferry {number}</title><link>https://many.example/{number}</link></item>"
            for number in range(MANY)
        ),
    }


async def main() -> None:
    settings = {"DATELINE_POLL_INTERVAL_S": "3600", "DATELINE_RETRY_AFTER_S": "60"}
    with (
        tempfile.TemporaryDirectory() as folder,
        FeedServer().running() as server,
        broker(Path(folder)) as url,
        Processes(url, Path(folder), **settings).running() as wire,
    ):
        async with Redis.from_url(url) as redis:
            await _measure(wire, server, redis)


async def _measure(wire: Processes, server: FeedServer, redis: Redis) -> None:
    base = f"http://127.0.0.1:{wire.port}"
    async with httpx.AsyncClient(base_url=base, headers=wire.http.headers, timeout=120) as client:
        await _until_ready(client)
        print("feed                                          MB  articles       s  event  enrichment  page of 500")
        chosen = [(name, body) for name, body in feeds().items() if all(part in name for part in sys.argv[1:])]
        for number, (name, body) in enumerate(chosen):
            path = f"/{number}.xml"
            server.documents[path] = ("application/rss+xml", body)
            before = int(await redis.xlen(_NAMES.articles))
            heard: set[str] = set()
            listening = asyncio.create_task(_listen(client, heard))
            began = time.monotonic()
            (await client.post("/v1/feeds", json={"url": server.url(path)})).raise_for_status()
            reason = await _until_settled(client, redis, server.url(path))
            took = time.monotonic() - began
            new = int(await redis.xlen(_NAMES.articles)) - before
            if not new:
                print(f"{name:42} {len(body) / 1e6:5.1f} failed after {took:.1f} s: {reason}")
                listening.cancel()
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(60):
                    while len(heard) < new:
                        await asyncio.sleep(0.1)
            listening.cancel()
            event, enrichment = [await _largest(redis, stream, new) for stream in (_NAMES.articles, _NAMES.enrichments)]
            listing = await client.get("/v1/articles?limit=500")
            print(
                f"{name:42} {len(body) / 1e6:5.1f} {new:9,} {took:7.1f} {event / 1e6:6.2f} {enrichment / 1e6:11.2f}"
                f" {len(listing.content) / 1e6:12.2f}; the live stream told of {len(heard):,}; peaks"
                f" {', '.join(f'{service} {_peak_mb(pid)}' for service, pid in wire.pids().items())}"
            )


async def _until_ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            with suppress(httpx.TransportError):
                if (await client.get("/readyz")).is_success:
                    return
            await asyncio.sleep(0.1)


async def _until_settled(client: httpx.AsyncClient, redis: Redis, url: str) -> str | None:
    """The feed was polled, and each group is done. Why the feed fails, if it does."""
    async with asyncio.timeout(_SETTLED_S):
        state: dict[str, Any] = {"status": "new"}
        while state["status"] == "new":
            await asyncio.sleep(0.1)
            states = (await client.get("/v1/feeds")).json()["feeds"]
            state = next((one for one in states if one["url"] == url), state)
        while True:
            groups: list[Any] = [
                *await redis.xinfo_groups(_NAMES.articles),
                *await redis.xinfo_groups(_NAMES.enrichments),
            ]
            if all(group["lag"] == 0 and group["pending"] == 0 for group in groups if group["name"] != b"stories"):
                reason: str | None = state["reason"]
                return reason
            await asyncio.sleep(0.1)


async def _listen(client: httpx.AsyncClient, heard: set[str]) -> None:
    """The ids of the articles that one connection is told of."""
    async with client.stream("GET", "/v1/stream.ndjson?types=article", timeout=None) as answer:
        rest = b""
        async for chunk in answer.aiter_bytes():
            *lines, rest = (rest + chunk).split(b"\n")
            heard.update(event["data"]["id"] for line in lines if (event := json.loads(line))["event"] == "article")


async def _largest(redis: Redis, stream: str, count: int) -> int:
    entries: Any = await redis.xrevrange(stream, count=min(count, 2_000) * 2)
    return max(len(fields[PAYLOAD.encode()]) for _id, fields in entries)


def _peak_mb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    asyncio.run(main())
