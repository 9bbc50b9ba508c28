"""Labelled sentences as text with spans, read from the corpora as they were published."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = ("PER", "ORG", "LOC", "MISC")

_KIND_OF = {
    "PER": "PER", "ORG": "ORG", "LOC": "LOC", "MISC": "MISC",
    "person": "PER", "location": "LOC", "corporation": "ORG", "group": "ORG", "creative-work": "MISC",
    "product": "MISC",
    "Person": "PER", "Organization": "ORG", "Location": "LOC", "Facility": "LOC", "Misc": "MISC", "NORP": "MISC",
    "Product": "MISC",
}  # fmt: skip
"""The kinds of three corpora as one; nationalities are MISC in CoNLL, dates and sums of money are no names."""

_NO_SPACE_BEFORE = re.compile(r"[.,;:!?%)\]”…]+|['’](?:s|S|re|ve|ll|m|d)|n['’]t")
_NO_SPACE_AFTER = re.compile(r"[(\[$£€“#@]")
_CLITIC = frozenset("s S t re ve ll m d".split())


@dataclass(frozen=True, slots=True)
class Sentence:
    """`spans` are (start, end, kind) in `text`; `document` names where it comes from."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    document: str


def sentence_of(words: list[str], labels: list[str], document: str, *, split_hyphens: bool) -> Sentence:
    """Words put together as they would be written. `split_hyphens`: the corpus has parted `ultra-orthodox` in three."""
    text = ""
    starts: list[int] = []
    for index, word in enumerate(words):
        if text and not _glued(words, index, split_hyphens):
            text += " "
        starts.append(len(text))
        text += word
    spans: list[tuple[int, int, str]] = []
    for index, label in enumerate(labels):
        prefix, _, name = label.partition("-")
        kind = _KIND_OF.get(name)
        if kind is None:
            continue
        end = starts[index] + len(words[index])
        if prefix == "I" and index and labels[index - 1].partition("-")[2] == name and spans:
            spans[-1] = (spans[-1][0], end, kind)
        else:
            spans.append((starts[index], end, kind))
    return Sentence(text, tuple(spans), document)


def _glued(words: list[str], index: int, split_hyphens: bool) -> bool:
    """Whether no space stands before the word at `index`."""
    before, word = words[index - 1], words[index]
    after = words[index + 1] if index + 1 < len(words) else ""
    if _NO_SPACE_BEFORE.fullmatch(word) or _NO_SPACE_AFTER.fullmatch(before):
        return True
    if (
        before == "."
        and index > 1
        and len(words[index - 2]) == 1
        and len(word) == 1
        and word.isupper()
        and after == "."
    ):
        return words[index - 2].isupper()
    if word in "'’" and after in _CLITIC:
        return True
    if before in "'’" and word in _CLITIC and index > 1:
        return True
    joins = "-/–" if split_hyphens else ""
    if word in joins:
        return before[-1:].isalnum() and after[:1].isalnum()
    return before in joins and index > 1 and words[index - 2][-1:].isalnum() and word[:1].isalnum()


def _columns(path: Path, separator: str) -> Iterator[tuple[list[str], list[str], int]]:
    """Words and labels of each sentence, with the number of documents begun so far."""
    words: list[str] = []
    labels: list[str] = []
    documents = 0
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        fields = line.strip().split(separator)
        if len(fields) < 2:
            if words:
                yield words, labels, documents
            words, labels = [], []
        elif fields[0] == "-DOCSTART-":
            documents += 1
        else:
            words.append(fields[0].strip())
            labels.append(fields[-1].strip())


def conll(folder: Path, part: str) -> list[Sentence]:
    """CoNLL++ (`train` or `dev`): Reuters stories of 1996."""
    return [
        sentence_of(words, labels, f"conll-{part}-{document}", split_hyphens=False)
        for words, labels, document in _columns(folder / f"conllpp_{part}.txt", " ")
    ]


def wnut(folder: Path, part: str) -> list[Sentence]:
    """WNUT-17 (`train` or `dev`): short messages with rare names."""
    return [
        sentence_of(words, labels, f"wnut-{part}", split_hyphens=False)
        for words, labels, _ in _columns(folder / f"wnut17{part}.conll", "\t")
    ]


def worldwide(folder: Path) -> list[Sentence]:
    """Worldwide Newswire: stories of 2022 from papers outside Europe and North America."""
    return [
        sentence_of(words, labels, path.name, split_hyphens=True)
        for path in sorted((folder / "worldwide").glob("*.tsv"))
        for words, labels, _ in _columns(path, "\t")
    ]


def share(document: str) -> int:
    """0 to 9, the same for all sentences of a document. In Worldwide 0 and 1 are set aside, 2 is for looking at."""
    return hashlib.sha256(document.encode()).digest()[0] * 10 // 256


def in_title_case(sentence: Sentence) -> Sentence:
    """As a headline would be set: every word of four letters or more, and the first, begins with a capital."""
    return _recast(sentence, lambda word, first: word[:1].upper() + word[1:] if first or len(word) > 3 else word)


def in_capitals(sentence: Sentence) -> Sentence:
    return _recast(sentence, lambda word, _first: word.upper())


def _recast(sentence: Sentence, change: Callable[[str, bool], str]) -> Sentence:
    pieces = re.split(r"(\s+)", sentence.text)
    cast = "".join(change(piece, number == 0) for number, piece in enumerate(pieces))
    return Sentence(cast, sentence.spans, sentence.document) if len(cast) == len(sentence.text) else sentence


def all_of(sentences: Iterable[Sentence], shares: Iterable[int]) -> list[Sentence]:
    wanted = frozenset(shares)
    return [sentence for sentence in sentences if share(sentence.document) in wanted]
