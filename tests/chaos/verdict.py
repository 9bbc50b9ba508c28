"""What must hold when the fire is over, and what does not."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from services.contracts.enrichments import ArticleEnriched
from services.enrich.story_owner.entries import Entry
from services.enrich.thinker import CRASHED
from tests.chaos.looking import Held
from tests.chaos.plan import Plan
from tests.chaos.readers import GroupReader, Heard, LiveReader
from tests.chaos.saying import say
from tests.chaos.source import Published

_FAKETIME = "OSError: [Errno 22] Invalid argument"
"""What `time.sleep` raises under libfaketime, which takes the time until the end of a sleep for one of its own."""
_TRACEBACK = re.compile(rb"Traceback|-- ended by itself|Task exception was never retrieved|never awaited")


def of_listing(served: Sequence[Mapping[str, Any]], articles: Mapping[str, Published]) -> Iterator[str]:
    """Every article is served once, in its last version, enriched, and nothing else is."""
    urls = Counter(article["url"] for article in served)
    yield from say("served more than once", [url for url, count in urls.items() if count > 1])
    yield from say("never served", articles.keys() - urls.keys())
    yield from say("served, and never published", urls.keys() - articles.keys())
    known = [article for article in served if article["url"] in articles]
    yield from say(
        "served in a version that is not the last", [_old(one, articles) for one in known if _old(one, articles)]
    )
    yield from say("not enriched", [article["url"] for article in known if not article["enriched"]])


def _old(served: Mapping[str, Any], articles: Mapping[str, Published]) -> str:
    wanted = articles[served["url"]].title
    return (
        ""
        if served["title"] == wanted
        else f"{served['url']} r{served['revision']}: {served['title']!r}, not {wanted!r}"
    )


def of_revisions(plan: Plan, served: Iterable[Mapping[str, Any]], articles: Mapping[str, Published]) -> Iterator[str]:
    """A revision is published for a version, never twice for the same."""
    if plan.memory == "kept":
        many = [one for one in served if one["url"] in articles and one["revision"] > articles[one["url"]].version]
        yield from say("more revisions than versions", [f"{one['url']} r{one['revision']}" for one in many])


def of_broker(plan: Plan, held: Held) -> Iterator[str]:
    """Nothing is pending in any group, quarantine is empty, and no event stands twice in its stream."""
    for group in held.groups:
        if group.pending or group.unread:
            yield f"{group.name} on {group.stream}: {group.pending} pending, {group.unread} unread"
    for stream, ids in held.ids.items():
        if plan.memory == "kept":
            twice = [event for event, count in Counter(ids).items() if count > 1]
            yield from say(f"more than once on {stream}", twice)
    yield from say("in quarantine", [str(payload)[:300] for payload in held.quarantined])


def of_enrichments(entries: Iterable[Entry]) -> Iterator[str]:
    """No article was given up: all of these can be enriched."""
    yield from say(
        "enriched with nothing",
        [
            f"{entry.told.data.id}/{entry.told.data.revision}"
            for entry in entries
            if isinstance(entry.told, ArticleEnriched) and CRASHED in entry.told.data.skipped.values()
        ],
    )


def of_group_reader(plan: Plan, reader: GroupReader, in_stream: set[str]) -> Iterator[str]:
    """It has seen all that stands in the stream, and no id ever meant two things."""
    yield from say(f"on {reader.stream}, not seen by an idempotent reader", in_stream - reader.contents.keys())
    if plan.memory == "kept":
        yield from say(f"seen on {reader.stream} under one id with two contents", reader.differing)
        yield from say(f"seen and not on {reader.stream}", reader.contents.keys() - in_stream)


def of_live_reader(plan: Plan, reader: LiveReader, articles: Mapping[str, Published]) -> Iterator[str]:
    """Each article was told of once, all in order, and the last that was told of each is its last version."""
    told = [heard for heard in reader.heard if heard.event == "article"]
    counts = Counter(heard.data["url"] for heard in told)
    yield from say(f"told twice at {reader.path}", [url for url, count in counts.items() if count > 1])
    yield from say(f"never told at {reader.path}", articles.keys() - counts.keys())
    places = [_place(heard) for heard in reader.heard]
    back = [f"{reader.heard[at].id} after {reader.heard[at - 1].id}" for at in _steps_back(places)]
    yield from say(f"told out of order at {reader.path}", back)
    if plan.memory == "kept":
        yield from say(f"gaps at {reader.path}", [str(heard.data) for heard in reader.heard if heard.event == "gap"])
    if "types=article" not in reader.path:
        last = {
            heard.data["url"]: heard.data for heard in reader.heard if "url" in heard.data and "revision" in heard.data
        }
        old = [_old(last[url], articles) for url in articles.keys() & last.keys()]
        yield from say(f"last told at {reader.path} in an old version", [one for one in old if one])


Place = tuple[tuple[int, ...], ...]


def _place(heard: Heard) -> Place:
    return tuple(tuple(map(int, part.split("-"))) for part in heard.id.split("_"))


def _steps_back(places: Sequence[Place]) -> list[int]:
    def is_behind(at: int) -> bool:
        return any(new < old for new, old in zip(places[at], places[at - 1], strict=True))

    return [at for at in range(1, len(places)) if is_behind(at)]


def of_logs(folder: Path) -> Iterator[str]:
    """No service said that something happened to it that it did not foresee."""
    for log in sorted(folder.glob("*.log")):
        if log.name == "broker.log":
            continue
        lines = log.read_bytes().splitlines()
        found = [at for at, line in enumerate(lines) if _TRACEBACK.search(line)]
        said = [b" | ".join((*lines[max(0, at - 1) : at + 1], *_last_of_traceback(lines, at))).decode() for at in found]
        yield from say(f"tracebacks in {log.name}", (each for each in said if _FAKETIME not in each))


def _last_of_traceback(lines: Sequence[bytes], at: int) -> Sequence[bytes]:
    for line in lines[at + 1 :]:
        if line[:1].strip():
            return [line]
    return []
