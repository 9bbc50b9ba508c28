"""Words of a text, fast: one table and one split find those in ASCII, patterns only what is left."""

import re
import unicodedata
from collections.abc import Callable

_SIGNS = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKENS = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")
_RUNS = re.compile(r"\w+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")

_TYPOGRAPHIC = "’‘“”–—…"
"""What stands between words in English most often, beside ASCII."""

_MANY = 10
"""Where what is not in ASCII adds one byte to so many, the whole text is left to the pattern."""


def _table(extra: str) -> str:
    """For `str.translate`: ASCII letters in lower case, digits and `extra` stay, all else is a space."""
    return "".join(char.lower() if char.isalnum() or char in extra else " " for char in map(chr, range(128)))


_TOKEN_TABLE, _RUN_TABLE = _table(""), _table("_")


def tokens_of(text: str) -> list[str]:
    """The words of a text without case. Each sign of Chinese and Japanese is one: nothing separates their words."""
    return _words(text, _TOKEN_TABLE, _tokens)


def runs_of(text: str) -> list[str]:
    """The runs of letters, digits and `_`, in lower case."""
    return _words(text, _RUN_TABLE, _runs)


def _words(text: str, table: str, odd: Callable[[str], list[str]]) -> list[str]:
    """As `odd` finds them, which must take a space, and what is `_TYPOGRAPHIC`, for the end of a word."""
    if text.isascii():
        return text.translate(table).split()
    for sign in _TYPOGRAPHIC:
        text = text.replace(sign, " ")
    if text.isascii():
        return text.translate(table).split()
    if (len(text.encode("utf-8", "surrogatepass")) - len(text)) * _MANY > len(text):
        return odd(text)
    found: list[str] = []
    end = 0
    while char := _NOT_ASCII.search(text, end):
        start = max(end, text.rfind(" ", end, char.start()))
        found += text[end:start].translate(table).split()
        end = text.find(" ", char.end())
        if end < 0:
            end = len(text)
        found += odd(text[start:end])
    found += text[end:].translate(table).split()
    return found


def _tokens(text: str) -> list[str]:
    return _TOKENS.findall(unicodedata.normalize("NFKC", text).casefold())


def _runs(text: str) -> list[str]:
    return _RUNS.findall(text.lower())
