"""How fast the API answers, from a read model of many articles.

    python -m benchmarks.api [--articles 10000 100000 1000000] [--seconds 10] [--folder FOLDER] [--only NAME]

Fills a read model with made-up articles (once: FOLDER keeps it, about 10 kB an article; a second copy stands beside it
during the last row) and runs the API on one core. wrk, one thread on another core, asks over 32 connections. *From
memory* is one more route of the same server that sends the bytes of the newest 20. "In turn" means many different
addresses one after the other, "each another" that none comes twice. The last row is of the newest 20 while 200
articles a second and their enrichments come through the streams. CPU is the API's own, and says most where the
machine is busy.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from redis import Redis

from benchmarks import api_articles as made
from benchmarks.api_load import Load, load, wrk_here
from benchmarks.api_served import FILE, FROM_MEMORY
from benchmarks.process_tree import cpu_seconds, resident_megabytes
from benchmarks.servers import broker, free_port, until_ready
from services.contracts.streams import PAYLOAD, StreamNames

NEWEST = "/v1/articles"
_RATE = 200
_BEHIND = 20
"""An enrichment comes so many articles after its own."""
_SETTLE_S = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One row: what it is called, and its addresses."""

    name: str
    paths: Sequence[str]
    header: str | None = None


class Api:
    """A running API on the first core, and who asks it on the last."""

    def __init__(self, base: str, pid: int, redis_url: str, folder: Path) -> None:
        self.base, self.pid, self.redis_url, self.folder = base, pid, redis_url, folder

    def measured(self, asked: Asked, seconds: float) -> tuple[Load, float]:
        """The load and microseconds of the API's CPU for each answer, after a short run that warms up."""
        self.loaded(asked, 1)
        before = cpu_seconds(self.pid)
        found = self.loaded(asked, seconds)
        return found, (cpu_seconds(self.pid) - before) / max(1, found.answers) * 1e6

    def loaded(self, asked: Asked, seconds: float) -> Load:
        return load(self.base, asked.paths, seconds, self.folder, cores=_cores()[1], header=asked.header)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.base + path, trust_env=False, headers={"Accept-Encoding": "identity"}).raise_for_status()


def _cores() -> tuple[set[int], set[int]]:
    """One for the API, another for everything else."""
    here = sorted(os.sched_getaffinity(0))
    return {here[0]}, {here[-1]}


@contextmanager
def serving(database: Path) -> Iterator[Api]:
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as url:
        folder, port = Path(name), free_port()
        environment = {
            **os.environ,
            "DATELINE_REDIS_URL": url,
            "DATELINE_DATABASE_PATH": str(database),
            "DATELINE_KEYS_PATH": str(folder / "keys.db"),
            "DATELINE_SEARCHES_PATH": str(folder / "searches.db"),
            "DATELINE_HTTP_PORT": str(port),
            FILE: str(folder / "answer"),
        }
        core = ",".join(map(str, _cores()[0]))
        command = ["taskset", "-c", core, sys.executable, "-m", "benchmarks.api_served"]
        process = subprocess.Popen(command, env=environment)
        try:
            until_ready(f"http://127.0.0.1:{port}")
            api = Api(f"http://127.0.0.1:{port}", process.pid, url, folder)
            (folder / "answer").write_bytes(api.get(NEWEST).content)
            yield api
        finally:
            process.terminate()
            process.wait(timeout=20)


def rows(api: Api, articles: int) -> list[Asked]:
    chance = random.Random(articles)
    span = made.APART * articles
    moments = [made.LAST - span * chance.random() for _ in range(100_000)]
    words = [made.word(0.5 * chance.random() ** 3) for _ in range(500)]
    ids = [made.article_id(chance.randrange(articles)) for _ in range(100_000)]
    common, rare = made.word(0.3), made.word(0.0003)
    etag = api.get(NEWEST).headers["etag"]
    return [
        Asked("from memory", [FROM_MEMORY]),
        Asked("newest 20", [NEWEST]),
        Asked("newest 20, not modified (304)", [NEWEST], f"If-None-Match: {etag}"),
        Asked("newest 20 headlines with their age", ["/v1/headlines"]),
        Asked("20 of a time, each another", [f"{NEWEST}?until={moment:%Y-%m-%dT%H:%M:%SZ}" for moment in moments]),
        Asked("one tag", [f"{NEWEST}?tag={made.subject(3)}"]),
        Asked("200 tags in turn", [f"{NEWEST}?tag={made.subject(rank)}" for rank in range(200)]),
        Asked("one source", [f"{NEWEST}?source={made.source(0)}"]),
        Asked("24 sources in turn", [f"{NEWEST}?source={made.source(rank)}" for rank in range(24)]),
        Asked("search: a common word (30 %)", [f"{NEWEST}?q={common}"]),
        Asked("search: a rare word (0.03 %)", [f"{NEWEST}?q={rare}"]),
        Asked("search: 500 words in turn", [f"{NEWEST}?q={word}" for word in words]),
        Asked(
            "search: a common word, each time of another",
            [f"{NEWEST}?q={common}&until={moment:%Y-%m-%dT%H:%M:%SZ}" for moment in moments],
        ),
        Asked("search: a common word by relevance", [f"{NEWEST}?q={common}&sort=relevance"]),
        Asked("one article", [f"{NEWEST}/{ids[0]}"]),
        Asked("articles, each another", [f"{NEWEST}/{one}" for one in ids]),
    ]


