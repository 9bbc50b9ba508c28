"""Why an article belongs to its story, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.api.headlines import one_line
from services.api.page.places import Link, article_place

_HARDLY = 0.005


@dataclass(frozen=True, slots=True)
class Why:
    """`text` goes on with `nearest`, an earlier article; `shared` is what they have in common, weighed."""

    text: str
    nearest: Link | None = None
    shared: tuple[tuple[str, str], ...] = ()


def why(because: Mapping[str, Any] | None, titles: Mapping[str, str], names: Mapping[str, str]) -> Why | None:
    """From `because` of the HTTP API.

    `titles` are articles' by id, `names` labels by slug, as far as they are known.
    """
    if because is None:
        return None
    unlike = because["method"] == "opened" and (because.get("score") or 0) < _HARDLY
    nearest = None if unlike else because.get("nearest")
    label = one_line(titles.get(nearest, "")) if nearest else ""
    return Why(
        _text(because),
        Link(article_place(nearest), label or "that article") if nearest else None,
        tuple((term_label(term["text"], names), f"{term['weight']:.2f}") for term in because.get("shared") or ()),
    )


def term_label(term: str, names: Mapping[str, str]) -> str:
    """A word as it is; the name that a slug such as `person:ada-byron` stands for."""
    if term in names:
        return one_line(names[term])
    kind, colon, slug = term.partition(":")
    return slug.replace("-", " ").title() if colon and kind.isalpha() else term


def _text(because: Mapping[str, Any]) -> str:
    method, score, threshold = because["method"], because.get("score"), because.get("threshold")
    measured = "" if score is None or threshold is None else f" by {score:.2f}, where {threshold:.2f} is asked"
    if method == "opened":
        if score is not None and score < _HARDLY:
            return "The story began with it; nothing before was like it"
        return f"The story began with it{measured and f'; what was nearest before was like it{measured}'}"
    if method == "editor":
        return "An editor put it here"
    if method == "repeat":
        return "It repeats an earlier article of the story"
    return f"It is like an earlier article of the story{measured}"
