"""The body of an article as HTML that is safe to stand in our page."""

import re
from collections.abc import Mapping
from typing import Any

import nh3
from markupsafe import Markup, escape

_NOT_OURS = {"article", "aside", "footer", "header", "hgroup", "map", "area", "nav", "bdo", "center"}
_HEADING = re.compile(r"</?h([1-6])(?=[\s>])")
_TAGS = frozenset(nh3.ALLOWED_TAGS - _NOT_OURS)


def body(article: Mapping[str, Any]) -> Markup:
    """The sanitised HTML, else the paragraphs of the text, else the summary, of an article's full form.

    Ingest sanitises already. It is done again here because anyone may write to the stream, and because
    here it is a page of ours: no ids, classes or styles of a publisher may touch it.
    """
    if article.get("html"):
        clean = nh3.clean(
            article["html"],
            tags=set(_TAGS),
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer external",
            set_tag_attribute_values={"img": {"loading": "lazy"}},
            url_relative="deny",
        )
        return Markup(_in_order(clean))  # noqa: S704 - nh3's output
    return paragraphs(article.get("text") or article.get("summary") or "")


def _in_order(html: str) -> str:
    """Its headings as they belong below our own first one: the greatest it has are second, all others third."""
    levels = [int(level) for level in _HEADING.findall(html)]
    greatest = levels[0] if levels else 0

    def ours(found: re.Match[str]) -> str:
        return f"{found[0][:-1]}{2 if int(found[1]) <= greatest else 3}"

    return _HEADING.sub(ours, html)


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs, split at blank lines."""
    blocks = (" ".join(block.split()) for block in text.replace("\r\n", "\n").split("\n\n"))
    return Markup("\n").join(Markup("<p>{}</p>").format(escape(block)) for block in blocks if block)
