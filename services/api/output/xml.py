"""XML 1.0 as text. What XML cannot hold is left out."""

import re
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""All but the characters of https://www.w3.org/TR/xml/#charsets."""


def element(name: str, *children: str, **attributes: str | None) -> str:
    """An element of children that are XML already. In names of attributes `_` stands for a colon; those that are None
    are left out."""
    given = "".join(
        f" {key.replace('_', ':')}={quoteattr(_IMPOSSIBLE.sub('', value))}"
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{given}>{inside}</{name}>\n" if inside else f"<{name}{given}/>\n"


def text(name: str, content: str | None, **attributes: str | None) -> str:
    """An element of text; nothing at all where there is none."""
    if content is None:
        return ""
    return element(name, escape(_IMPOSSIBLE.sub("", content)), **attributes)
