"""What a query says, as values. Two that are equal find the same articles."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Column = Literal["any", "title", "author", "source"]
"""Where words are looked for; `any` is title, summary and text, `source` the publisher's name and id."""


@dataclass(frozen=True, slots=True)
class Words:
    """A word, or several in this order with nothing between. Case, accents and English endings do not count."""

    text: str
    column: Column = "any"


@dataclass(frozen=True, slots=True)
class Site:
    """The article's URL is on this host, or on one below it."""

    host: str


@dataclass(frozen=True, slots=True)
class Listed:
    """The article is listed under one of these keys: tags by slug, sources, feeds and stories by id, languages by code.

    `first` has one key, the empty one: articles that repeat no earlier one. No query says that, a filter may.
    """

    kind: Literal["tag", "source", "feed", "language", "story", "first"]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The article's time is `since` or later, and before `until` (both UTC)."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Node", ...]


Leaf = Words | Site | Listed | Within
Node = Leaf | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was typed, and what it says."""

    text: str
    root: Node

    def words(self) -> tuple[Words, ...]:
        """The words that an article may be found by: what can be marked in it. None that is to be absent."""
        return tuple(_wanted(self.root))

    def names_stories(self) -> bool:
        """Whether it asks which story an article belongs to."""
        return _names_stories(self.root)


def _names_stories(node: Node) -> bool:
    if isinstance(node, And | Or):
        return any(_names_stories(part) for part in node.parts)
    if isinstance(node, Not):
        return _names_stories(node.part)
    return isinstance(node, Listed) and node.kind == "story"


def _wanted(node: Node) -> list[Words]:
    if isinstance(node, And | Or):
        return [words for part in node.parts for words in _wanted(part)]
    return [node] if isinstance(node, Words) else []
