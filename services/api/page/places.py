"""The addresses of the page, and links to them. `static/script/words.js` makes the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

_AS_BROWSERS_DO = "!'()*"
"""What `encodeURIComponent` leaves as it is, beside letters, digits and `-._~`."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link within the page, or to a publisher. `label` is not escaped yet; `count` is what is there, if known."""

    href: str
    label: str
    count: int | None = None


def article_place(subject: str) -> str:
    return f"/articles/{_part(subject)}"


def story_place(subject: str) -> str:
    return f"/stories/{_part(subject)}"


def tag_place(slug: str) -> str:
    return _facet_place("tag", slug)


def source_place(identity: str) -> str:
    return _facet_place("source", identity)


def feed_place(subject: str) -> str:
    return f"/feeds/{_part(subject)}"


def address(path: str, parameters: Sequence[tuple[str, str]], **further: str) -> str:
    """`path` with the parameters; those in `further` replace or add."""
    pairs = [(name, value) for name, value in parameters if name not in further] + list(further.items())
    return f"{path}?{urlencode(pairs, quote_via=quote)}" if pairs else path


def within(text: str) -> str:
    """The address if it is one of this site, else the front page: where to go on after signing in."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    plain = text.isprintable() and "\\" not in text and not text.startswith("//")
    return text if plain and not parts.scheme and not parts.netloc and text.startswith("/") else "/"


def web_link(url: str | None) -> str | None:
    """The URL if a browser may be sent there: http or https only, so that no `javascript:` gets through."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _facet_place(kind: str, key: str) -> str:
    """A browser takes `.` and `..` for folders, however they are written."""
    return f"/{kind}/{_part(key)}" if key.strip(".") else f"/?{kind}={_part(key)}"


def _part(text: str) -> str:
    return quote(text, safe=_AS_BROWSERS_DO, errors="replace")
