"""The schema.org description of an article that stands in its page as JSON-LD."""

import json
import re
from collections.abc import Iterator
from typing import Any

_ARTICLES = frozenset((
    "article", "newsarticle", "reportagenewsarticle", "opinionnewsarticle", "analysisnewsarticle",
    "backgroundnewsarticle", "reviewnewsarticle", "askpublicnewsarticle", "satiricalarticle", "blogposting",
    "liveblogposting", "report", "techarticle", "scholarlyarticle", "medicalscholarlyarticle",
    "advertisercontentarticle", "socialmediaposting", "discussionforumposting",
))  # fmt: skip
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$"
)
_DEEPEST, _MOST = 12, 5_000

Node = dict[str, Any]


def find_article(scripts: list[str], addresses: frozenset[str]) -> Node | None:
    """The page's article: the one that names an address of the page as its own, or else the first.

    References by `@id` to other nodes of the page are resolved, one step deep.
    """
    nodes = [node for script in scripts for node in _nodes(_read(script))][:_MOST]
    articles = [node for node in nodes if _types(node) & _ARTICLES]
    named = (node for node in articles if addresses & _addresses(node))
    article = next(named, articles[0] if articles else None)
    if article is None:
        return None
    known = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    return {key: _resolved(value, known) for key, value in article.items()}


def names(value: object) -> Iterator[str]:
    """The names in a person, an organisation, a string, or a list of them."""
    for one in value if isinstance(value, list) else [value]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, list):
            name = next(iter(name), None)
        if isinstance(name, str):
            yield name


def address(value: object) -> str | None:
    """The first address in an image object, a string, or a list of them."""
    for one in value if isinstance(value, list) else [value]:
        found = (one.get("url") or one.get("contentUrl") or one.get("@id")) if isinstance(one, dict) else one
        if isinstance(found, list):
            found = next(iter(found), None)
        if isinstance(found, str) and found:
            return found
    return None


def text(value: object) -> str | None:
    """A string, or the first of a list."""
    value = next(iter(value), None) if isinstance(value, list) else value
    return value if isinstance(value, str) else None


def _read(script: str) -> object:
    try:
        return json.loads(_WRAPPING.sub("", _WRAPPING.sub("", script)), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: object, depth: int = 0) -> Iterator[Node]:
    if isinstance(value, list) and depth < _DEEPEST:
        for one in value:
            yield from _nodes(one, depth + 1)
    elif isinstance(value, dict) and depth < _DEEPEST:
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart"):
            yield from _nodes(value.get(key), depth + 1)


def _types(node: Node) -> set[str]:
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return {re.split(r"[/#:]", kind)[-1].lower() for kind in listed if isinstance(kind, str)}


def _addresses(node: Node) -> set[str]:
    return {found for key in ("url", "mainEntityOfPage", "@id") if (found := address(node.get(key)))}


def _resolved(value: object, known: dict[str, Node]) -> object:
    if isinstance(value, list):
        return [_resolved(one, known) for one in value]
    if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
        return known.get(str(value.get("@id")), value)
    return value
