"""How fast stories are told: from an enrichment on the stream to the change of a story that follows from it.

    python -m benchmarks.story_owner [--articles 20000] [--rate 100] [--seconds 20]

Prints, from one run of two owners on one Valkey: articles/s of a backlog, and by CPU time of the owner alone; the delay
at a steady rate; how long until another owner goes on after a kill -9; size of the snapshot, and how long an owner
takes from its start to the first change. The articles are made up: three in four are about one of 4,000 things.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import uuid5

from redis.asyncio import Redis

from benchmarks.servers import broker
from services.contracts.enrichments import ArticleEnriched, Enrichment
from services.contracts.identity import feed_id
from services.contracts.streams import PAYLOAD, StreamNames
from services.enrich.story_owner.keys import Keys
from services.wire.messages import Entries

_STREAMS = StreamNames()
_COMMAND = (sys.executable, "-m", "services.enrich.story_owner")
_ABOUT = feed_id("made-up")
_CHANGED = b'"dateline.story.changed.v1"'
_THINGS, _TERMS, _VOCABULARY = 4_000, 60, 40_000


def enrichments(count: int, first: int = 0) -> Iterator[bytes]:
    """Events as they stand on the stream."""
    now = datetime.now(UTC)
    seen = {"at": now, "method": "first_seen", "precision": "second", "zone": "explicit"}
    for number in range(first, first + count):
        chance = random.Random(number)
        about = random.Random(chance.randrange(_THINGS) if chance.random() < 0.75 else -number)
        said = [f"word{about.randrange(_VOCABULARY)}" for _ in range(_TERMS)]
        words = [*chance.sample(said, _TERMS // 2), *(f"word{chance.randrange(_VOCABULARY)}" for _ in range(30))]
        source, title = f"{number % 50}.example", " ".join(chance.sample(said[:12], 8))
        document = {
            "id": uuid5(_ABOUT, str(number)), "revision": 1, "version": 1, "title": title,
            "source": {"id": source, "name": source}, "times": {"first_seen": seen}, "words": 300,
            "language": {"code": "en", "method": "text"}, "reading_seconds": 80, "terms": dict.fromkeys(words, 2),
        }  # fmt: skip
        data = Enrichment.model_validate(document)
        yield ArticleEnriched(id=f"{data.id}/1/1", source="/enrich", time=now, data=data).to_wire()


async def publish(redis: Redis, payloads: list[bytes]) -> None:
    async with redis.pipeline(transaction=False) as pipeline:
        for payload in payloads:
            pipeline.xadd(_STREAMS.enrichments, {PAYLOAD: payload})
        await pipeline.execute()


@asynccontextmanager
async def owner(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=asyncio.subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.write(json.dumps({"redis_url": url, "prefix": _STREAMS.prefix, "log_level": "INFO"}).encode() + b"\n")
    try:
        yield process
    finally:
        process.stdin.close()
        await process.wait()


async def until_reached(redis: Redis, position: bytes) -> None:
    """Until the stories in English have come to that entry."""
    wanted = tuple(map(int, position.split(b"-")))
    keys = Keys(_STREAMS)
    while True:
        reached = cast("bytes | None", await cast(Any, redis.hget(keys.reached, "en"))) or b"0-0 0-0"
        if tuple(map(int, reached.split(b" ")[0].split(b"-"))) >= wanted:
            return
        await asyncio.sleep(0.02)


async def last_id(redis: Redis) -> bytes:
    return cast(bytes, (await redis.xinfo_stream(_STREAMS.enrichments))["last-generated-id"])


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def delays(redis: Redis, rate: int, seconds: int, first: int) -> list[float]:
    """In ms, by the clock of the broker: from each article's entry to that of the change that it caused."""
    before = await last_id(redis)
    for turn in range(seconds * 10):
        began = time.monotonic()
        await publish(redis, list(enrichments(rate // 10, first + turn * rate // 10)))
        await asyncio.sleep(max(0.0, began + 0.1 - time.monotonic()))
    await until_reached(redis, await last_id(redis))
    came: dict[str, int] = {}
    found = []
    for entry, fields in cast(Entries, await redis.xrange(_STREAMS.enrichments, min=b"(" + before)):
        at, event = int(entry.partition(b"-")[0]), json.loads(fields[PAYLOAD.encode()])
        if event["type"] == "dateline.article.enriched.v1":
            came[event["data"]["id"]] = at
        else:
            found += [at - came[one["article"]] for one in event["data"].get("joined", ()) if one["article"] in came]
    return sorted(found)


async def measure(articles: int, rate: int, seconds: int, folder: Path) -> None:
    with broker(folder) as url:
        async with Redis.from_url(url) as redis:
            for first in range(0, articles, 500):
                await publish(redis, list(enrichments(500, first)))
            backlog = await last_id(redis)
            async with owner(url) as one:
                while not await redis.exists(Keys(_STREAMS).owners):
                    await asyncio.sleep(0.01)
                began, spent = time.monotonic(), cpu_s(one.pid)
                await until_reached(redis, backlog)
                took, used = time.monotonic() - began, cpu_s(one.pid) - spent
                print(f"backlog of {articles:,}: {articles / took:,.0f} articles/s, {articles / used:,.0f} by CPU time")
                found = await delays(redis, rate, seconds, articles)
                p50, p99 = (found[int(len(found) * part)] for part in (0.5, 0.99))
                print(f"at {rate}/s: p50 {p50} ms, p99 {p99} ms, longest {found[-1]} ms")
                async with owner(url):
                    await asyncio.sleep(3)
                    one.kill()
                    killed = time.monotonic()
                    await publish(redis, list(enrichments(1, 10**7)))
                    await until_reached(redis, await last_id(redis))
                    print(f"taken over {time.monotonic() - killed:.1f} s after a kill -9")
            size = int(await redis.strlen(Keys(_STREAMS).snapshot("en")))
            print(f"snapshot of English: {size:,} bytes")
            await publish(redis, list(enrichments(1, 10**8)))
            began = time.monotonic()
            async with owner(url):
                await until_reached(redis, await last_id(redis))
                print(f"from the start of a process to the first change: {time.monotonic() - began:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=20)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(told.articles, told.rate, told.seconds, Path(folder)))


if __name__ == "__main__":
    main()
