"""Score the times: `python -m benchmarks.evaluate.times --corpora DIR [--show 40]`, in a minute of one core.

Agreement: every date of other projects' test feeds for which they expect a moment, read from the feed as ingest
reads it. Offsets: the wire corpus, whose articles were collected every two hours, with the dates of each publisher
shifted by each offset in turn; judged at every sixth poll. The bounds were chosen on half of the publishers (by a
hash of their names), the other half was not looked at. Unshifted, nothing may be learned at any poll.
"""

import argparse
import ast
import hashlib
import json
import re
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.contracts.articles import Article, FeedRef, Source
from services.contracts.enrichments import Times, Timestamp
from services.contracts.identity import article_id, feed_id
from services.enrich.context import Arrival, Place, gather_here
from services.enrich.dates.in_context import read_date
from services.enrich.dates.learned import learned_offset
from services.enrich.dates.parse import parse_date
from services.enrich.feed_dates import FeedDatesMemory, LocalStore, noted, poll_of
from services.enrich.step import Draft
from services.enrich.steps.times import times_step
from services.ingest.parse import Entry, NotAFeed, parse_feed

_SEEN = datetime(2026, 6, 1, tzinfo=UTC)
_PARSED = re.compile(rb"^Expect:.*_parsed(?:'\])? == (\([\d, ]+\))", re.MULTILINE)
_TEXT = re.compile(r"[>\"']([^<>\"']{4,60})[<\"']")
_OFFSETS_H = (
    -12,
    -9.5,
    -8,
    -7,
    -6,
    -5,
    -4,
    -3.5,
    -3,
    -2,
    -1,
    1,
    2,
    3,
    3.5,
    4,
    4.5,
    5.5,
    6.5,
    7,
    8,
    9,
    9.5,
    10,
    11,
    12,
    13,
)
_EVERY = 6

