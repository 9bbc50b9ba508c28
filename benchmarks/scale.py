"""2,000 feeds in one round: feeds/s, CPU and memory of real ingest processes, and what a kill and a newcomer change.

    python -m benchmarks.scale FOLDER [--feeds N]

FOLDER holds feed lists (OPML). Their titles and URLs are kept as paths on loopback addresses, where
`benchmarks.newsstand` serves made-up feeds with the delays and failures that it names. Three rounds by one replica
and by two: everything new; nothing new; one new article in each tenth feed. Then one of two replicas is killed (-9) in
the middle of a round of new articles, and a second one joins a first in the middle of one that brings none. A round is
over when all feeds are settled but those that never answer, which take until the time limit (30 s). The server, Redis
and ingest share the machine's cores.
"""

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from redis.asyncio import Redis

from benchmarks.newsstand import kind_of
from benchmarks.process_tree import cpu_seconds, peak_megabytes
from benchmarks.servers import broker, free_port
from services.contracts.identity import feed_id
from services.contracts.opml import Outline, read_opml, write_opml
from services.contracts.streams import StreamNames

DUE = "dateline:ingest:due"
ADDRESSES = 16
BEYOND_LEASES_S = 60  # a feed due later than this was settled; a leased one is due within seconds
MID_ROUND = 0.4


