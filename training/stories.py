"""Make the backgrounds of stories: `python -m training.stories --corpora DIR`, in some seconds.

Counts in how many texts of a language each word stands: English and Japanese in the wire corpus from week 25 on (on
the weeks before stories are scored), English in BBC News, French in MasakhaNEWS, and every language in its sentences
of the langid corpus. What is kept are words of enough texts and a number each, no text. Run twice it gives the same
bytes; `--check` says whether the files that ship are those.
"""

import argparse
import csv
import html
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from services.enrich.stories.words import words_of

FOLDER = Path(__file__).parents[1] / "services" / "enrich" / "stories" / "backgrounds"

FIRST_WEEK = 25
LEAST_OF_NEWS, LEAST_OF_SENTENCES = 4, 3
_LONGEST = 30
_KANA = re.compile("[\u3041-\u30ff]")
_MARKUP = re.compile(r"<[^>]+>")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    given = parser.parse_args()
    made = {f"{language}.txt": text for language, text in backgrounds(given.corpora)}
    if given.check:
        there = {file.name: file.read_text(encoding="utf-8") for file in given.folder.glob("*.txt")}
        sys.exit("the files that ship are others" if there != made else None)
    given.folder.mkdir(exist_ok=True)
    for name, text in made.items():
        (given.folder / name).write_text(text, encoding="utf-8")
    print(f"{len(made)} languages, {sum(len(text.encode()) for text in made.values()) / 1e6:.1f} MB in {given.folder}")


def backgrounds(corpora: Path) -> Iterator[tuple[str, str]]:
    """Languages and what their files hold."""
    wire = list(_wire(corpora))
    news = {
        "en": [*(text for text in wire if not _KANA.search(text)), *_bbc(corpora)],
        "ja": [text for text in wire if _KANA.search(text)],
        "fr": list(_masakhanews(corpora, "fra")),
    }
    for file in sorted((corpora / "langid" / "sentences").glob("*.txt")):
        of_news = news.get(file.stem, [])
        texts = [*of_news, *file.read_text(encoding="utf-8").splitlines()]
        yield file.stem, background(texts, file.stem, LEAST_OF_NEWS if of_news else LEAST_OF_SENTENCES)


def background(texts: Iterable[str], language: str, least: int) -> str:
    """The number of texts, then lines of a number and the words that stand in so many of them."""
    found, number = Counter[str](), 0
    for text in texts:
        found.update(set(words_of(text, language)))
        number += 1
    words: dict[int, list[str]] = defaultdict(list)
    for word, count in found.items():
        if count >= least and len(word) <= _LONGEST and not word[0].isdigit():
            words[count].append(word)
    lines = [f"{count} {' '.join(sorted(words[count]))}\n" for count in sorted(words, reverse=True)]
    return f"# Made by training.stories; see rarity.py.\n{number}\n{''.join(lines)}"


def _wire(corpora: Path) -> Iterator[str]:
    for file in sorted(corpora.glob("wire/**/*.ndjson")):
        if int(file.stem.rpartition("W")[2]) >= FIRST_WEEK:
            for line in file.open(encoding="utf-8"):
                told = json.loads(line)
                yield _MARKUP.sub(" ", html.unescape(f"{told['title']} {told['description'] or ''}"))


def _bbc(corpora: Path) -> Iterator[str]:
    for line in (corpora / "topics" / "bbc.jsonl").open(encoding="utf-8"):
        told = json.loads(line)
        yield f"{told['title']} {told['text']}"


def _masakhanews(corpora: Path, language: str) -> Iterator[str]:
    with (corpora / "topics" / "masakhanews" / language / "dev.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield f"{row['headline'] or ''} {row['text'] or ''}"


if __name__ == "__main__":
    main()