Case = tuple[str, tuple[str, ...], datetime]
"""The file, the strings of which one should be the moment, and the moment."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--show", type=int, default=40)
    given = parser.parse_args()
    print("agreement with the moments that other projects expect")
    for name, cases in _CORPORA.items():
        _agreement(name, list(cases(given.corpora / "feeds" / name)), given.show)
    articles = sorted(_wire(given.corpora), key=lambda one: one.first_seen)
    _offsets(articles)
    _speed(articles)
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, with the corpus in it")


def _agreement(name: str, cases: Sequence[Case], show: int) -> None:
    wrong = []
    for file, texts, wanted in cases:
        found = [parsed.at if (parsed := read_date(text, _SEEN)) else None for text in texts]
        if wanted not in [at and at.replace(microsecond=0) for at in found]:
            here = [f"{at:%FT%TZ}" if at else None for at in found]
            wrong.append(f"    {file}: {texts!r} is {wanted:%FT%TZ} there, {here} here")
    print(f"  {name}: {len(cases) - len(wrong)} of {len(cases)}")
    for line in wrong[:show]:
        print(line)


def _entries(path: Path) -> Sequence[Entry]:
    parsed = parse_feed(path.read_bytes(), url="https://feed.example/")
    return () if isinstance(parsed, NotAFeed) else parsed.entries


def _written(entry: Entry) -> tuple[str, ...]:
    return tuple(text for text in (entry.published, entry.updated) if text)


def _feedparser(folder: Path) -> Iterator[Case]:
    """Of dates of any kind, of entries or feeds: the only texts of a file that can be read as dates."""
    for path in sorted(folder.rglob("*.xml")):
        content = path.read_bytes()
        if match := _PARSED.search(content):
            year, month, day, hour, minute, second, *_ = ast.literal_eval(match[1].decode())
            body = content[match.end() :].decode("utf-8", "replace")
            dates = tuple(text for text in dict.fromkeys(_TEXT.findall(body)) if read_date(text, _SEEN))
            yield str(path.relative_to(folder)), dates, datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def _gofeed(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.rglob("*.json")):
        with suppress(ValueError):  # some are broken on purpose
            yield from _gofeed_dates(path, json.loads(path.read_bytes().decode("utf-8", "replace")))


def _gofeed_dates(path: Path, document: object) -> Iterator[Case]:
    for holder in _objects(document):
        for key in ("published", "updated", "pubDate", "lastBuildDate", "issued", "modified"):
            wanted, text = holder.get(f"{key}Parsed"), holder.get(key)
            if isinstance(wanted, str) and isinstance(text, str):
                yield path.name, (text,), _moment(wanted)


def _rss_parser(folder: Path) -> Iterator[Case]:
    for path in sorted((folder / "output").glob("*.json")):
        for holder in _objects(json.loads(path.read_bytes().decode("utf-8", "replace"))):
            if holder.get("isoDate") and holder.get("pubDate"):
                yield path.name, (holder["pubDate"],), _moment(holder["isoDate"])


def _feed_rs(folder: Path) -> Iterator[Case]:
    for answer in sorted(folder.rglob("*.serde.json")):
        stem = answer.name.removesuffix(".serde.json")
        path = next((one for one in answer.parent.glob(f"{stem}.*") if one != answer), None)
        if path:
            yield from _side_by_side(path, json.loads(answer.read_bytes().decode("utf-8", "replace")))


def _fastfeedparser(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.rglob("*.xml")):
        if (answer := path.with_suffix(".json")).exists():
            yield from _side_by_side(path, json.loads(answer.read_bytes().decode("utf-8", "replace")))


def _side_by_side(path: Path, answer: dict[str, Any]) -> Iterator[Case]:
    """The entries of a feed as read here and as expected, where they are equally many."""
    entries = _entries(path)
    expected = answer.get("entries") or ()
    if len(entries) != len(expected):
        return
    for entry, wanted in zip(entries, expected, strict=True):
        for key in ("published", "updated"):
            if wanted.get(key) and (texts := _written(entry)):
                yield path.name, texts, _moment(wanted[key])


def _objects(document: object) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict):
        yield document
        for value in document.values():
            yield from _objects(value)
    elif isinstance(document, list):
        for value in document:
            yield from _objects(value)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)


_CORPORA = {
    "feedparser": _feedparser,
    "gofeed": _gofeed,
    "rss-parser": _rss_parser,
    "feed-rs": _feed_rs,
    "fastfeedparser": _fastfeedparser,
}


def _wire(corpora: Path) -> Iterator[Article]:
    for file in sorted(corpora.glob("wire/**/*.ndjson")):
        for line in file.open(encoding="utf-8"):
            told = json.loads(line)
            seen = datetime.fromisoformat(told["collectedAt"])
            url = f"https://wire.example/{told['source']}"
            yield Article(
                id=article_id(told["link"], url, told["link"]),
                revision=1,
                url=told["link"],
                title=told["title"] or "-",
                summary=told["description"],
                published=told["pubDate"],
                source=Source(id=told["source"], name=told["source"]),
                feed=FeedRef(id=feed_id(url), url=url),
                first_seen=seen,
                seen=seen,
            )


def _offsets(articles: Sequence[Article]) -> None:
    polls: dict[str, dict[int, int]] = defaultdict(dict)
    for article in articles:
        for member, delay in noted(article):
            if ":" not in member:
                of_source = polls[article.source.id]
                of_source[poll_of(article)] = min(delay, of_source.get(poll_of(article), delay))
    print("\noffsets learned, of publishers polled every two hours, from their first 24 polls on")
    for half, name in ((1, "looked at"), (0, "held out")):
        total: Counter[str] = Counter()
        for source, by_poll in sorted(polls.items()):
            if hashlib.sha256(source.encode()).digest()[0] % 2 == half and len(by_poll) >= 24:
                total.update(_shifted([by_poll[poll] for poll in sorted(by_poll)], source))
        print(f"  {name}: unshifted {total['polls']} polls, {total['false']} false; shifted: right "
              f"{total['right'] / total['asked']:.1%}, nothing {total['none'] / total['asked']:.1%}, "
              f"wrong {total['wrong'] / total['asked']:.2%} of {total['asked']}")  # fmt: skip


def _shifted(delays: Sequence[int], source: str) -> Counter[str]:
    count = Counter(polls=len(delays))
    count["false"] = sum(learned_offset(tuple(delays[:end])) is not None for end in range(1, len(delays) + 1))
    for hours in _OFFSETS_H:
        shifted = [delay - int(hours * 60) for delay in delays]
        for end in range(24, len(delays) + 1, _EVERY):
            found = learned_offset(tuple(shifted[:end]))
            right = found is not None and found.ahead == timedelta(hours=hours)
            count.update(["asked", "none" if found is None else "right" if right else "wrong"])
    share = {what: count[what] / count["asked"] for what in ("right", "none", "wrong")}
    print(f"    {source:20} {len(delays):4} polls, {count['false']} false; right {share['right']:.0%}, "
          f"nothing {share['none']:.0%}, wrong {share['wrong']:.1%}")  # fmt: skip
    return count


def _speed(articles: Sequence[Article], batch: int = 256) -> None:
    iso = [article.published or "" for article in articles]
    rfc = [f"{parsed.at:%a, %d %b %Y %T} +0000" for text in iso if (parsed := parse_date(text))]
    print("\nspeed, in CPU time of one core")
    for name, texts in (("ISO 8601", iso), ("RFC 822", rfc)):
        started = time.process_time()
        for text in texts:
            parse_date(text)
        print(f"  {name}: {len(texts) / (time.process_time() - started):,.0f} dates a second")
    arrivals = [Arrival(article, Place(0, number)) for number, article in enumerate(articles)]
    memory = FeedDatesMemory(LocalStore())
    started = time.process_time()
    batches = [arrivals[start : start + batch] for start in range(0, len(arrivals), batch)]
    contexts = [context for part in batches for context in gather_here(part, [memory])]
    print(f"  memory, without a server: {len(arrivals) / (time.process_time() - started):,.0f} articles a second")
    drafts = [
        Draft(one, Times(first_seen=Timestamp(at=one.first_seen, method="first_seen", precision="second",
                                              zone="explicit")), context)
        for one, context in zip(articles, contexts, strict=True)
    ]  # fmt: skip
    run = times_step().run
    started = time.process_time()
    found = [draft for start in range(0, len(drafts), batch) for draft in run(drafts[start : start + batch])]
    print(f"  step: {len(found) / (time.process_time() - started):,.0f} articles a second")
    told = Counter(draft.times.published.precision if draft.times.published else "none" for draft in found)
    notes = Counter((draft.times.published.adjusted or "").split(":")[0] for draft in found if draft.times.published)
    disputed = sum(bool(draft.times.published and draft.times.published.disputed) for draft in found)
    print(f"  of {len(found)}: {dict(told)}; adjusted {dict(notes.most_common(6))}; disputed {disputed}")


if __name__ == "__main__":
    main()
