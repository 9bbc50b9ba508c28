"""The front page, and the same page narrowed down to a tag, a source, a search."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from services.api.page.headline import Link
from services.api.page.times import minute
from services.api.readmodel.filters import Filter

FOLLOWED = ("tag", "source", "feed", "lang", "q")
"""The parameters by which the live stream can be narrowed down too."""


def heading(wanted: Filter, articles: Sequence[Mapping[str, Any]]) -> str:
    """What the page is narrowed down to, in words; empty for the whole wire.

    Labels and names are taken from the first article, which has the tag and the source by definition.
    """
    first = articles[0] if articles else {"tags": (), "source": {}, "feeds": ()}
    labels = {tag["slug"]: tag["label"] for tag in first["tags"]}
    feeds = {feed["id"]: feed["title"] or feed["url"] for feed in first["feeds"]}
    parts = [", ".join(labels.get(slug, slug) for slug in wanted.tags)]
    if wanted.query is not None:
        parts.append(f"“{wanted.query.text}”")
    if wanted.source is not None:
        parts.append(f"from {first['source'].get('name', wanted.source)}")
    if wanted.feed is not None:
        parts.append(f"in the feed {feeds.get(str(wanted.feed), wanted.feed)}")
    if wanted.language is not None:
        parts.append(f"in language “{wanted.language}”")
    if wanted.since is not None:
        parts.append(f"since {minute(wanted.since)}")
    if wanted.until is not None:
        parts.append(f"until {minute(wanted.until)}")
    words = " ".join(part for part in parts if part)
    return words[:1].upper() + words[1:]


def nothing_found(wanted: Filter) -> str:
    """What an empty page says."""
    if wanted.query is not None:
        return "No article was found."
    if wanted in (Filter(), Filter(fold=True)):
        return "No article has come in yet. They appear here as the feeds are read."
    return "No article here yet."


def address(path: str, parameters: Sequence[tuple[str, str]], **further: str) -> str:
    """`path` with the parameters; those in `further` replace or add."""
    pairs = [(name, value) for name, value in parameters if name not in further] + list(further.items())
    return f"{path}?{urlencode(pairs, quote_via=quote)}" if pairs else path


def stream_address(parameters: Sequence[tuple[str, str]]) -> str | None:
    """Where what is new on this page is announced; None where the page does not begin at the newest, or the
    stream cannot be narrowed down like it."""
    if any(name not in FOLLOWED for name, _value in parameters):
        return None
    return address("/v1/stream", parameters)


def facet_links(parameter: str, facets: Sequence[tuple[str, str]]) -> list[Link]:
    """Links to what is narrowed down to each (key, label). Of several with one label, as a publisher's category and a
    rule's tag may have, the first is linked."""
    firsts: dict[str, Link] = {}
    for key, label in facets:
        firsts.setdefault(label.casefold(), Link(address("/", [(parameter, key)]), label))
    return list(firsts.values())
