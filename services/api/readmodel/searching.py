"""The tree of a query as SQL conditions. `query/matching.py` gives the same answers for one article in memory.

Conditions are about a row with the columns `{time}` and `{row}`: whoever uses them fills in what these are called.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.api.query.tree import And, Listed, Node, Not, Or, Site, Within, Words
from services.api.readmodel.filters import to_ms
from services.api.readmodel.functions import site_term
from services.api.readmodel.stories_lookups import resolved
from services.api.readmodel.tokens import seamed

RARE = 10_000
"""Up to so many matches it is quicker to sort them all than to walk a listing for them."""

_HAS_FACET = (
    "EXISTS (SELECT 1 FROM article_facets o WHERE o.facet IN ({facets}) AND o.time_ms = {{time}} "
    "AND o.article = {{row}})"
)
_HAS_WORDS = "EXISTS (SELECT 1 FROM articles_fts w WHERE w.articles_fts MATCH ? AND w.rowid = {row})"
_IS_AMONG = "{row} IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)"
_COLUMNS = {"any": "{title summary text}", "title": "title", "author": "author", "source": "source"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL and its values."""

    sql: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets of which an article must have one, and how many articles they have together at most."""

    ids: tuple[int, ...]
    articles: int

    def condition(self) -> Condition:
        return Condition(_HAS_FACET.format(facets=", ".join(str(facet) for facet in self.ids) or "NULL"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What all must hold, sorted by how it is best looked up."""

    facets: tuple[Facets, ...]
    match: str | None
    times: tuple[Condition, ...]
    others: tuple[Condition, ...]

    def never(self) -> bool:
        return any(not facets.ids for facets in self.facets)


def plan(sql: sqlite3.Connection, parts: Iterable[Node]) -> Plan:
    """What must hold if all of the parts do."""
    facets: list[Facets] = []
    matches: list[str] = []
    without: list[str] = []
    times: list[Condition] = []
    others: list[Condition] = []
    for part in _flat(parts):
        expression = match_expression(part)
        absent = match_expression(part.part) if isinstance(part, Not) else None
        if isinstance(part, Listed):
            facets.append(_facets(sql, part))
        elif isinstance(part, Within):
            times.append(_within(part))
        elif expression is not None:
            matches.append(f"({expression})")
        elif absent is not None:
            without.append(f"({absent})")
        else:
            others.append(_condition(sql, part))
    if not matches:
        others += [_negated(_words(sql, expression)) for expression in without]
        return Plan(tuple(facets), None, tuple(times), tuple(others))
    match = " NOT ".join([f"({' AND '.join(matches)})", *without])
    return Plan(tuple(facets), match, tuple(times), tuple(others))


def count_matches(sql: sqlite3.Connection, match: str) -> int:
    """How many articles the expression finds, up to `RARE`."""
    found = sql.execute(
        "SELECT count(*) FROM (SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? LIMIT ?)", (match, RARE)
    )
    return int(found.fetchone()[0])


def words_condition(match: str, rare: bool) -> Condition:
    """That the expression finds the article."""
    return Condition(_IS_AMONG if rare else _HAS_WORDS, (match,))


def match_expression(node: Node) -> str | None:
    """The node for FTS5 (https://sqlite.org/fts5.html, section 3), where FTS5 alone can tell.

    Words are quoted, so nothing that a user types has a meaning to FTS5.
    """
    match node:
        case Words(text, column):
            return f"{_COLUMNS[column]} : {quoted(text)}"
        case Site(host):
            return f'site : "{site_term(host)}"'
        case And(parts):
            return _joined(" AND ", parts)
        case Or(parts):
            return _joined(" OR ", parts)
        case _:
            return None


def quoted(text: str) -> str:
    """Words as a phrase of FTS5."""
    return '"' + (seamed(text) or "").replace('"', " ").replace("\0", " ") + '"'


def _joined(operator: str, parts: Sequence[Node]) -> str | None:
    expressions = [expression for part in parts if (expression := match_expression(part)) is not None]
    return operator.join(f"({expression})" for expression in expressions) if len(expressions) == len(parts) else None


def _flat(parts: Iterable[Node]) -> Iterable[Node]:
    for part in parts:
        if isinstance(part, And):
            yield from _flat(part.parts)
        else:
            yield part


def _condition(sql: sqlite3.Connection, node: Node) -> Condition:
    """The general case: any node, as one condition."""
    expression = match_expression(node)
    if expression is not None:
        return _words(sql, expression)
    match node:
        case Listed():
            return _facets(sql, node).condition()
        case Within():
            return _within(node)
        case Not(part):
            return _negated(_condition(sql, part))
        case And(parts):
            return _all(" AND ", [_condition(sql, part) for part in parts])
        case Or(parts):
            return _all(" OR ", [_condition(sql, part) for part in parts])
        case _:
            raise TypeError(f"{node} is an expression of FTS5")


def _words(sql: sqlite3.Connection, expression: str) -> Condition:
    return words_condition(expression, rare=count_matches(sql, expression) < RARE)


def _facets(sql: sqlite3.Connection, listed: Listed) -> Facets:
    if listed.kind == "story":
        return _stories(sql, listed.keys)
    found = sql.execute(
        # CROSS JOIN makes SQLite look each key up, not look through all facets of the kind.
        "SELECT f.id, f.articles FROM json_each(?) w CROSS JOIN facets f ON (f.kind, f.key) = (?, w.value)",
        (json.dumps(listed.keys), listed.kind),
    ).fetchall()
    return Facets(tuple(facet for facet, _ in found), sum(articles for _, articles in found))


def _stories(sql: sqlite3.Connection, ids: Sequence[str]) -> Facets:
    """Stories are facets below zero (schema.py). One that was merged is what it was merged into."""
    found = sql.execute(
        "SELECT -rowid, size FROM stories WHERE size > 0 AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(resolved(sql, ids).values())),),
    ).fetchall()
    return Facets(tuple(story for story, _ in found), sum(size for _, size in found))


def _within(within: Within) -> Condition:
    bounds = (("{time} >= ?", within.since), ("{time} < ?", within.until))
    given = [(condition, to_ms(moment)) for condition, moment in bounds if moment is not None]
    return Condition(" AND ".join(condition for condition, _ in given), tuple(value for _, value in given))


def _negated(condition: Condition) -> Condition:
    return Condition(f"NOT ({condition.sql})", condition.values)


def _all(operator: str, conditions: Sequence[Condition]) -> Condition:
    joined = operator.join(f"({condition.sql})" for condition in conditions)
    return Condition(joined, tuple(value for condition in conditions for value in condition.values))
