"""English text without labels: from it comes which words are used alike and which are written small."""

import csv
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

_TAG = re.compile(r"<[^>]+>")
_NOT_ENGLISH = frozenset({"NHK World"})


def background(corpora: Path) -> Iterator[str]:
    """Paragraphs of the wire, and of the topic sets, each once."""
    seen: set[str] = set()
    for text in _texts(corpora):
        plain = " ".join(html.unescape(_TAG.sub(" ", html.unescape(text))).split())
        if plain and plain not in seen:
            seen.add(plain)
            yield plain


def _texts(corpora: Path) -> Iterator[str]:
    for path in sorted((corpora / "wire" / "wire").glob("*.ndjson")):
        for line in path.read_text(encoding="utf-8").splitlines():
            article = json.loads(line)
            if article["source"] not in _NOT_ENGLISH:
                yield article["title"]
                yield article.get("description") or ""
    for name in ("bbc", "ag_train_20k"):
        for line in (corpora / "topics" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            article = json.loads(line)
            yield article.get("title") or ""
            yield from (article.get("text") or "").split("\n\n")
    with (corpora / "topics" / "masakhanews" / "eng" / "dev.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            yield row["headline"]
            yield from row["text"].split("\n")
