"""How late articles are seen, and at what cost: polling by rhythm against fixed intervals, on a virtual clock.

    python -m benchmarks.polling FOLDER [--feeds N] [--sources all|even|odd]

FOLDER holds JSON lines with `source`, `link`, `pubDate` and `collectedAt`. Feeds are made from the real series of their
sources: shifted by some hours, thinned, or laid over each other's weeks, to rates between one article a month and 100 a
day, evenly on a logarithmic scale. Each is polled as the poller does it, through `after_poll`: a week to learn, two
weeks measured.
Requests are scaled up to 100,000 feeds. A fixed interval needs no simulation: its polls are known from its phase.
Assumed: a feed lists all articles since the last poll, no poll fails, and nobody asks for longer waits.
"""

import argparse
import json
import random
import sys
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from math import exp, log
from pathlib import Path

from services.contracts.identity import feed_id
from services.ingest.feed_state import FeedState
from services.ingest.poll import Document, Read, after_poll
from services.ingest.rhythm import Bounds

DAY = 86_400.0
LEARN, MEASURE = 7 * DAY, 14 * DAY
SLOWEST, FASTEST = 1 / 30, 100.0
SCALED_TO = 100_000
FEWEST = 100  # a source with fewer articles has no rhythm to sample from


@dataclass(frozen=True, slots=True)
class Series:
    """A source's publishing times, in seconds since `begin`, within `length` seconds."""

    begin: float
    length: float
    times: tuple[float, ...]

    @property
    def per_day(self) -> float:
        return len(self.times) / (self.length / DAY)


@dataclass(frozen=True, slots=True)
class Result:
    """Of one way to poll: requests a day for each feed, and the lateness of every article in seconds, sorted."""

    name: str
    requests: float
    lateness: list[float]

    def row(self) -> str:
        middle, high = (self.lateness[int(len(self.lateness) * share)] for share in (0.5, 0.99))
        mean = sum(self.lateness) / len(self.lateness)
        figures = f"{mean / 60:.1f} | {middle / 60:.1f} | {high / 60:.1f}"
        return f"| {self.name} | {self.requests * SCALED_TO / 1e6:.1f} | {figures} |"


def read_series(folder: Path, sources: str) -> list[Series]:
    """The sources with enough articles, in order of their names; all of them, or every other one."""
    seen: dict[tuple[str, str], float] = {}
    collected: list[float] = []
    for path in sorted(folder.rglob("*.ndjson")):
        for line in path.open(encoding="utf-8"):
            article = json.loads(line)
            seen.setdefault((article["source"], article["link"]), _seconds(article["pubDate"]))
            collected.append(_seconds(article["collectedAt"]))
    begin, end = min(collected) + DAY, max(collected)
    series = []
    for _source, of_source in groupby(sorted(seen.items()), key=lambda pair: pair[0][0]):
        times = sorted(moment - begin for _key, moment in of_source if begin <= moment < end)
        if len(times) >= FEWEST:
            series.append(Series(begin, end - begin, tuple(times)))
    return {"all": series, "even": series[::2], "odd": series[1::2]}[sources]


def make_feed(series: Series, chance: random.Random) -> list[float]:
    """Publishing times of one feed over the simulated weeks, in seconds."""
    rate = exp(chance.uniform(log(SLOWEST), log(FASTEST)))
    shift = chance.randrange(24) * 3_600.0
    layers = 1 + int(rate / series.per_day)
    kept = rate / (series.per_day * layers)
    times = []
    for layer in range(layers):
        turned = shift + layer * 7 * DAY  # by weeks, so that weekdays and hours stay what they are
        for moment in series.times:
            at = (moment + turned) % series.length
            if at < LEARN + MEASURE and chance.random() < kept:
                times.append(at)
    return sorted(times)


