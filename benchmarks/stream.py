"""How many readers one API process serves live, how late the last of them hears, and what a reader costs.

    python -m benchmarks.stream [--subscribers 10000] [--rate 2] [--seconds 30] [--path /v1/stream]

Publishes made-up articles at a steady rate to a Valkey of its own; the API runs as a process, all readers in another.
Prints the delay from publish to every reader and to the last reader of each article, what is missing or doubled, and
the API's memory and CPU time for a reader and for an event of a reader. Everything shares the machine.
"""

import argparse
import asyncio
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Redis

from benchmarks.made_up import articles
from benchmarks.process_tree import cpu_seconds, resident_megabytes, running
from benchmarks.servers import broker, services
from benchmarks.throughput import ORIGIN, new_publisher

_SPARE_FILES = 500
_SETTLE_S = 3.0


def allow_files(wanted: int) -> None:
    """Let this process and those that it starts open so many files. Ends the program where the system does not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise SystemExit(f"{wanted} open files are needed and {hard} are allowed here: `ulimit -Hn {wanted}` as root")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def publish(url: str, rate: float, seconds: int) -> int:
    """Articles whose titles say when they were published, on the monotonic clock."""
    made = articles(0, max(1, int(rate * seconds)), words=40)
    async with Redis.from_url(url) as redis:
        publisher = new_publisher(redis)
        began = time.perf_counter()
        for number, article in enumerate(made):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            title = f"Made up {number} at {time.monotonic_ns()}"
            titled = replace(article, entry=replace(article.entry, title=title))
            await publisher.publish([titled], ORIGIN, datetime.now(UTC))
    await asyncio.sleep(_SETTLE_S)
    return len(made)


def measure(url: str, base: str, asked: argparse.Namespace) -> dict[str, Any]:
    (api,) = running("services.api")
    before, worked = resident_megabytes(api), cpu_seconds(api)
    command = [sys.executable, "-m", "benchmarks.stream_readers", str(urlsplit(base).port), str(asked.subscribers)]
    with subprocess.Popen([*command, asked.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as readers:
        assert readers.stdin is not None
        assert readers.stdout is not None
        if readers.stdout.readline().strip() != "ready":
            raise SystemExit("the readers could not all connect; see above")
        connected, joined = resident_megabytes(api), cpu_seconds(api)
        published = asyncio.run(publish(url, asked.rate, asked.seconds))
        outcome: dict[str, Any] = {"cpu_s": cpu_seconds(api) - joined, "after": resident_megabytes(api)}
        readers.stdin.close()
        outcome |= json.loads(readers.stdout.readline())
    return outcome | {
        "published": published,
        "kb_each": (connected - before) * 1024 / asked.subscribers,
        "connect_ms": (joined - worked) * 1000 / asked.subscribers,
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--subscribers", type=int, default=10_000)
    options.add_argument("--rate", type=float, default=2.0)
    options.add_argument("--seconds", type=int, default=30)
    options.add_argument("--path", default="/v1/stream")
    asked = options.parse_args()
    allow_files(asked.subscribers + _SPARE_FILES)
    gc.disable()
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as url:
        per_address = str(asked.subscribers)
        with services("api", redis_url=url, folder=Path(name), DATELINE_STREAM_PER_ADDRESS=per_address) as base:
            found = measure(url, base, asked)
    told = found["published"] * asked.subscribers
    print(f"cores {os.cpu_count()}, {asked.subscribers} readers of {asked.path}, {asked.rate:g} articles/s")
    print(f"{found['published']} published; a reader got {found['least']} to {found['most']}; {found['lost']} cut off")
    for who, whose in (("every reader", "every"), ("the last reader", "last")):
        print(f"publish to {who:<15} " + ", ".join(f"{name} {s * 1000:.0f} ms" for name, s in found[whose].items()))
    print(f"memory a reader {found['kb_each']:.1f} kB, {found['after']:.0f} MB in all at the end")
    print(f"CPU to connect one {found['connect_ms']:.2f} ms, to tell one an event {found['cpu_s'] / told * 1e6:.1f} µs")


if __name__ == "__main__":
    main()
