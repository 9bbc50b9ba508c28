"""Which of an entry's texts is its body and which its summary."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from services.contracts.bounds import BODY
from services.contracts.strings import one_line
from services.ingest.parse.markup import as_html, has_markup, plain_text, sanitise, text_of

_TEASER = 600
"""A description without markup and up to this long (characters) is a teaser, not the article."""
_SUMMARY = 300
"""A summary that is made from the body has at most this many characters."""
_REST = "…"
"""The last paragraph of a body that was cut."""
_UNFINISHED = re.compile(r"(?:<[^>]*|&[#\w]{0,10})$")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)]*(?=\s|$)|[。！？]")


@dataclass(frozen=True, slots=True)
class Markup:
    """A piece of text from a feed. `plain` says that the feed declared it to be no HTML."""

    value: str
    base: str
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    summary: str | None = None
    text: str | None = None
    html: str | None = None


def choose_body(description: Markup | None, contents: list[Markup]) -> Body:
    """The longest content is the body. A description alone is the body if it has markup or is long; a summary is
    then made from its beginning."""
    contents = [content for content in contents if content.value.strip()]
    if contents:
        return _with_content(description, max(contents, key=lambda content: len(content.value)))
    if description is None:
        return Body()
    if description.plain or not has_markup(description.value):
        teaser = _plain(description)
        if len(teaser) <= _TEASER:
            return Body(summary=teaser or None)
    html, text = _both(description)
    return Body(summary=shorten(text) or None, text=text or None, html=html or None)


def _with_content(description: Markup | None, content: Markup) -> Body:
    html, text = _both(content)
    if description is None:
        teaser = ""
    elif (description.value, description.plain) == (content.value, content.plain):
        teaser = text  # sanitising is what costs most
    else:
        teaser = _plain(description)
    if not teaser or (_same(teaser, text) and len(teaser) > _SUMMARY):
        teaser = shorten(text)
    return Body(summary=teaser or None, text=text or None, html=html or None)


def shorten(text: str, limit: int = _SUMMARY) -> str:
    """The beginning of a text on one line, cut after a sentence where one ends late enough, else after a word."""
    line = one_line(text)
    if len(line) <= limit:
        return line
    head = line[:limit]
    ends = [match.end() for match in _SENTENCE_END.finditer(head)]
    if ends and ends[-1] >= limit // 3:
        return head[: ends[-1]].rstrip()
    words, space, _cut = head.rpartition(" ")
    return (words if space and len(words) > limit // 2 else head).rstrip(" ,;:–—-") + "…"


def _plain(markup: Markup) -> str:
    if markup.plain:
        return "\n\n".join(line for part in re.split(r"\n\s*\n", markup.value) if (line := one_line(part)))
    return plain_text(markup.value)


def _both(markup: Markup) -> tuple[str, str]:
    if markup.plain or not has_markup(markup.value):
        text = _plain(markup)
        html = as_html(text)
        if max(len(text), len(html)) > BODY:
            html = _cut(lambda most: as_html(f"{text[:most].rstrip()}\n\n{_REST}"))
            text = text_of(html)
        return html, text
    html = _bounded_html(sanitise(markup.value, markup.base), markup.base)
    return html, text_of(html)


def _bounded_html(sanitised: str, base: str) -> str:
    """As it is, or its beginning where there is more than an article may have."""
    if len(sanitised) <= BODY:
        return sanitised
    return _cut(lambda most: f"{sanitise(_UNFINISHED.sub('', sanitised[:most]), base)}{as_html(_REST)}")


def _cut(beginning: Callable[[int], str]) -> str:
    """The beginning of a body that fits: the end tags of what is open, and characters that are escaped, take room."""
    most = BODY
    while len(found := beginning(most)) > BODY:
        most = min(most - BODY // 50, most * BODY // len(found))
    return found


def _same(teaser: str, text: str) -> bool:
    return one_line(teaser) == one_line(text)