class Replica:
    """A real ingest process, which servers know by its name."""

    def __init__(self, name: str, redis_url: str, opml: Path) -> None:
        self.name = name
        hosts = ",".join(f"127.0.0.{number}" for number in range(1, ADDRESSES + 1))
        settings = {
            "REDIS_URL": redis_url, "OPML": str(opml), "ALLOW_HOSTS": hosts, "CONSUMER": name, "USER_AGENT": name,
            "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        environment = {**os.environ, **{f"DATELINE_{key}": value for key, value in settings.items()}}
        self.process = subprocess.Popen([sys.executable, "-m", "services.ingest"], env=environment)

    def end(self, by: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(by)
        self.process.wait(timeout=60)


class Stage:
    """Everything that one run needs; a new Redis for each."""

    def __init__(self, stand: str, outlines: list[Outline], redis_url: str, opml: Path) -> None:
        self.stand, self.feeds, self.url, self.opml = stand, len(outlines), redis_url, opml
        self.stalled = [str(feed_id(outline.url)) for feed, outline in enumerate(outlines) if kind_of(feed) == "stalls"]
        self.answering = self.feeds - len(self.stalled)
        self.replicas: list[Replica] = []

    def start(self, count: int = 1) -> None:
        for _ in range(count):
            self.replicas.append(Replica(f"replica {len(self.replicas) + 1}", self.url, self.opml))

    def asked(self) -> list[tuple[int, str, float, int]]:
        found: list[tuple[int, str, float, int]] = httpx.get(f"{self.stand}/asked/", trust_env=False).json()
        return found

    def add_articles(self, feeds: int) -> None:
        httpx.get(f"{self.stand}/new/{feeds}/", trust_env=False, timeout=60).raise_for_status()

    def cpu(self) -> float:
        return sum(cpu_seconds(replica.process.pid) for replica in self.replicas)

    async def settled(self, redis: Redis, count: int) -> float:
        """When so many feeds that answer, or else all feeds, were settled; in Unix time."""
        async with asyncio.timeout(600):
            while True:
                later = (time.time() + BEYOND_LEASES_S) * 1_000
                done = await redis.zcount(DUE, later, "+inf")
                if count < self.feeds:
                    done -= sum(float(score or 0) > later for score in await redis.zmscore(DUE, self.stalled))
                if done >= count:
                    return time.time()
                await asyncio.sleep(0.01)

    async def make_all_due(self, redis: Redis) -> None:
        now = int(time.time() * 1_000)
        feeds = [feed for feed in await redis.zrange(DUE, 0, -1) if isinstance(feed, bytes)]
        await redis.zadd(DUE, dict.fromkeys(feeds, now), xx=True)


@contextmanager
def stage(stand: str, outlines: list[Outline]) -> Iterator[Stage]:
    with tempfile.TemporaryDirectory() as name, broker(Path(name)) as url:
        opml = Path(name) / "feeds.opml"
        opml.write_text(write_opml(outlines, title="Scale"))
        httpx.get(f"{stand}/asked/", trust_env=False)
        ready = Stage(stand, outlines, url, opml)
        try:
            yield ready
        finally:
            for replica in ready.replicas:
                if replica.process.poll() is None:
                    replica.end()


async def rounds(run: Stage, count: int) -> None:
    run.start(count)
    async with Redis.from_url(run.url) as redis:
        cpu = 0.0
        for name in ("all new", "nothing new", "10 % with one new"):
            if name != "all new":
                await run.settled(redis, run.feeds)
                if name != "nothing new":
                    run.add_articles(run.feeds // 10)
                run.asked()
                cpu = run.cpu()
                await run.make_all_due(redis)
            most = await run.settled(redis, int(run.feeds * 0.95))
            over = await run.settled(redis, run.answering)
            spent = run.cpu() - cpu
            begun = min(at for _feed, _who, at, _status in run.asked())
            published = await redis.xlen(StreamNames().articles)
            memory = sum(peak_megabytes(replica.process.pid) for replica in run.replicas)
            print(
                f"| {count} | {name} | {over - begun:.1f} | {most - begun:.1f} | {run.answering / (over - begun):.0f} |"
                f" {spent:.1f} | {1_000 * spent / run.feeds:.1f} | {memory:.0f} | {published:,} |",
                flush=True,
            )


async def takeover(run: Stage) -> None:
    run.start(2)
    async with Redis.from_url(run.url) as redis:
        await run.settled(redis, int(run.feeds * MID_ROUND))
        victim, heir = run.replicas
        victim.end(signal.SIGKILL)
        killed = time.time()
        before = run.asked()
        over = await run.settled(redis, run.answering)
        again = {feed: at for feed, who, at, _status in reversed(run.asked()) if who == heir.name}
        stalled = {feed for feed in range(run.feeds) if kind_of(feed) == "stalls"}
        held = {feed for feed, who, _at, _status in before if who == victim.name} & again.keys() - stalled
        delays = sorted(again[feed] - killed for feed in held)
        published = await redis.xlen(StreamNames().articles)
    print(
        f"killed one of two at {MID_ROUND:.0%}: {len(delays)} feeds that it held were asked for by the other"
        f" {statistics.median(delays):.1f} s later (median), the last {delays[-1]:.1f} s; the round was over"
        f" {over - killed:.1f} s after the kill, {published:,} articles published"
        if delays
        else "the victim held no feed; run it again"
    )


async def newcomer(run: Stage, joins: bool) -> float:
    """Seconds from mid-round to its end, in a round that brings nothing new: waiting, not work, makes it long."""
    run.start()
    async with Redis.from_url(run.url) as redis:
        await run.settled(redis, run.feeds)
        await run.make_all_due(redis)
        begun = await run.settled(redis, int(run.feeds * MID_ROUND))
        if joins:
            run.start()
        return await run.settled(redis, run.answering) - begun


@contextmanager
def newsstand(feeds: int) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.newsstand", str(port), str(feeds)], stdout=subprocess.PIPE, text=True
    )
    try:
        if not process.stdout or process.stdout.readline() != "open\n":
            raise RuntimeError("the feeds' server did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def listed(folder: Path, feeds: int, stand: str) -> list[Outline]:
    """So many feeds, in the order of the files; where these name too few, more editions of the same."""
    files = sorted(folder.rglob("*.opml"))
    outlines = [outline for path in files for outline in read_opml(path.read_bytes(), name=str(path))]
    known = list({outline.url: outline for outline in outlines}.values())
    if not known:
        sys.exit(f"no feed list in {folder} names a feed")
    port = stand.rpartition(":")[2]
    return [
        Outline(
            f"http://127.0.0.{number % ADDRESSES + 1}:{port}/f/{number}/{known[number % len(known)].url}",
            known[number % len(known)].title,
        )
        for number in range(feeds)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--feeds", type=int, default=2_000)
    given = parser.parse_args()
    with newsstand(given.feeds) as stand, ExitStack() as stages:
        outlines = listed(given.folder, given.feeds, stand)

        def new_stage() -> Stage:
            stages.close()
            return stages.enter_context(stage(stand, outlines))

        print("| replicas | round | s | 95 % after s | feeds/s | CPU s | CPU ms/feed | peak MB | articles in all |")
        print("|---|---|---|---|---|---|---|---|---|")
        for count in (1, 2):
            asyncio.run(rounds(new_stage(), count))
        asyncio.run(takeover(new_stage()))
        alone = asyncio.run(newcomer(new_stage(), joins=False))
        joined = asyncio.run(newcomer(new_stage(), joins=True))
        print(f"the rest of a round takes one replica {alone:.1f} s, and {joined:.1f} s where a second one starts then")


if __name__ == "__main__":
    main()
