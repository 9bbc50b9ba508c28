"""Made-up articles for benchmarks: the same for the same number, no two alike."""

import random

from services.ingest.compose import Found, find_articles
from services.ingest.parse.feed import Entry, ParsedFeed

_WORDS = (
    "harbour council ferry budget vote storm school bridge climate market election team doctor court river energy"
    " farmers museum satellite vaccine strike mayor festival railway drought library police report minister wages"
    " the a of to in on for with after before near under says wants opens closes plans warns finds agrees delays"
).split()


def articles(start: int, count: int, words: int) -> list[Found]:
    """Articles number `start` onward, with bodies of about `words` words, as parsing a feed gives them."""
    entries = tuple(_entry(number, words) for number in range(start, start + count))
    return find_articles(ParsedFeed("made up", site="https://made-up.example/", entries=entries), origin="made-up")


def sentences(count: int) -> list[str]:
    """Of 20 words each, the same each time."""
    return _lines(random.Random(count), count)


def _lines(chance: random.Random, count: int) -> list[str]:
    return [" ".join(chance.choices(_WORDS, k=20)).capitalize() + "." for _ in range(count)]


def _entry(number: int, words: int) -> Entry:
    chance = random.Random(number)
    lines = _lines(chance, max(1, words // 20))
    return Entry(
        guid=f"made-up-{number}",
        url=f"https://made-up.example/articles/{number}",
        title=f"{' '.join(chance.choices(_WORDS, k=7)).capitalize()} ({number})",
        summary=lines[0],
        text="\n\n".join(lines),
        html="".join(f"<p>{line}</p>" for line in lines),
        categories=("Local", "Economy"),
        published=f"Sun, 01 Mar 2026 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} GMT",
        published_field="pubDate",
    )
