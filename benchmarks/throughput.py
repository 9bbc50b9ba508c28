"""How fast the wire is, from ingest's publish to what a reader sees.

    python -m benchmarks.throughput [--articles 20000] [--words 200] [--rate 100] [--seconds 30]

Prints, from one run on one Valkey: articles/s of a bare redis-py loop that reads, parses and writes the same events;
articles/s of Dateline from publish to readable in the API, and to enriched there; the delay from publish to the live
stream at a steady rate. Everything, the publisher too, shares the machine.
"""

import argparse
import asyncio
import json
import math
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from benchmarks.made_up import articles
from benchmarks.servers import broker, services, until_served
from services.contracts.articles import FeedRef, Source
from services.contracts.identity import feed_id
from services.contracts.streams import PAYLOAD, StreamNames
from services.ingest.memory import Memory
from services.ingest.publish import Origin, Publisher

ORIGIN = Origin(
    FeedRef(id=feed_id("made-up"), url="https://made-up.example/feed"),
    Source(id="made-up.example", name="Made up", url="https://made-up.example/"),
)
_BATCH = 200
NAMES = StreamNames()


def new_publisher(redis: AsyncRedis) -> Publisher:
    return Publisher(Memory(redis, NAMES.prefix, NAMES.articles))


def bare_loop(url: str) -> float:
    """Articles/s of the least that any consumer does: read a batch, parse it, write one event for each, acknowledge.

    Reads the articles that Dateline published, so the events are the same.
    """
    field, count = PAYLOAD.encode(), 0
    with Redis.from_url(url) as redis:
        redis.xgroup_create(NAMES.articles, "bare", id="0")
        began = time.perf_counter()
        while answer := cast("list[Any]", redis.xreadgroup("bare", "one", {NAMES.articles: ">"}, count=_BATCH)):
            [[_stream, entries]] = answer
            with redis.pipeline(transaction=True) as transaction:
                for _entry_id, fields in entries:
                    event = json.loads(fields[field])
                    event["type"] = "bare.enriched"
                    transaction.xadd("bare:enrichments", {field: json.dumps(event)})
                transaction.xack(NAMES.articles, "bare", *[entry_id for entry_id, _fields in entries])
                transaction.execute()
            count += len(entries)
        return count / (time.perf_counter() - began)


async def throughput(url: str, base: str, count: int, words: int) -> dict[str, float]:
    """Articles/s from the first publish until all are published, readable, and enriched."""
    made = articles(0, count, words)
    async with AsyncRedis.from_url(url) as redis, httpx.AsyncClient(base_url=base, trust_env=False) as client:
        publisher = new_publisher(redis)
        began = time.perf_counter()
        readable = asyncio.create_task(until_served(client, count))
        for start in range(0, count, _BATCH):
            await publisher.publish(made[start : start + _BATCH], ORIGIN, datetime.now(UTC))
        published = time.perf_counter()
        all_readable = await readable
        while int(await redis.xlen(NAMES.enrichments)) < count or await _unsettled(redis):
            await asyncio.sleep(0.02)
        enriched = time.perf_counter()
    moments = {"published": published, "readable": all_readable, "enriched": enriched}
    return {name: count / (moment - began) for name, moment in moments.items()}


async def _unsettled(redis: AsyncRedis) -> bool:
    groups: list[dict[str, Any]] = await redis.xinfo_groups(NAMES.enrichments)
    # The owners of stories say how far they came only with their snapshots; the API is who has to have the enrichments.
    return any(group["pending"] or group["lag"] for group in groups if group["name"] == b"api")


async def delays(url: str, base: str, rate: int, seconds: int, words: int, first: int) -> list[float]:
    """Seconds from publish to the live stream, of each article, at `rate` articles/s."""
    made = articles(first, rate * seconds, words)
    published: dict[str, float] = {}
    arrived: dict[str, float] = {}
    listening = asyncio.Event()

    async def listen() -> None:
        client = httpx.AsyncClient(base_url=base, timeout=httpx.Timeout(10, read=None), trust_env=False)
        async with client, client.stream("GET", "/v1/stream") as answer:
            listening.set()
            kind = ""
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("data: ") and kind == "article":
                    arrived[json.loads(line[6:])["id"]] = time.perf_counter()
                    if len(arrived) == len(made):
                        return

    async with AsyncRedis.from_url(url) as redis:
        publisher, reader = new_publisher(redis), asyncio.create_task(listen())
        await listening.wait()
        began = time.perf_counter()
        for number, article in enumerate(made):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            published[str(article.id)] = time.perf_counter()
            await publisher.publish([article], ORIGIN, datetime.now(UTC))
        await asyncio.wait_for(reader, 60)
    return [arrived[article] - moment for article, moment in published.items()]


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=20_000)
    options.add_argument("--words", type=int, default=200)
    options.add_argument("--rate", type=int, default=100)
    options.add_argument("--seconds", type=int, default=30)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with broker(folder) as url:
            with services("enrich", "api", redis_url=url, folder=folder) as base:
                rates = asyncio.run(throughput(url, base, asked.articles, asked.words))
                waits = asyncio.run(delays(url, base, asked.rate, asked.seconds, asked.words, first=asked.articles))
            bare = bare_loop(url)
    print(f"cores {os.cpu_count()}, {asked.articles} articles of about {asked.words} words")
    print(f"bare redis-py loop      {bare:9,.0f} articles/s")
    for step, rate in rates.items():
        print(f"dateline, all {step:<9} {rate:9,.0f} articles/s   {rate / bare:5.2f} of the bare loop")
    shown = f"p50 {percentile(waits, 0.5) * 1000:.1f} ms, p99 {percentile(waits, 0.99) * 1000:.1f} ms"
    print(f"publish to live stream at {asked.rate}/s for {asked.seconds} s: {shown}, worst {max(waits) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
