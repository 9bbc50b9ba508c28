"""How deep a document's elements stand inside each other, as far as can be told before it is parsed."""

import re

from services.ingest.parse.feed import NotAFeed

_DEEPEST = 10_000
"""Twenty times what Chromium shows. The tolerant reader takes 30 µs for each, and no feed has so many."""
_WITHOUT_TAGS = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->", re.DOTALL)
_TAG = re.compile(rb"<(/?)(?!(?:br|hr|img|input|li|link|meta|p)[\s/>])([A-Za-z_][^\s/<>]*)[^<>]*?(/?)>", re.IGNORECASE)
_ENTRIES = frozenset((b"item", b"entry"))


def refuse_the_deepest(body: bytes) -> None:
    """Raises `NotAFeed`. In broken XML what is not closed counts as open, up to the end of the entry."""
    if body.count(b"<") <= _DEEPEST:
        return
    depth = 0
    for tag in _TAG.finditer(_WITHOUT_TAGS.sub(b"", body)):
        ending, name, empty = tag.groups()
        if name in _ENTRIES:
            depth = 0
        elif not empty:
            depth = max(depth - 1, 0) if ending else depth + 1
        if depth > _DEEPEST:
            raise NotAFeed(f"this has more than {_DEEPEST:,} elements inside each other, which no feed needs")
