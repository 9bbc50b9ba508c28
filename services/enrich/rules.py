"""Tag rules as one structure that finds all rules which an article meets in one pass over its words."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field

from services.enrich.slugs import slug_of
from services.enrich.tag_changes import TagChanges
from services.enrich.words import tokens_of

BOUNDARY = ""
"""A token that no rule holds: it keeps phrases from reaching out of one field into the next."""


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
    _phrases: dict[str, list[tuple[tuple[str, ...], str, int]]] = field(default_factory=dict)
    _sources: dict[str, list[int]] = field(default_factory=dict)
    _categories: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def compiled(cls, rules: Iterable[Rule], changes: TagChanges | None = None) -> "TagRules":
        made = cls(tuple(rules), changes or TagChanges())
        for number, rule in enumerate(made.rules):
            for text in (*rule.words, *rule.phrases):
                first, *rest = tokens_of(text)
                if rest:
                    made._phrases.setdefault(first, []).append((tuple(rest), f" {first} {' '.join(rest)} ", number))
                else:
                    made._words.setdefault(first, []).append(number)
            for source in rule.sources:
                made._sources.setdefault(source.lower().removeprefix("www."), []).append(number)
            for category in rule.categories:
                made._categories.setdefault(slug_of(category), []).append(number)
        return made

    @property
    def setting(self) -> str:
        """All that they say; how the file is laid out is no part of it."""
        changes = sorted(self.changes.renamed.items()), sorted(self.changes.forbidden)
        return json.dumps([[astuple(rule) for rule in self.rules], *changes])

    def matching(self, texts: Iterable[str], source_id: str, categories: Sequence[str] = ()) -> list[Rule]:
        """The rules that an article meets, in the file's order. `texts` are its fields; phrases stay within one."""
        tokens: list[str] = []
        for text in texts:
            tokens += tokens_of(text)
            tokens.append(BOUNDARY)
        present = set(tokens)
        met = {number for word in present & self._words.keys() for number in self._words[word]}
        if firsts := present & self._phrases.keys():
            met.update(self._of_phrases(tokens, present, firsts))
        if self._sources:
            met.update(number for domain in _domains(source_id) for number in self._sources.get(domain, ()))
        if self._categories:
            met.update(number for name in categories for number in self._categories.get(slug_of(name), ()))
        return [self.rules[number] for number in sorted(met)]

    def reasons(self, rule: Rule, texts: Iterable[str], source_id: str, categories: Sequence[str] = ()) -> list[str]:
        """Which of a rule's conditions an article meets, for who asks why; `matching` is the quick way to know that."""
        fields = [f" {' '.join(tokens_of(text))} " for text in texts]
        said = (text for text in (*rule.words, *rule.phrases) if _stands_in(fields, text))
        domains, slugs = set(_domains(source_id)), set(map(slug_of, categories))
        return [
            *(f"the text has {text!r}" for text in said),
            *(f"the source is {one}" for one in rule.sources if one.lower().removeprefix("www.") in domains),
            *(f"the publisher's category is {one!r}" for one in rule.categories if slug_of(one) in slugs),
        ]

    def _of_phrases(self, tokens: Sequence[str], present: set[str], firsts: set[str]) -> Iterable[int]:
        """Few phrases have all of their words in an article, so only these are looked for."""
        possible = [
            (phrase, number)
            for first in firsts
            for rest, phrase, number in self._phrases[first]
            if present.issuperset(rest)
        ]
        whole = f" {' '.join(tokens)} " if possible else ""
        return [number for phrase, number in possible if phrase in whole]


def _stands_in(fields: Sequence[str], text: str) -> bool:
    wanted = f" {' '.join(tokens_of(text))} "
    return any(wanted in field for field in fields)


def _domains(source_id: str) -> Iterable[str]:
    """`news.example.org`, then `example.org`, then `org`."""
    labels = source_id.lower().removeprefix("www.").split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))
