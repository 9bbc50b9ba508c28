"""A query asked of one article in memory, with the answer that a listing would give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.api.query.tree import And, Column, Leaf, Listed, Node, Not, Or, Query, Site, Within, Words
from services.api.readmodel.filters import to_ms
from services.api.readmodel.functions import host_of
from services.api.readmodel.tokens import terms, terms_of


@dataclass(frozen=True, slots=True)
class Subject:
    """An article as queries see it: its facets by (kind, key), its time, its host, and its terms."""

    facets: frozenset[tuple[str, str]]
    time: datetime
    host: str
    title: tuple[str, ...]
    summary: tuple[str, ...]
    text: tuple[str, ...]
    author: tuple[str, ...]
    source: tuple[str, ...]


def subject(
    headline: Mapping[str, Any], text: str | None, stories: frozenset[tuple[str, str]] = frozenset()
) -> Subject:
    """From an article's `Headline` as decoded JSON, and its body. Build it once for all the queries asked of it.

    `stories` are facets for each id by which its story is known; without them that is the one in the headline.
    """
    source = headline["source"]
    found = terms_of(
        {
            "title": headline["title"],
            "summary": headline["summary"] or "",
            "text": text or "",
            "author": author_text(headline["authors"]),
            "source": source_text(source["name"], source["id"]),
        }
    )
    facets = {("source", source["id"])}
    facets |= {("tag", tag["slug"]) for tag in headline["tags"]}
    facets |= {("feed", feed["id"]) for feed in headline["feeds"]}
    if headline["language"] is not None:
        facets.add(("language", headline["language"]))
    if headline["repeats"] is None:
        facets.add(("first", ""))
    facets |= stories
    if headline.get("story"):
        facets.add(("story", headline["story"]["id"]))
    return Subject(frozenset(facets), datetime.fromisoformat(headline["time"]), host_of(headline["url"]), **found)


def matches(query: Query, article: Subject) -> bool:
    """Whether a listing of the query would have the article."""
    return _holds(query.root, article)


def author_text(authors: Sequence[str]) -> str:
    """What `author:` looks at."""
    return " / ".join(authors)


def source_text(name: str, source: str) -> str:
    """What `source:` looks at, where no id is meant."""
    return f"{name} / {source}"


def _holds(node: Node, article: Subject) -> bool:
    match node:
        case And(parts):
            return all(_holds(part, article) for part in parts)
        case Or(parts):
            return any(_holds(part, article) for part in parts)
        case Not(part):
            return not _holds(part, article)
        case _:
            return _is_so(node, article)


def _is_so(leaf: Leaf, article: Subject) -> bool:
    match leaf:
        case Words(text, column):
            return _has_words(article, terms(text), column)
        case Site(host):
            return article.host == host or article.host.endswith(f".{host}")
        case Listed(kind, keys):
            return any((kind, key) in article.facets for key in keys)
        case Within(since, until):
            time_ms = to_ms(article.time)
            return (since is None or time_ms >= to_ms(since)) and (until is None or time_ms < to_ms(until))


def _has_words(article: Subject, phrase: tuple[str, ...], column: Column) -> bool:
    if column == "any":
        return any(_has_phrase(words, phrase) for words in (article.title, article.summary, article.text))
    columns = {"title": article.title, "author": article.author, "source": article.source}
    return _has_phrase(columns[column], phrase)


def _has_phrase(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    first, size = phrase[0], len(phrase)
    if first not in words:
        return False
    return size == 1 or any(
        words[at : at + size] == phrase for at in range(len(words) - size + 1) if words[at] == first
    )