def follow(times: list[float], bounds: Bounds, begin: float, chance: random.Random) -> Iterator[tuple[float, int]]:
    """Every poll of one feed: when, and how many articles of `times` had come by then."""
    origin = datetime.fromtimestamp(begin, UTC)
    now, had, end = chance.random() * bounds.interval_s, 0, LEARN + MEASURE
    state = FeedState(id=feed_id("https://e.example/"), origin="", url="", since=origin)
    had = bisect_right(times, now)
    while True:
        has = bisect_right(times, now)
        yield now, has
        if now >= end:
            return
        document = Document(str(has), None, None, None, None, new=has - had) if has > had else None
        state = after_poll(state, Read(document), origin + timedelta(seconds=now), bounds, chance.random()).state
        assert state.next_poll_at
        now, had = (state.next_poll_at - origin).total_seconds(), has


def by_rhythm(feeds: list[list[float]], bounds: Bounds, begin: float, chance: random.Random) -> Result:
    lateness, requests = [], 0
    for times in feeds:
        had = 0
        for now, has in follow(times, bounds, begin, chance):
            lateness += [now - moment for moment in times[had:has] if moment >= LEARN]
            requests += LEARN <= now < LEARN + MEASURE
            had = has
    name = f"by rhythm, {bounds.interval_s / 60:g} min at 10 articles a day"
    return Result(name, requests / len(feeds) / (MEASURE / DAY), sorted(lateness))


def fixed(feeds: list[list[float]], interval_s: float, chance: random.Random, name: str) -> Result:
    lateness = []
    for times in feeds:
        phase = chance.random() * interval_s
        lateness += [(phase - moment) % interval_s for moment in times if moment >= LEARN]
    return Result(name, DAY / interval_s, sorted(lateness))


def least_worst(cells: list[tuple[int, int]]) -> float:
    """The least 99th percentile that any schedule can have, as a share of a fixed interval's with the same requests.

    A cell is a stretch of time of one feed: its articles and its length. Who knows these, but not when in a cell the
    articles come, does best to poll the densest cells that hold a share of the articles evenly, and the others never.
    """
    articles, time_ = (sum(column) for column in zip(*cells, strict=True))
    seen, spent, best = 0, 0, 1.0
    for count, length in sorted(cells, key=lambda cell: cell[0] / cell[1], reverse=True):
        seen, spent = seen + count, spent + length
        if seen >= 0.99 * articles:
            best = min(best, spent / time_ / (seen / articles))
    return best


def bounds_of(feeds: list[list[float]]) -> str:
    hours = [Counter(int(moment // 3_600) % 24 for moment in times if moment >= LEARN) for times in feeds]
    by_feed = least_worst([(count.total(), 24) for count in hours])
    by_hour = least_worst([(count[hour], 1) for count in hours for hour in range(24)])
    return (
        "The least 99th percentile that a schedule can have, as a share of a fixed interval's, if some feeds need not"
        f" be polled:\n{by_feed:.2f} where each feed's rate is known exactly, {by_hour:.2f} where each hour's foreseen."
    )


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--sources", choices=("all", "even", "odd"), default="all")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    begun = time.monotonic()
    series = read_series(given.folder, given.sources)
    if not series:
        sys.exit(f"no source in {given.folder} has {FEWEST} articles or more")
    chance = random.Random(given.seed)
    feeds = [make_feed(chance.choice(series), chance) for _ in range(given.feeds)]
    articles = sum(moment >= LEARN for times in feeds for moment in times)
    print(f"{given.feeds:,} feeds from {len(series)} sources ({given.sources}), {articles:,} articles in 14 days\n")
    print("| polling | requests/day, millions | mean lateness, min | p50, min | p99, min |\n|---|---|---|---|---|")
    for minutes in (15, 60):
        print(fixed(feeds, minutes * 60.0, chance, f"fixed {minutes} min").row())
    for minutes in (5, 15, 30, 60):
        result = by_rhythm(feeds, Bounds(interval_s=minutes * 60.0), series[0].begin, chance)
        equal = DAY / result.requests
        print(result.row())
        print(fixed(feeds, equal, chance, f"fixed {equal / 60:.1f} min, the same requests").row(), flush=True)
    print(f"\n{bounds_of(feeds)}\n{time.monotonic() - begun:.0f} s on one core")


if __name__ == "__main__":
    main()
