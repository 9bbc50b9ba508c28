"""HTML from strangers: made safe, and read as plain text."""

import html
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import nh3

from services.ingest.parse.strings import clean, one_line

_TAGS = frozenset((
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details",
    "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u",
    "ul", "var", "wbr",
))  # fmt: skip
_DROPPED_WHOLE = frozenset((
    "script", "style", "template", "iframe", "object", "embed", "svg", "math", "noscript", "select", "textarea",
    "title",
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
    "article", "aside", "audio", "body", "button", "center", "font", "footer", "form", "header", "html", "input",
    "main", "nav", "picture", "section", "source", "video",
))  # fmt: skip
_NAMES = "|".join(sorted(_TAGS | _DROPPED_WHOLE | _UNWRAPPED))
_TAG = re.compile(rf"</?(?:{_NAMES})(?:[\s/][^<]*)?>", re.I)
_LONE_ANGLE = re.compile(rf"<(?!/?(?:{_NAMES})[\s/>]|!--)", re.I)
_BLOCKS = frozenset((
    "blockquote", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "li", "ol", "p", "pre", "summary", "table", "tr", "ul",
))  # fmt: skip


def has_markup(value: str) -> bool:
    """Whether there is a tag that HTML knows; `a < b` and `<3` are none."""
    return _TAG.search(value) is not None


def sanitise(markup: str, base: str) -> str:
    """HTML that can run nothing and loads nothing but images; relative links are resolved against `base`."""

    def keep(_tag: str, attribute: str, value: str) -> str | None:
        if attribute not in _LINKS:
            return value
        try:
            target = urljoin(base, value.strip())
        except ValueError:
            return None
        scheme, colon, _rest = target.partition(":")
        allowed = ("http", "https", "mailto") if attribute == "href" else ("http", "https")
        return target if colon and scheme.lower() in allowed else None

    return nh3.clean(
        clean(markup),
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes=_SCHEMES,
    ).strip()


class _Reader(HTMLParser):
    """Collects text, with a blank line between blocks. Is given sanitised HTML only."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self._line: list[str] = []
        self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (its base's signature)
        if tag == "br":
            self._line.append("\v")
        elif tag in ("td", "th"):
            self._line.append(" ")
        elif tag in _BLOCKS:
            self._end_paragraph()
            self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_paragraph()
            self._preformatted -= tag == "pre"

    def handle_data(self, data: str) -> None:
        self._line.append(data.replace("\n", "\v") if self._preformatted else data)

    def _end_paragraph(self) -> None:
        whole = "".join(self._line)
        self._line.clear()
        for paragraph in re.split(r"\v\s*\v", whole):
            lines = [line for piece in paragraph.split("\v") if (line := one_line(piece))]
            if lines:
                self.paragraphs.append("\n".join(lines))

    def read(self, markup: str) -> str:
        self.feed(markup)
        self.close()
        self._end_paragraph()
        return "\n\n".join(self.paragraphs)


def text_of(sanitised: str) -> str:
    """The plain text of sanitised HTML, paragraphs split by a blank line."""
    return clean(_Reader().read(sanitised))


def plain_text(value: str) -> str:
    """The text of a string that may or may not be HTML."""
    if has_markup(value):
        return text_of(sanitise(value, ""))
    paragraphs = re.split(r"\n\s*\n", html.unescape(clean(value)))
    return clean("\n\n".join(line for paragraph in paragraphs if (line := one_line(paragraph))))


def plain_line(value: str) -> str:
    """One line of text of a string that may or may not be HTML: tags stripped, entities resolved."""
    if "<" in value and has_markup(value):
        return one_line(text_of(sanitise(_LONE_ANGLE.sub("&lt;", value), "")))
    return one_line(html.unescape(value)) if "&" in value else one_line(value)


def as_html(text: str) -> str:
    """Plain text as HTML paragraphs."""
    paragraphs = [html.escape(paragraph, quote=False) for paragraph in text.split("\n\n") if paragraph]
    return "".join(f"<p>{paragraph}</p>".replace("\n", "<br>") for paragraph in paragraphs)
