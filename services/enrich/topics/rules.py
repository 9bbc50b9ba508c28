"""Topics found by words, for those that the model of text does not know."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from services.enrich.rules import BOUNDARY
from services.enrich.words import tokens_of

RULES_FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class TopicRule:
    """`confidence` is the share of articles that were judged right by hand; see docs/models/topics.md."""

    code: str
    confidence: float
    sure: frozenset[str]
    hints: frozenset[str]
    never: frozenset[str]
    unless: frozenset[str]

    def says(self, title: set[str], whole: set[str]) -> bool:
        """`title` and `whole` are words, and neighbours joined by spaces, of the title and of title and summary."""
        certain = title & self.sure
        if not certain and not (title & self.hints and len(whole & (self.sure | self.hints)) > 1):
            return False
        return not whole & self.never


@dataclass(frozen=True, slots=True)
class TopicRules:
    rules: tuple[TopicRule, ...]
    _telling: frozenset[str]
    _in_titles: frozenset[str]

    def matching(self, title: str, summary: str) -> Sequence[TopicRule]:
        """The rules that an English article meets by its words alone; `unless` is for the caller to look at."""
        of_title = tokens_of(title)
        if self._telling.isdisjoint(of_title):
            return ()
        short = _grams(of_title)
        if self._in_titles.isdisjoint(short):
            return ()
        whole = _grams([*of_title, BOUNDARY, *tokens_of(summary)])
        return [rule for rule in self.rules if rule.says(short, whole)]


def _grams(tokens: Sequence[str]) -> set[str]:
    pairs = list(pairwise(tokens))
    found = {*tokens, *map(" ".join, pairs)}
    found.update(f"{one} {two} {three}" for (one, two), three in zip(pairs, tokens[2:], strict=False))
    return found


def load_topic_rules(path: Path = RULES_FILE) -> TopicRules:
    """The rules that come with Dateline."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    rules = tuple(_rule(code, table) for code, table in tables.items())
    in_titles = frozenset(text for rule in rules for text in rule.sure | rule.hints)
    return TopicRules(rules, frozenset(text.partition(" ")[0] for text in in_titles), in_titles)


def _rule(code: str, table: Mapping[str, object]) -> TopicRule:
    grams = {key: _grams_of(table[key]) for key in ("sure", "hints", "never")}
    unless = table["unless"]
    assert isinstance(unless, list)
    return TopicRule(code, float(str(table["confidence"])), unless=frozenset(unless), **grams)


def _grams_of(texts: object) -> frozenset[str]:
    assert isinstance(texts, Iterable)
    return frozenset(" ".join(tokens_of(text)) for text in texts)
