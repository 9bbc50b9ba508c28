"""Strings as feeds have them to strings that can be published."""

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NEWLINES = re.compile("\r\n?")
_SPACES = re.compile(r"\s+")
_LONGEST_URL = 8_000


def clean(value: str) -> str:
    """Without lone surrogates, without control characters but newline and tab."""
    return _UNWANTED.sub("", _NEWLINES.sub("\n", value))


def one_line(value: str) -> str:
    """Clean, with all white space collapsed."""
    return _SPACES.sub(" ", clean(value)).strip()


def raw(value: object) -> str | None:
    """A feed's own string, touched only where it could not be written as UTF-8. None for what is no text."""
    return clean(value).strip() or None if isinstance(value, str) else None


def line_or_none(value: object) -> str | None:
    return one_line(value) or None if isinstance(value, str) else None


def web_url(value: object, base: str) -> str | None:
    """An absolute http or https URL, or None."""
    if not isinstance(value, str) or len(value) > _LONGEST_URL:
        return None
    try:
        url = urljoin(base, clean(value).strip().replace("\n", "").replace("\t", ""))
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return url.replace(" ", "%20") if usable else None


def distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    """In order, without empty ones and repeats."""
    return tuple(dict.fromkeys(value for value in values if value))
