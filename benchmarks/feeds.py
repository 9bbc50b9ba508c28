"""Is what we read from a feed what others read, and how fast?

    python -m benchmarks.feeds FOLDER [--show N]

FOLDER holds a folder for each corpus: rss-parser, feed-rs, gofeed, fastfeedparser and feedparser with what these
projects expect of their own test data, and captured with feeds from the web. Prints the share of expected fields that
agree. A third of each corpus, by a hash of the file's name, was not looked at while the parser was written; it is
listed apart. `--show N` prints N disagreements of the rest of each corpus. Speed is CPU time on one core, in turns.

Texts are compared as plain text on one line, since that is what is published; links as they resolve.
"""

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser

from benchmarks.expected_feeds import CORPORA, Expectation
from services.ingest.parse import Entry, NotAFeed, ParsedFeed, parse_feed
from services.ingest.parse.feedparser_reader import read_raw
from services.ingest.parse.markup import plain_line, plain_text
from services.ingest.parse.strings import one_line, web_url
from services.ingest.parse.tree_reader import read_tree
from services.ingest.parse.well_formed import Doubt

BASE = "https://feed.example/"


def held_out(path: Path) -> bool:
    return hashlib.sha256(path.name.encode()).digest()[0] % 3 == 0


def agrees(feed: ParsedFeed, expectation: Expectation) -> tuple[bool, object]:
    """Whether the field is as expected, and what it is."""
    place, field, wanted = expectation
    if place >= len(feed.entries):
        return False, "no such entry"
    found = _of_feed(feed, field) if place < 0 else _of_entry(feed.entries[place], field)
    match field:
        case "url" | "enclosure" | "image":
            return any(web_url(wanted, BASE) == url for url in found), found
        case "text":
            line = one_line(plain_text(wanted))
            return any(line == one_line(text or "") for text in found), found
        case "language":
            return any(
                wanted.replace("_", "-").lower() == (value or "").replace("_", "-").lower() for value in found
            ), found
        case "guid" | "published":
            return any(one_line(wanted) == (value or "") for value in found), found
        case _:
            return any(wanted in (value, f"{value}") or plain_line(wanted) == value for value in found), found


def _of_feed(feed: ParsedFeed, field: str) -> list[Any]:
    found: dict[str, list[Any]] = {
        "title": [feed.title or ""],
        "url": [feed.site, feed.self_url],
        "language": [feed.language],
    }
    return found[field]


def _of_entry(entry: Entry, field: str) -> list[Any]:
    several: dict[str, list[Any]] = {
        "text": [entry.text, entry.summary],
        "author": list(entry.authors),
        "category": list(entry.categories),
        "enclosure": [enclosure.url for enclosure in entry.enclosures] + [entry.image],
        "published": [entry.published, entry.updated],
        "source": [entry.source.title if entry.source else None],
    }
    return several[field] if field in several else [getattr(entry, field)]


def score(name: str, folder: Path, show: int) -> None:
    right, total, wrong = Counter[bool](), Counter[bool](), Counter[str]()
    for path, expectations in CORPORA[name](folder):
        out = held_out(path)
        try:
            feed = parse_feed(path.read_bytes(), url=BASE)
        except NotAFeed:
            feed = ParsedFeed("none")
        for expectation in expectations:
            same, found = agrees(feed, expectation)
            total[out] += 1
            right[out] += same
            if not same and not out:
                wrong[expectation[1]] += 1
                if sum(wrong.values()) <= show:
                    print(f"    {path.name}: {expectation} is {str(found)[:120]}")
    seen, kept = (f"{right[out]:5}/{total[out]:<5} {right[out] / max(total[out], 1):7.2%}" for out in (False, True))
    print(f"{name:15} {seen}   held out {kept}   {dict(wrong.most_common(6))}", flush=True)


def seconds(bodies: list[bytes], read: Callable[[bytes], object]) -> float:
    began = time.process_time()
    for body in bodies:
        read(body)
    return time.process_time() - began


def read_only(body: bytes) -> object:
    """Reading without what follows: no sanitising, no plain text."""
    try:
        return read_tree(body, url=BASE, content_type=None)
    except Doubt:
        return read_raw(body, url=BASE, content_type=None)


def handed_over(body: bytes) -> bool:
    try:
        read_tree(body, url=BASE, content_type=None)
    except Doubt:
        return True
    return False


def measure(folder: Path) -> None:
    bodies = [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]
    well_formed = [body for body in bodies if not handed_over(body)]
    print(f"\n{len(bodies)} captured feeds, {len(bodies) - len(well_formed)} of them handed over to feedparser")
    for title, some in (("all", bodies), ("those not handed over", well_formed)):
        alone = seconds(some, feedparser.parse)
        whole = seconds(some, lambda body: parse_feed(body, url=BASE))
        reading = seconds(some, read_only)
        print(f"{title}: feedparser {len(some) / alone:.0f} feeds/s")
        print(
            f"    parse_feed, with sanitising and plain text  {len(some) / whole:6.0f} feeds/s  x {alone / whole:.1f}"
        )
        print(f"    of that, reading  {len(some) / reading:32.0f} feeds/s  x {alone / reading:.1f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--show", type=int, default=0)
    asked = options.parse_args()
    for name in CORPORA:
        if (asked.folder / name).is_dir():
            score(name, asked.folder / name, asked.show)
    if (asked.folder / "captured").is_dir():
        measure(asked.folder / "captured")


if __name__ == "__main__":
    main()
