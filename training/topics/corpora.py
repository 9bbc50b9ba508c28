"""Reading the corpora of the topics model, each in a folder of its own name: `topics`, `wire`, `langid`, `ner`."""

import csv
import hashlib
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.enrich.topics.media_topics import MEDIA_TOPICS, TOP_LEVELS
from services.enrich.topics.sections import Sections
from training.topics.labelled import Labelled

ARTS, ECONOMY, HEALTH, POLITICS, SCIENCE, SPORT = (f"medtop:{number}000000" for number in "01 04 07 11 13 15".split())

_BBC = {"business": ECONOMY, "sport": SPORT, "politics": POLITICS, "tech": SCIENCE, "entertainment": ARTS}
_AG = {"business": ECONOMY, "sport": SPORT, "sci_tech": SCIENCE}
_MASAKHA = {"business": ECONOMY, "sports": SPORT, "politics": POLITICS, "technology": SCIENCE, "entertainment": ARTS}
_EVENTS = {"business": ECONOMY, "sports": SPORT, "technology": SCIENCE, "science": SCIENCE, "entertainment": ARTS}
_MARKUP = re.compile(r"<[^>]+>")
_BROKEN_NUMBER = re.compile(r" ?#(\d+);")
_NO_NEWS = re.compile(
    r"/(opinions?|promoted|presented|advertorial|brand-studio|plus|live|liveblog|shorts|commentary|astrology|defence)/"
)
_MOST_OF_ONE = 400
"""Articles of one section of one publisher; of those without a section eight times as many."""


def bbc(folder: Path) -> list[Labelled]:
    """Once whole, and once as much of it as a feed would carry."""
    whole = _one_label(folder / "topics/bbc.jsonl", _BBC, "bbc")
    return whole + [_cut(one, 40) for one in whole]


def bbc_whole(folder: Path) -> list[Labelled]:
    return _one_label(folder / "topics/bbc.jsonl", _BBC, "bbc")


def ag(folder: Path) -> list[Labelled]:
    """AG News calls some half of the news `world`, which is no topic; such a text has none of the other three."""
    return _one_label(folder / "topics/ag_train_20k.jsonl", _AG, "ag", weight=0.5)


def events(folder: Path) -> list[Labelled]:
    """Giveme5W1H, never trained on. Those that are filed under `world` are left out."""
    return [one for one in _one_label(folder / "stories/giveme5w1h.jsonl", _EVENTS, "events") if one.topics]


def _one_label(path: Path, names: dict[str, str], group: str, weight: float = 1.0) -> list[Labelled]:
    every = frozenset(names.values())
    found = []
    for row in _lines(path):
        topics = frozenset({names[row["label" if "label" in row else "category"]]} if _name(row) in names else ())
        title, text = (_repaired(row[field] or "") for field in ("title", "text"))
        found.append(Labelled(title, text, topics, every - topics, weight, group))
    return found


def _name(row: dict[str, Any]) -> str:
    return str(row.get("label") or row.get("category"))


def _repaired(text: str) -> str:
    """AG News lost the ampersands of its character references."""
    return html.unescape(_BROKEN_NUMBER.sub(r"&#\1;", text))


def _cut(one: Labelled, words: int) -> Labelled:
    text = " ".join(one.text.split()[:words])
    return Labelled(one.title, text, one.topics, one.absent, one.weight, one.group)


def masakhanews(folder: Path, language: str = "eng", half: int | None = None) -> list[tuple[Labelled, str]]:
    """With their URLs. Never trained on. Half 0 was looked at while the model was made, half 1 was not."""
    names = _MASAKHA | {"health": HEALTH}
    with (folder / f"topics/masakhanews/{language}/dev.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    every = frozenset(names.values())
    found = []
    for row in rows:
        topics = frozenset({names[row["category"]]})
        one = Labelled(row["headline"] or "", row["text"] or "", topics, every - topics, group="masakhanews")
        if half is None or hashlib.sha1(one.title.encode(), usedforsecurity=False).digest()[0] % 2 == half:
            url = row["url"] if "//" in row["url"] else f"https://www.bbc.co.uk{row['url']}"
            found.append((one, url))
    return found


def wire(folder: Path, sections: Sections) -> list[Labelled]:
    """Headlines with summaries. Their topic is what the section in their URL says; in most URLs there is none."""
    taken: dict[tuple[str, str | None], int] = {}
    seen: set[str] = set()
    found = []
    for path in sorted((folder / "wire").rglob("*.ndjson")):
        for row in _lines(path):
            title, link = str(row["title"]), str(row["link"])
            host = (urlsplit(link).hostname or "").removeprefix("www.")
            if title.lower() in seen or _mostly_not_latin(title):
                continue
            seen.add(title.lower())
            code = None if _NO_NEWS.search(link) else sections.of_url(link)
            top = MEDIA_TOPICS[code].top if code else None
            taken[host, top] = taken.get((host, top), 0) + 1
            if taken[host, top] <= (_MOST_OF_ONE if top else 8 * _MOST_OF_ONE):
                text = _MARKUP.sub(" ", str(row["description"] or ""))
                found.append(_filed(title, text, top, host))
    return found


_USUAL = frozenset({ARTS, ECONOMY, POLITICS, SCIENCE, SPORT})
"""What has its own section with nearly every publisher: an article of another section is about something else."""


def _filed(title: str, text: str, top: str | None, group: str) -> Labelled:
    if top is None:
        return Labelled(title, text, weight=0.5, group=group)
    topics = frozenset({top})
    return Labelled(title, text, topics, _USUAL - topics, group=group)


def _mostly_not_latin(text: str) -> bool:
    return sum(char.isascii() for char in text) < len(text) / 2


def media_topic_definitions(folder: Path) -> list[Labelled]:
    """IPTC's own words for each of its 1,372 concepts (CC BY 4.0), as examples of their top levels."""
    concepts = json.loads((folder / "topics/iptc/iptc_mapping.json").read_text(encoding="utf-8"))
    found = []
    for concept in concepts.values():
        name, meaning, top = (str(concept[key]) for key in ("Name (en-GB)", "Definition (en-GB)", "Level1/NewsCode"))
        topics = frozenset({top})
        found.append(Labelled(name, meaning, topics, frozenset(), 0.5, "iptc"))
    return found


def free_sentences(folder: Path) -> list[Labelled]:
    """English sentences under CC BY 4.0: of the Leipzig corpora in `langid`, of WNUT-17 in `ner`."""
    sentences = (folder / "langid/sentences/en.txt").read_text(encoding="utf-8").splitlines()
    blocks = (folder / "ner/wnut17train.conll").read_text(encoding="utf-8").split("\n\n")
    sentences += [" ".join(line.split("\t")[0] for line in block.splitlines()) for block in blocks]
    return [Labelled("", sentence, weight=0.5, group="free") for sentence in sentences if sentence.strip()]


def own_articles(path: Path) -> list[Labelled]:
    """Articles that a user labelled: JSON lines with `title`, `text` and `topics`, which are codes of top levels.

    Raises `ValueError` that names the line.
    """
    found = []
    for number, row in enumerate(_lines(path), start=1):
        topics = frozenset(row.get("topics", ()))
        if not topics or not topics <= set(TOP_LEVELS):
            raise ValueError(f"{path}, line {number}: topics must be codes of top levels, such as medtop:11000000")
        title, text = str(row.get("title", "")), str(row.get("text", ""))
        found.append(Labelled(title, text, topics, frozenset(TOP_LEVELS) - topics, group=str(path)))
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
