"""How long recovery takes while the API serves: backup, restore, the read model made anew, articles enriched again.

    python -m benchmarks.recovery [--articles 10000] [--seconds 20]

The articles are made up, with their enrichments. Prints for each step its time, and what a reader who asks for the
headlines ten times a second waits meanwhile. Articles are enriched again for so many `--seconds`, then the command is
stopped, as by Ctrl-C.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from redis.asyncio import Redis

from benchmarks.api_articles import told
from benchmarks.servers import broker, services, until_ready
from services.contracts.streams import PAYLOAD, StreamNames

_STREAMS = StreamNames()
_KEY = "of-a-benchmark-that-runs-for-some-minutes"
_BATCH, _ASK_S, _WITHIN_S = 500, 0.1, 600.0


class Waits(list[float]):
    """Of one reader, in s."""

    def __str__(self) -> str:
        found = sorted(self)
        return f"readers wait {found[len(found) // 2] * 1000:.0f} ms, at most {found[-1] * 1000:.0f} ms"


@asynccontextmanager
async def a_reader(base: str) -> AsyncIterator[Waits]:
    """Asks again and again while this is entered."""
    waits = Waits()

    async def read() -> None:
        async with httpx.AsyncClient(base_url=base, timeout=60, trust_env=False) as client:
            while True:
                began = time.perf_counter()
                (await client.get("/v1/headlines?limit=50")).raise_for_status()
                waits.append(time.perf_counter() - began)
                await asyncio.sleep(_ASK_S)

    reading = asyncio.create_task(read())
    try:
        yield waits
        if reading.done():
            reading.result()
    finally:
        reading.cancel()


async def publish(url: str, articles: int) -> None:
    """Articles that came one a second up to now, and their enrichments."""
    last = datetime.now(UTC)
    async with Redis.from_url(url) as redis:
        for first in range(0, articles, _BATCH):
            async with redis.pipeline(transaction=False) as pipeline:
                for number in range(first, min(first + _BATCH, articles)):
                    one = told(number, last - timedelta(seconds=articles - number))
                    pipeline.xadd(_STREAMS.articles, {PAYLOAD: one.published.to_wire()})
                    pipeline.xadd(_STREAMS.enrichments, {PAYLOAD: one.enriched.to_wire()})
                await pipeline.execute()


async def until_applied(url: str) -> None:
    """Until the API has settled all that is on the streams."""
    async with Redis.from_url(url) as redis, asyncio.timeout(_WITHIN_S):
        for stream in (_STREAMS.articles, _STREAMS.enrichments):
            while True:
                [group] = await redis.xinfo_groups(stream)
                if group["pending"] == 0 and group["lag"] == 0:
                    break
                await asyncio.sleep(0.05)


async def begin(environment: Mapping[str, str], *arguments: str) -> asyncio.subprocess.Process:
    command, pipe = (sys.executable, "-m", "services.cli", *arguments), asyncio.subprocess.PIPE
    told = {**os.environ, **environment}
    return await asyncio.create_subprocess_exec(*command, env=told, stdout=pipe, stderr=asyncio.subprocess.STDOUT)


async def dateline(environment: Mapping[str, str], *arguments: str) -> None:
    """Run the command. Raises `RuntimeError` where it fails."""
    process = await begin(environment, *arguments)
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"dateline {' '.join(arguments)}: {said.decode()}")


async def enriched_again(environment: Mapping[str, str], url: str, seconds: float) -> str:
    """Begin a replay, and end it so long after its first articles."""
    async with Redis.from_url(url) as redis, asyncio.timeout(_WITHIN_S):
        before = int(await redis.xlen(_STREAMS.enrichments))
        process = await begin(environment, "replay", "enrich", "--rate", "100000")
        said = asyncio.create_task(process.communicate())
        while (first := int(await redis.xlen(_STREAMS.enrichments))) == before and not said.done():
            await asyncio.sleep(0.02)
        began = time.perf_counter()
        await asyncio.wait((said,), timeout=seconds)
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        done, took = int(await redis.xlen(_STREAMS.enrichments)) - first, time.perf_counter() - began
        await said
    return f"enriched again: {done:,} in {took:.1f} s, {done / took:,.0f} articles/s"


@contextmanager
def timed(say: Callable[[float], str]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(say(time.perf_counter() - began), flush=True)


async def measure(articles: int, seconds: float, folder: Path) -> None:
    database, backup = folder / "dateline.db", folder / "wire.backup"
    settings = {"DATELINE_ADMIN_KEY": _KEY, "DATELINE_LOG_LEVEL": "ERROR"}
    with broker(folder) as url:
        about = {"DATELINE_REDIS_URL": url, "DATELINE_DATABASE_PATH": str(database), "DATELINE_API_KEY": _KEY}
        await publish(url, articles)
        with services("api", redis_url=url, folder=folder, **settings) as base:
            with timed(lambda took: f"filled from the streams: {articles / took:,.0f} articles/s"):
                await until_applied(url)
            async with a_reader(base) as waits:
                with timed(lambda took: f"backup: {took:.1f} s, {backup.stat().st_size / 1e6:,.0f} MB; {waits}"):
                    await dateline(about, "backup", str(backup))
            async with a_reader(base) as waits:
                with timed(lambda took: f"made anew: {took:.1f} s, {articles / took:,.0f} articles/s; {waits}"):
                    await dateline(about, "replay", "api", "--api", base)
            async with a_reader(base) as waits:
                with timed(lambda took: f"made anew --since 2100-01-01, all taken over: {took:.1f} s; {waits}"):
                    await dateline(about, "replay", "api", "--since", "2100-01-01", "--api", base)
            async with a_reader(base) as waits:
                said = await enriched_again(about, url, seconds)
                print(f"{said}; {waits}", flush=True)
        with timed(lambda took: f"restore: {took:.1f} s"):
            await dateline(about, "restore", str(backup))
        with (
            timed(
                lambda took: f"served from the backup, and all read again that came since an hour before: {took:.1f} s"
            ),
            services("api", redis_url=url, folder=folder, **settings) as base,
        ):
            until_ready(base)
            await until_applied(url)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20.0, help="for how long articles are enriched again")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(told.articles, told.seconds, Path(folder)))


if __name__ == "__main__":
    main()
