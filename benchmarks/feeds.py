"""Is what we read from a feed what others read, and how fast?

    python -m benchmarks.feeds FOLDER [--show N]

FOLDER holds a folder for each corpus: rss-parser, feed-rs, gofeed, fastfeedparser and feedparser with what these
projects expect of their own test data, and captured with feeds from the web. Prints the share of expected fields that
agree. A third of each corpus, by a hash of the file's name, was not looked at while the parser was written; it is
listed apart. `--show N` prints N disagreements of the rest of each corpus. Speed is CPU time on one core, in turns:
of a first reading, and of reading feeds again that have one new entry, with the memory that ingest's children have.

Texts are compared as plain text on one line, since that is what is published; links as they resolve.
"""

import argparse
import asyncio
import functools
import hashlib
import os
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import feedparser

from benchmarks.expected_feeds import CORPORA, Expectation
from services.contracts.strings import one_line, web_url
from services.ingest.outcomes import Fetched
from services.ingest.parse import Entry, NotAFeed, ParsedFeed, parse_feed
from services.ingest.parse.feedparser_reader import read_raw
from services.ingest.parse.known_entries import KnownEntries
from services.ingest.parse.markup import plain_line, plain_text
from services.ingest.parse.tree_reader import read_tree
from services.ingest.parse.well_formed import Doubt
from services.ingest.parse.worker import MOST_KEPT_BYTES
from services.ingest.parsers import Parsers

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


def addresses(bodies: list[bytes]) -> list[str]:
    return [f"{BASE}{place}" for place in range(len(bodies))]


def seconds(bodies: list[bytes], read: Callable[[bytes, str], object]) -> float:
    """CPU time. Each body has an address of its own."""
    began = time.process_time()
    for body, url in zip(bodies, addresses(bodies), strict=True):
        read(body, url)
    return time.process_time() - began


def read_only(body: bytes, url: str) -> object:
    """Reading without what follows: no sanitising, no plain text."""
    try:
        return read_tree(body, url=url, content_type=None)
    except Doubt:
        return read_raw(body, url=url, content_type=None)


def handed_over(body: bytes) -> bool:
    try:
        read_tree(body, url=BASE, content_type=None)
    except Doubt:
        return True
    return False


def before(body: bytes) -> bytes:
    """The feed as it was before its first entry came and its dates were written anew."""
    entry = re.search(rb"<(item|entry)[\s>].*?</\1>", body, re.DOTALL)
    older = body[: entry.start()] + body[entry.end() :] if entry else body
    return re.sub(rb"<(lastBuildDate|updated)>[^<]*", rb"<\1>2020-01-01T00:00:00Z", older, count=1)


def again(bodies: list[bytes]) -> float:
    """Reading feeds that were read before their newest entry came, with the memory that a child process has."""
    known = KnownEntries(MOST_KEPT_BYTES)
    read = functools.partial(parse_feed, known=known)
    seconds([before(body) for body in bodies], lambda body, url: read(body, url=url))
    found = list[ParsedFeed]()
    took = seconds(bodies, lambda body, url: found.append(read(body, url=url)))
    for body, url, feed in zip(bodies, addresses(bodies), found, strict=True):
        if feed != parse_feed(body, url=url):
            raise AssertionError("a feed that was known in part was read differently")
    return took


async def through_a_child(rounds: list[list[bytes]]) -> list[float]:
    """The same as the service does it: CPU time of this process and its child for each round."""
    took = []
    async with Parsers(count=1) as parsers:
        await parsers.parse(Fetched(b"<rss><channel><title>a</title></channel></rss>", BASE))  # starts it
        for bodies in rounds:
            began = time.process_time() + _of_children()
            for body, url in zip(bodies, addresses(bodies), strict=True):
                await parsers.parse(Fetched(body, url))
            took.append(time.process_time() + _of_children() - began)
    return took


def _of_children() -> float:
    """CPU seconds of this process's children, in steps of 10 ms; 0 where there is no /proc."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12]) if int(fields[1]) == os.getpid() else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(folder: Path) -> None:
    bodies = [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]
    print(f"\n{len(bodies)} captured feeds, {sum(map(handed_over, bodies))} of them handed over to feedparser")
    peer = seconds(bodies, lambda body, _url: feedparser.parse(body))
    child = asyncio.run(through_a_child([[before(body) for body in bodies], bodies]))
    for title, took in (
        ("feedparser.parse", peer),
        ("first reading", seconds(bodies, lambda body, url: parse_feed(body, url=url))),
        ("  of that, without sanitising and plain text", seconds(bodies, read_only)),
        ("again, with one new entry", again(bodies)),
        ("first reading, through a child process", child[0]),
        ("again, with one new entry, through a child process", child[1]),
    ):
        print(f"{title:52} {len(bodies) / took:6.0f} feeds/s  x {peer / took:5.1f}", flush=True)


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
