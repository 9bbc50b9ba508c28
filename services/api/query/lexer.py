"""A query cut into its parts."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from services.api.query.errors import QueryError

Kind = Literal["word", "phrase", "field", "not", "and", "or", "open", "close", "end"]

_CLOSES = {'"': '"', "“": '”“"', "”": "”", "„": '“”"', "«": "»"}
_FIELD = re.compile(r"([A-Za-z_]+):(?!//)(?=[^\s:)])", re.ASCII)
_DENIES = re.compile(r"[-!](?=[^\s)])")
_BARE = re.compile(r"[^\s()]+")
_OPERATORS: dict[str, Kind] = {"AND": "and", "OR": "or", "NOT": "not"}


class Token(NamedTuple):
    """A part of a query. `text` is what it says, without quotes and colon; `at` is where it begins."""

    kind: Kind
    text: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    """The parts in their order, the last one `end`. Raises `QueryError` for a quote that is not closed."""
    at = 0
    valued = False
    while at < len(text):
        character = text[at]
        if character.isspace():
            at += 1
            continue
        token, following = _next(text, at, valued)
        yield token
        valued = token.kind == "field"
        at = following
    yield Token("end", "", len(text.rstrip()))


def _next(text: str, at: int, valued: bool) -> tuple[Token, int]:
    """The token at `at`, and where the next one may begin. `valued` says that a field's value is to come."""
    character = text[at]
    if character in _CLOSES:
        return _quoted(text, at)
    if character in "()":
        return Token("open" if character == "(" else "close", character, at), at + 1
    if not valued and _DENIES.match(text, at):
        return Token("not", character, at), at + 1
    field = None if valued else _FIELD.match(text, at)
    if field:
        return Token("field", field[1].lower(), at), field.end()
    bare = _BARE.match(text, at)
    word = bare[0] if bare else character
    kind: Kind = "word" if valued else _OPERATORS.get(word, "word")
    return Token(kind, word, at), at + len(word)


def _quoted(text: str, at: int) -> tuple[Token, int]:
    closing = _CLOSES[text[at]]
    for end in range(at + 1, len(text)):
        if text[end] in closing:
            return Token("phrase", text[at + 1 : end], at), end + 1
    raise QueryError(f"the quote {text[at]} is not closed", at)
