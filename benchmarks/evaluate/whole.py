"""Time and memory of each step and of the default pipeline: `python -m benchmarks.evaluate.whole --corpora DIR`.

One process, one thread, CPU time; articles of the wire corpus in batches of 200, with nothing known before. First with
headline and lede, then with bodies of 500 words made of the ledes of other articles. Memory is the resident set, as
Linux counts it, after loading and after all that ran; it includes Python and the events' models (pydantic).
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import gc
import html
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

from services.contracts.articles import Article, FeedRef, Source
from services.contracts.identity import article_id, feed_id
from services.enrich.pipeline import Pipeline

_BATCH = 200
_SHORT, _LONG = 10_000, 2_000
_WORDS = 500
_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    folder: Path = parser.parse_args().corpora
    before, began, wall = megabytes(), time.process_time(), time.perf_counter()
    from services.enrich.assembly import load_pipeline  # noqa: PLC0415  what it costs is measured

    pipeline = load_pipeline()
    gc.collect()
    gc.freeze()  # as the child that enriches does
    gc.set_threshold(20_000, 20, 50)
    print(
        f"loaded in {time.process_time() - began:.2f} s of CPU, {time.perf_counter() - wall:.2f} s by the clock;",
        end="",
    )
    print(f" {megabytes():.0f} MB, of which {before:.0f} MB are Python and the contract")
    short = articles(folder, _SHORT)
    tell("headline and lede", pipeline, short)
    tell(f"bodies of {_WORDS} words", Pipeline(pipeline.steps), long_ones(short))
    print(f"\nmemory: {megabytes():.0f} MB, of which the articles at hand take some")


def tell(name: str, pipeline: Pipeline, texts: Sequence[Article]) -> None:
    began = time.process_time()
    skipped = 0
    for start in range(0, len(texts), _BATCH):
        skipped += sum(bool(found.skipped) for found in pipeline.enrich(texts[start : start + _BATCH]))
    seconds = time.process_time() - began
    print(f"\n{name}: {len(texts)} articles, {len(texts) / seconds:,.0f} a second, {skipped} with a step skipped")
    for step, count in pipeline.tally.steps.items():
        rate = count.ran / count.seconds if count.seconds else float("inf")
        cost = count.seconds / len(texts) * 1e6
        print(f"  {step:<12} {rate:>12,.0f} a second {cost:>8,.0f} µs {count.skipped:>4} skipped")
    rest = seconds - sum(count.seconds for count in pipeline.tally.steps.values())
    print(f"  {'the rest':<12} {'':>21} {rest / len(texts) * 1e6:>8,.0f} µs")


def megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1e6


def articles(folder: Path, count: int) -> list[Article]:
    lines = (
        line
        for path in sorted((folder / "wire" / "wire").glob("*.ndjson"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    return [_article(json.loads(line)) for line in islice(lines, count)]


def long_ones(short: Sequence[Article]) -> list[Article]:
    """The first of them with bodies of the ledes of those around them."""
    words = cycle(word for article in short for word in (article.summary or "").split())
    return [article.model_copy(update={"text": " ".join(islice(words, _WORDS))}) for article in short[:_LONG]]


def _article(row: dict[str, str]) -> Article:
    seen = datetime.fromisoformat(row["collectedAt"]).astimezone(UTC)
    return Article(
        id=article_id(row["link"], row["source"], row["title"]),
        revision=1,
        url=row["link"],
        title=html.unescape(row["title"]),
        summary=html.unescape(row.get("description") or "") or None,
        published=row["pubDate"],
        published_field="pubDate",
        source=Source(id=row["source"].lower(), name=row["source"]),
        feed=FeedRef(id=feed_id(row["source"]), url=row["source"]),
        first_seen=seen,
        seen=seen,
    )


if __name__ == "__main__":
    main()
