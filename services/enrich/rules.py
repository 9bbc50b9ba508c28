"""Tag rules as one structure that finds all rules which an article meets in one pass over its words."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.enrich.slugs import slug_of
from services.enrich.tag_changes import TagChanges

_SIGNS = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_ASCII_TOKENS = re.compile(r"[a-z0-9]+")
_TOKENS = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")

BOUNDARY = ""
"""A token that no rule holds: it keeps phrases from reaching out of one field into the next."""


def tokens_of(text: str) -> list[str]:
    """The words of a text without case. Each sign of Chinese and Japanese is one: nothing separates their words."""
    if text.isascii():
        return _ASCII_TOKENS.findall(text.lower())
    return _TOKENS.findall(unicodedata.normalize("NFKC", text).casefold())


@dataclass(frozen=True, slots=True)
class Rule:
    """One tag and when to give it: any word, phrase, source or category is enough.

    `topic` is the code of the IPTC Media Topic that the tag is, if it is one.
    """

    slug: str
    label: str
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class TagRules:
    """Compiled rules. `matching` costs one set intersection for an article that meets none."""

    rules: tuple[Rule, ...] = ()
    changes: TagChanges = field(default_factory=TagChanges)
    _words: dict[str, list[int]] = field(default_factory=dict)
    _phrases: dict[str, list[tuple[tuple[str, ...], int]]] = field(default_factory=dict)
    _sources: dict[str, list[int]] = field(default_factory=dict)
    _categories: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def compiled(cls, rules: Iterable[Rule], changes: TagChanges | None = None) -> "TagRules":
        made = cls(tuple(rules), changes or TagChanges())
        for number, rule in enumerate(made.rules):
            for text in (*rule.words, *rule.phrases):
                first, *rest = tokens_of(text)
                if rest:
                    made._phrases.setdefault(first, []).append((tuple(rest), number))
                else:
                    made._words.setdefault(first, []).append(number)
            for source in rule.sources:
                made._sources.setdefault(source.lower().removeprefix("www."), []).append(number)
            for category in rule.categories:
                made._categories.setdefault(slug_of(category), []).append(number)
        return made

    def matching(self, texts: Iterable[str], source_id: str, categories: Sequence[str] = ()) -> list[Rule]:
        """The rules that an article meets, in the file's order. `texts` are its fields; phrases stay within one."""
        tokens: list[str] = []
        for text in texts:
            tokens += tokens_of(text)
            tokens.append(BOUNDARY)
        present = set(tokens)
        met = {number for word in present & self._words.keys() for number in self._words[word]}
        if firsts := present & self._phrases.keys():
            met.update(self._of_phrases(tokens, firsts))
        if self._sources:
            met.update(number for domain in _domains(source_id) for number in self._sources.get(domain, ()))
        if self._categories:
            met.update(number for name in categories for number in self._categories.get(slug_of(name), ()))
        return [self.rules[number] for number in sorted(met)]

    def _of_phrases(self, tokens: Sequence[str], firsts: set[str]) -> Iterable[int]:
        for at, token in enumerate(tokens, start=1):
            if token in firsts:
                for rest, number in self._phrases[token]:
                    if tuple(tokens[at : at + len(rest)]) == rest:
                        yield number


def _domains(source_id: str) -> Iterable[str]:
    """`news.example.org`, then `example.org`, then `org`."""
    labels = source_id.lower().removeprefix("www.").split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))
