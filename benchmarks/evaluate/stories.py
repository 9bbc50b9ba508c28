"""Score the stories: `python -m benchmarks.evaluate.stories --corpora DIR [--sample FILE]`.

Both labelled sets go through the steps and the engine that `dateline stories` runs, in the order of their printed dates
and in five shuffled orders, beside a naive centroid of TF-IDF that is given its best threshold for each set and order.
Then weeks 20 to 24 of the wire as they were collected: how many stories, the largest, speed and memory. No label is
known there; weak ones are near-duplicates of different publishers, which must share a story also where the engine is
not told of them. `--sample` writes fifty random stories of two articles and more, to be judged by eye.

Time is CPU time of this process, which other processes slow down by sharing its caches; nothing else should run.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import gc
import html
import json
import random
import re
import time
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from benchmarks.evaluate.naive_stories import best_naive
from benchmarks.evaluate.story_scores import Score, score
from services.contracts.articles import Article
from services.contracts.enrichments import Enrichment
from services.enrich.assembly import load_pipeline
from services.enrich.context import Arrival, Memory, Place, gather_here
from services.enrich.feed_dates import FeedDatesMemory, LocalStore
from services.enrich.loose_articles import article_from_line
from services.enrich.pipeline import Pipeline
from services.enrich.repeats.buckets import LocalBuckets
from services.enrich.repeats.memory import RepeatMemory
from services.enrich.stories.arrival import arrival_of
from services.enrich.stories.engine import Stories
from services.enrich.stories.offline import Library, readings

SETS = ("giveme5w1h", "wikinews_medium")
WEEKS = range(20, 25)
_SHUFFLES = 5
_BATCH = 256
_MARKUP = re.compile(r"<[^>]+>")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--sample", type=Path, help="where fifty stories of the wire are to be written")
    given = parser.parse_args()
    pipeline = load_pipeline()
    for name in SETS:
        labelled(given.corpora / "stories" / f"{name}.jsonl", pipeline)
    wire(given.corpora, pipeline, given.sample)


def labelled(file: Path, pipeline: Pipeline) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    labels = [str(json.loads(line)["story"]) for line in lines]
    print(f"\n{file.stem}: {len(lines)} articles of {len(set(labels))} events")
    articles = [one for one in readings(lines, datetime.now(UTC)) if isinstance(one, Article)]
    enrichments = pipeline.enrich(articles)
    shuffled = list[tuple[Score, Score]]()
    for name, order in orders(lines):
        gold = [labels[number] for number in order]
        library = Library()
        coming = [Arrival(articles[number], Place(0, at)) for at, number in enumerate(order, start=1)]
        for number, context in zip(order, gather_here(coming, memories()), strict=True):
            library.take(enrichments[number].model_copy(update={"repeats": context.repeats}))
        ours = score(gold, [library.story_of(articles[number].id) for number in order])
        threshold, naive = best_naive([lines[number] for number in order], gold)
        print(f"  {name:<10} {ours}   naive, from {threshold:.2f}: {naive}")
        if name != "by date":
            shuffled.append((ours, naive))
    print(f"  {'shuffled':<10} {Score.mean([ours for ours, _ in shuffled])}   naive: ", end="")
    print(Score.mean([naive for _, naive in shuffled]))


def orders(lines: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """By printed date, those without one last; then shuffled."""
    dates = [_date(json.loads(line).get("published")) for line in lines]
    yield "by date", sorted(range(len(lines)), key=lambda number: (dates[number] is None, dates[number] or "", number))
    for seed in range(_SHUFFLES):
        order = list(range(len(lines)))
        random.Random(seed).shuffle(order)
        yield f"shuffle {seed}", order


def _date(published: str | dict[str, str] | None) -> str | None:
    return published["$date"] if isinstance(published, dict) else published


def memories() -> list[Memory]:
    return [FeedDatesMemory(LocalStore()), RepeatMemory(LocalBuckets())]


def wire(corpora: Path, pipeline: Pipeline, sample: Path | None) -> None:
    found = [one for one in enriched(corpora, pipeline) if one.language.code == "en"]
    arrivals = [arrival_of(one, round(one.times.first_seen.at.timestamp() * 1000)) for one in found]
    untold = Library()
    for arrival in arrivals:
        untold.note(untold.engine("en").take(arrival._replace(repeats=None)))
    gc.collect()
    gc.freeze()  # as a service does after its start
    library = Library()
    engine = library.engine("en")
    changes = []
    began = time.process_time()
    for arrival in arrivals:
        changes += engine.take(arrival)
    seconds = time.process_time() - began
    library.note(changes)
    kinds = Counter(change.change for change in changes)
    stories = defaultdict[UUID, list[Enrichment]](list)
    for one in found:
        stories[library.story_of(one.id)].append(one)
    sizes = sorted(map(len, stories.values()), reverse=True)
    print(f"\nwire, weeks {WEEKS[0]} to {WEEKS[-1]}: {len(found)} English articles, {len(stories)} stories")
    several = sum(size > 1 for size in sizes)
    print(f"  {several} of several articles, mean {(len(found) - len(sizes) + several) / several:.1f}; ", end="")
    print(f"of several sources {sum(len({one.source.id for one in those}) > 1 for those in stories.values())}")
    print(f"  the largest: {', '.join(map(str, sizes[:8]))};  changes: {dict(kinds)}")
    _weak_labels(found, untold, library)
    print(f"  {len(found) / seconds:,.0f} articles a second of CPU time, events included")
    _cost(engine)
    if sample:
        _write(sample, list(stories.values()))


def _weak_labels(found: Sequence[Enrichment], untold: Library, library: Library) -> None:
    sources = {one.id: one.source.id for one in found}
    pairs = [(one.id, one.repeats.id) for one in found if one.repeats and one.repeats.id in sources]
    pairs = [(one, other) for one, other in pairs if sources[one] != sources[other]]
    for name, those in (("not told of them", untold), ("told of them", library)):
        right = sum(those.story_of(one) == those.story_of(other) for one, other in pairs)
        print(f"  near-duplicates of two sources in one story, {name}: {right} of {len(pairs)}")


def _cost(engine: Stories) -> None:
    began = time.process_time()
    snapshot = engine.snapshot()
    saved = time.process_time() - began
    began = time.process_time()
    Stories.restore(snapshot, engine.language)
    restored = time.process_time() - began
    tracemalloc.start()
    again = Stories.restore(snapshot, engine.language)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    state = again.state
    fixed = state.rarity.counts.nbytes + state.series.began.nbytes + state.table.nbytes
    print(
        f"  {again.active} stories active, {(held - fixed) / again.active:,.0f} bytes each, {fixed / 1e6:.1f} MB fixed"
    )
    print(f"  snapshot {len(snapshot) / 1e6:.1f} MB, made in {saved:.2f} s, restored in {restored:.2f} s")


def enriched(corpora: Path, pipeline: Pipeline) -> Iterator[Enrichment]:
    """The articles of the weeks, each link once, in the order in which they were collected."""
    articles, memory, number = _articles(corpora), memories(), 0
    while batch := list(islice(articles, _BATCH)):
        coming = [Arrival(article, Place(0, number + at)) for at, article in enumerate(batch, start=1)]
        number += len(batch)
        yield from pipeline.enrich(batch, gather_here(coming, memory))


def _articles(corpora: Path) -> Iterator[Article]:
    links: set[str] = set()
    now = datetime.now(UTC)
    for week in WEEKS:
        for line in (corpora / "wire" / "wire" / f"2026-W{week}.ndjson").open(encoding="utf-8"):
            told = json.loads(line)
            if told["link"] not in links:
                links.add(told["link"])
                article = {
                    "title": _plain(told["title"]),
                    "summary": _plain(told["description"] or ""),
                    "url": html.unescape(told["link"]),
                    "source": told["source"],
                    "published": told["pubDate"],
                    "first_seen": told["collectedAt"],
                }
                yield article_from_line(json.dumps(article), now)


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub(" ", html.unescape(text)).split())


def _write(sample: Path, stories: Sequence[Sequence[Enrichment]]) -> None:
    several = [story for story in stories if len(story) > 1]
    with sample.open("w", encoding="utf-8") as file:
        for number, story in enumerate(random.Random(7).sample(several, 50), start=1):
            file.write(f"--- {number}: {len(story)} articles\n")
            for one in story:
                file.write(f"  {one.times.first_seen.at:%m-%d} {one.source.id}: {one.title}\n")


if __name__ == "__main__":
    main()