def arriving(redis_url: str, first: int, stop: threading.Event) -> int:
    """Publish `_RATE` articles a second until `stop`, from number `first` on; an enrichment follows each. How many."""
    names, count = StreamNames(), 0
    with Redis.from_url(redis_url) as redis:
        began = time.monotonic()
        waiting: list[bytes] = []
        while not stop.is_set():
            now = datetime.now(UTC)
            one = made.told(first + count, now.replace(microsecond=now.microsecond // 1_000 * 1_000))
            redis.xadd(names.articles, {PAYLOAD: one.published.to_wire()})
            waiting.append(one.enriched.to_wire())
            if len(waiting) > _BEHIND:
                redis.xadd(names.enrichments, {PAYLOAD: waiting.pop(0)})
            count += 1
            time.sleep(max(0.0, began + count / _RATE - time.monotonic()))
    return count


def under_arrivals(api: Api, articles: int, seconds: float) -> tuple[Load, float, int, int]:
    """The load, CPU an answer, how many articles were published, and how many are readable soon after."""
    before = _readable(api)
    stop, counts = threading.Event(), list[int]()
    thread = threading.Thread(target=lambda: counts.append(arriving(api.redis_url, articles, stop)))
    thread.start()
    try:
        found, cpu_us = api.measured(Asked("", [NEWEST]), seconds)
    finally:
        stop.set()
        thread.join()
    time.sleep(_SETTLE_S)
    return found, cpu_us, counts[0], _readable(api) - before


def _readable(api: Api) -> int:
    return int(sum(source["count"] for source in api.get("/v1/sources").json()["sources"]))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--folder", type=Path, help="where read models are kept for the next time")
    options.add_argument("--only", default="", help="rows whose name has this in it, such as `newest`")
    asked = options.parse_args()
    wrk_here()
    with tempfile.TemporaryDirectory() as scratch:
        folder: Path = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for articles in asked.articles:
            measure(made.full(folder, articles), articles, asked.seconds, asked.only)


def measure(database: Path, articles: int, seconds: float, only: str) -> None:
    print(f"\n{articles:,} articles, {database.stat().st_size / 1e9:.1f} GB; the API on one core of {os.cpu_count()}")
    print("| asked for | requests/s | p50 ms | p99 ms | of memory's | CPU µs |\n|---|---|---|---|---|---|")
    memory = newest = 0.0
    with serving(database) as api:
        for row in rows(api, articles):
            if only not in row.name and row.name not in ("from memory", "newest 20"):
                continue
            found, cpu_us = api.measured(row, seconds)
            memory = memory or found.per_second
            newest = found.per_second if row.name == "newest 20" else newest
            _print(row.name, found, memory, cpu_us)
        megabytes = resident_megabytes(api.pid)
    copy = database.with_suffix(".copy")
    try:
        shutil.copyfile(database, copy)
        with serving(copy) as api:
            found, cpu_us, published, readable = under_arrivals(api, articles, seconds)
    finally:
        for left in copy.parent.glob(f"{copy.name}*"):
            left.unlink()
    _print(f"newest 20 while {_RATE} articles/s arrive", found, memory, cpu_us)
    print(
        f"{published} published, {readable} readable at the end; {1 - found.per_second / newest:.0%} of the newest lost"
    )
    print(f"the API held {megabytes:.0f} MB")


def _print(name: str, found: Load, memory: float, cpu_us: float) -> None:
    failed = f" ({found.failed} failed)" if found.failed else ""
    print(
        f"| {name}{failed} | {found.per_second:,.0f} | {found.p50_ms:.2f} | {found.p99_ms:.2f} |"
        f" {found.per_second / memory:.2f} | {cpu_us:.0f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
