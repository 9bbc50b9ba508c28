"""Texts with what is known of their topics: by their publisher, by an annotator, or by words that speak for one."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from training.topics.fit import Targets

SEEDS_FILE = Path(__file__).with_name("seeds.toml")

ENOUGH = 3
"""Seeds in a text, those in its title twice, from which it is taken as an example."""

_WORDS = re.compile(r"[\w-]+")
_SEEDED_WORDS = 200


@dataclass(frozen=True, slots=True)
class Labelled:
    """`topics` are codes of top levels that it has; `absent` those that it has not. Of others nothing is known."""

    title: str
    text: str
    topics: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    weight: float = 1.0
    group: str = ""

    @property
    def whole(self) -> str:
        return f"{self.title} {self.text}"


@dataclass(frozen=True, slots=True)
class Seeds:
    """For each topic, by its code, the words and pairs of words that speak for it."""

    words: dict[str, frozenset[str]]

    def counted(self, one: Labelled) -> dict[str, int]:
        """How many different seeds of each topic the text holds; those of the title count twice."""
        title = _words_and_pairs(one.title)
        text = _words_and_pairs(" ".join(one.text.split()[:_SEEDED_WORDS])) - title
        return {code: 2 * len(title & words) + len(text & words) for code, words in self.words.items()}


def load_seeds(path: Path = SEEDS_FILE) -> Seeds:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return Seeds(
        {code: frozenset(" ".join(word.split()) for word in words.split(",")) for code, words in tables.items()}
    )


def seeds_as_texts(seeds: Seeds) -> list[Labelled]:
    """Each seed as a text of one word or two."""
    every = frozenset(seeds.words)
    return [
        Labelled("", word, frozenset({code}), every - {code}, group="seeds")
        for code, words in sorted(seeds.words.items())
        for word in sorted(words)
    ]


def _words_and_pairs(text: str) -> set[str]:
    words = _WORDS.findall(text.lower())
    return {*words, *(f"{one} {after}" for one, after in pairwise(words))}


def targets_of(texts: Sequence[Labelled], seeds: Seeds, codes: Sequence[str]) -> Targets:
    """What is known for each of `codes`. Where only seeds speak, several make an example and none a counterexample."""
    rows = np.zeros((len(texts), len(codes)), np.int8)
    for row, one in zip(rows, texts, strict=True):
        counted = seeds.counted(one)
        for column, code in enumerate(codes):
            if code in one.topics:
                row[column] = 1
            elif code in one.absent:
                row[column] = -1
            else:
                count = counted.get(code, 0)
                row[column] = 1 if count >= ENOUGH else -1 if count == 0 else 0
    return Targets(rows, np.array([one.weight for one in texts], np.float32))


def publishers_alone(texts: Iterable[Labelled], codes: Sequence[str]) -> Targets:
    """As publishers and annotators say: the topics that a text has, and none of the others."""
    signs = [[1 if code in one.topics else -1 for code in codes] for one in texts]
    return Targets(np.array(signs, np.int8), np.ones(len(signs), np.float32))
