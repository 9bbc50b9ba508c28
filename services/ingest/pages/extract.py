"""A page's article: found by readability, made safe as every feed's HTML is."""

import logging
from dataclasses import dataclass

from lxml.html import HtmlElement, tostring
from readability import Document
from readability.readability import Unparseable

from services.contracts.bounds import BODY
from services.ingest.parse.markup import sanitise, text_of

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-hi-res-src")


@dataclass(frozen=True, slots=True)
class PageText:
    """`text` is plain, paragraphs split by blank lines; `html` is sanitised and its links are absolute."""

    text: str
    html: str


def extract(tree: HtmlElement, url: str) -> PageText | None:
    """None where no article is found. `tree` is changed."""
    _show_lazy_images(tree)
    logging.getLogger("readability").setLevel(logging.CRITICAL)  # it tells of each page that it cannot read
    try:
        found = Document(tostring(tree, encoding="unicode")).summary(html_partial=True)
    except (Unparseable, ValueError, AssertionError):
        return None
    if len(found) > BODY:  # a mistake or an attack; the feed's own text stays
        return None
    html = sanitise(found, url)
    if len(html) > BODY:
        return None
    text = text_of(html)
    return PageText(text, html) if text else None


def _show_lazy_images(tree: HtmlElement) -> None:
    """Images that a script would load get their address."""
    for image in tree.iter("img"):
        lazy = next((found for name in _LAZY if (found := image.get(name))), None)
        if lazy and (not image.get("src") or image.get("src").startswith("data:")):
            image.set("src", lazy)
