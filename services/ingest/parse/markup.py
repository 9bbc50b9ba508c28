"""HTML from strangers: made safe, and read as plain text."""

import html
import re
from contextvars import ContextVar
from functools import cache
from urllib.parse import urljoin

import nh3

from services.contracts.strings import clean, one_line

_TAGS = frozenset((
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details",
    "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u",
    "ul", "var", "wbr",
))  # fmt: skip
_DROPPED_WHOLE = frozenset((
    "script", "style", "template", "iframe", "object", "applet", "embed", "svg", "math", "noscript", "select",
    "textarea", "title",
))  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"cite", "datetime"},
    "ol": {"start"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_LINKS = frozenset(("href", "src", "cite"))
_SCHEMES = {"http", "https", "mailto"}
_UNWRAPPED = frozenset((
    "acronym", "address", "area", "article", "aside", "audio", "base", "big", "blink", "body", "button", "canvas",
    "center", "command", "datalist", "dialog", "dir", "fieldset", "font", "footer", "form", "frame", "frameset",
    "header", "html", "input",
    "keygen", "label", "legend", "link", "main", "map", "menu", "meta", "meter", "nav", "nobr", "optgroup", "option",
    "output", "param", "picture", "progress", "section", "source", "track", "video",
))  # fmt: skip
_NAMES = "|".join(sorted(_TAGS | _DROPPED_WHOLE | _UNWRAPPED))
_TAG = re.compile(rf"</?(?:{_NAMES})(?:[\s/][^<]*)?>", re.I)
_LONE_ANGLE = re.compile(rf"<(?!/?(?:{_NAMES})[\s/>]|!--)", re.I)
_BLOCKS = frozenset((
    "blockquote", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "li", "ol", "p", "pre", "summary", "table", "tr", "ul",
))  # fmt: skip


_TEXT_TAGS = {*_BLOCKS, "br", "td", "th"}
_END = r"(?: [^>]*)?>"
"""The sanitiser writes a tag in lower case, and no > inside."""
_BLOCK_TAG = re.compile(rf"<(/?)({'|'.join(sorted(_BLOCKS))}){_END}")
_CELL = re.compile(rf"<t[dh]{_END}")
_ANY_TAG = re.compile(r"<[^>]*>")
_EMPTY_LINE = re.compile(r"\v\s*\v")
_ABSOLUTE = re.compile(r"https?://[^\s\[\]]+")
_DEEPEST = 512
"""How many blocks may stand inside each other; Chromium has the same bound."""
_NESTING = re.compile(
    r"<(/?)(?:article|aside|address|blockquote|center|details|dialog|dir|div|dl|fieldset|figcaption|figure|footer|"
    r"header|main|menu|nav|ol|optgroup|pre|rp|rt|section|summary|ul)(?=[\s/>])[^<>]*>?",
    re.I,
)
"""Elements that are only closed by their end tags, or for which the sanitiser looks at all that are open: with these
its time grows with the square of their depth. Not those of which an unclosed one is usual and harmless."""
_base: ContextVar[str] = ContextVar("base", default="")
"""What the sanitiser that runs in this thread resolves links against."""


def has_markup(value: str) -> bool:
    """Whether there is a tag that HTML knows; `a < b` and `<3` are none."""
    return _TAG.search(value) is not None


def sanitise(markup: str, base: str) -> str:
    """HTML that can run nothing and loads nothing but images; relative links are resolved against `base`."""
    _base.set(base)
    return _cleaner().clean(_flattened(clean(markup))).strip()


def _flattened(markup: str) -> str:
    """With spaces for the tags of blocks that stand too deep. What is inside stays, in the last one that does not."""
    if markup.count("<") <= _DEEPEST:  # nearly always
        return markup
    depth = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth
        before, depth = depth, max(depth - 1, 0) if tag[1] else depth + 1
        return tag[0] if max(before, depth) <= _DEEPEST else " "

    return _NESTING.sub(kept, markup)


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes=_ATTRIBUTES,
        attribute_filter=_safe,
        url_schemes=_SCHEMES,
    )


def _safe(_tag: str, attribute: str, value: str) -> str | None:
    if attribute not in _LINKS or _ABSOLUTE.fullmatch(value):
        return value
    try:
        target = urljoin(_base.get(), value.strip())
    except ValueError:
        return None
    scheme, colon, _rest = target.partition(":")
    allowed = ("http", "https", "mailto") if attribute == "href" else ("http", "https")
    return target if colon and scheme.lower() in allowed else None


@cache
def _cleaner_for_text() -> nh3.Cleaner:
    return nh3.Cleaner(tags=_TEXT_TAGS, clean_content_tags=set(_DROPPED_WHOLE), attributes={}, link_rel=None)


def _without_links(markup: str) -> str:
    """As `sanitise`, where only the text is wanted."""
    return _cleaner_for_text().clean(_flattened(clean(markup)))


def text_of(sanitised: str) -> str:
    """The plain text of sanitised HTML, paragraphs split by a blank line."""
    pieces = _BLOCK_TAG.split(clean(sanitised))
    paragraphs = _paragraphs(pieces[0], preformatted=False)
    depth = 0  # of <pre>
    for slash, name, content in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        if name == "pre":
            depth += -1 if slash else 1
        if content and not content.isspace():
            paragraphs += _paragraphs(content, preformatted=depth > 0)
    return "\n\n".join(paragraphs)


def _paragraphs(content: str, *, preformatted: bool) -> list[str]:
    """Of what stands between two tags of blocks. A vertical tab, which no clean text has, stands for a line break."""
    if preformatted:
        content = content.replace("\n", "\v")
    if "<" in content:
        content = _ANY_TAG.sub("", _CELL.sub(" ", content.replace("<br>", "\v")))
    if "&" in content:  # the only four that the sanitiser writes
        content = content.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&")
    paragraphs = _EMPTY_LINE.split(content) if "\v" in content else [content]
    lines = ([line for piece in paragraph.split("\v") if (line := " ".join(piece.split()))] for paragraph in paragraphs)
    return ["\n".join(found) for found in lines if found]


def plain_text(value: str) -> str:
    """The text of a string that may or may not be HTML."""
    if has_markup(value):
        return text_of(_without_links(value))
    paragraphs = re.split(r"\n\s*\n", html.unescape(clean(value)))
    return clean("\n\n".join(line for paragraph in paragraphs if (line := one_line(paragraph))))


def plain_line(value: str) -> str:
    """One line of text of a string that may or may not be HTML: tags stripped, entities resolved."""
    if "<" in value and has_markup(value):
        return one_line(text_of(_without_links(_LONE_ANGLE.sub("&lt;", value))))
    return one_line(html.unescape(value)) if "&" in value else one_line(value)


def as_html(text: str) -> str:
    """Plain text as HTML paragraphs."""
    paragraphs = [html.escape(paragraph, quote=False) for paragraph in text.split("\n\n") if paragraph]
    return "".join(f"<p>{paragraph}</p>".replace("\n", "<br>") for paragraph in paragraphs)
