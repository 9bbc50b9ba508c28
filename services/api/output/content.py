"""The body of an article as HTML that any reader may show."""

from html import escape

import nh3

_NOT_OURS = {"article", "aside", "footer", "header", "hgroup", "map", "area", "nav", "bdo", "center"}
_TAGS = frozenset(nh3.ALLOWED_TAGS - _NOT_OURS)


def shown_html(html: str | None, text: str | None) -> str | None:
    """The HTML, sanitised once more since anyone may write to the stream; else the text as paragraphs."""
    if html:
        return nh3.clean(
            html,
            tags=set(_TAGS),
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer",
            url_relative="deny",
        )
    if text and text.strip():
        blocks = (" ".join(block.split()) for block in text.replace("\r\n", "\n").split("\n\n"))
        return "\n".join(f"<p>{escape(block, quote=False)}</p>" for block in blocks if block)
    return None
