"""A query read: what people know from Gmail and FreshRSS.

query := some (OR some)*
some  := one (AND? one)*
one   := (- | ! | NOT) one | ( query ) | word | "phrase" | field:value | field:( query of words )
"""

from collections.abc import Callable
from datetime import datetime

from services.api.query.errors import QueryError
from services.api.query.fields import FIELDS, read_field
from services.api.query.lexer import Token, tokens
from services.api.query.tree import And, Node, Not, Or, Query, Words
from services.api.readmodel.tokens import terms
from services.wire.process import utc_now

MAX_CHARS = 500
MAX_LEAVES = 50
MAX_DEPTH = 12


def parse(text: str, now: datetime | None = None) -> Query:
    """Read a query. Durations such as `P1D` count back from `now`, which is the present unless given.

    Words and phrases without a letter or digit say nothing and are passed over. Raises `QueryError`.
    """
    if len(text) > MAX_CHARS:
        raise QueryError(f"the query has {len(text)} characters; {MAX_CHARS} are allowed", MAX_CHARS)
    root = _Parser(text, now or utc_now()).query() if text.strip() else None
    if root is None:
        raise QueryError("there is nothing to search for", 0)
    return Query(text, root)


class _Parser:
    def __init__(self, text: str, now: datetime) -> None:
        self._tokens = list(tokens(text))
        self._place = 0
        self._now = now
        self._leaves = 0
        self._depth = 0
        self._field: str | None = None

    def query(self) -> Node | None:
        root = self._alternatives()
        left = self._peek()
        if left.kind != "end":
            raise QueryError("this ) closes nothing", left.at)
        return root

    def _alternatives(self) -> Node | None:
        parts = [self._conjunction()]
        while self._peek().kind == "or":
            self._take()
            parts.append(self._conjunction())
        # An alternative that says nothing would let everything through, which nobody means.
        said = tuple(part for part in parts if part is not None)
        return Or(said) if len(said) > 1 else said[0] if said else None

    def _conjunction(self) -> Node | None:
        parts = [self._one()]
        while self._peek().kind not in ("or", "close", "end"):
            if self._peek().kind == "and":
                self._take()
            parts.append(self._one())
        said = tuple(part for part in parts if part is not None)
        return And(said) if len(said) > 1 else said[0] if said else None

    def _one(self) -> Node | None:
        token = self._take()
        if token.kind == "not":
            with_what = self._nested(token, self._one)
            return Not(with_what) if with_what is not None else None
        if token.kind == "open":
            inside = self._nested(token, self._alternatives)
            if self._take().kind != "close":
                raise QueryError("this ( is not closed", token.at)
            return inside
        if token.kind == "field":
            return self._valued(token)
        if token.kind in ("word", "phrase"):
            return self._leaf(token, token)
        raise QueryError(_MISPLACED[token.kind].format(token.text), token.at)

    def _valued(self, field: Token) -> Node | None:
        if self._field is not None:
            raise QueryError(f"{field.text}: stands within the group of {self._field}:", field.at)
        if field.text not in FIELDS:
            known = ", ".join(FIELDS)
            raise QueryError(
                f'there is no field {field.text}: but {known}; put words that hold a colon in "quotes"', field.at
            )
        if self._peek().kind != "open":
            return self._leaf(field, self._take(), field.text)
        self._field = field.text
        try:
            return self._one()
        finally:
            self._field = None

    def _leaf(self, start: Token, value: Token, field: str | None = None) -> Node | None:
        self._leaves += 1
        if self._leaves > MAX_LEAVES:
            raise QueryError(f"more than {MAX_LEAVES} words and fields", start.at)
        field = field or self._field
        if field is None:
            return Words(value.text) if terms(value.text) else None
        if not value.text.strip():
            raise QueryError(f"{field}: has no value", start.at)
        try:
            leaf = read_field(field, value.text, value.kind == "phrase", self._now)
        except ValueError as error:
            raise QueryError(str(error), value.at) from None
        if isinstance(leaf, Words) and not terms(leaf.text):
            raise QueryError(f"{field}: needs a letter or digit", value.at)
        return leaf

    def _nested(self, opening: Token, read: Callable[[], Node | None]) -> Node | None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"nested more than {MAX_DEPTH} deep", opening.at)
        inside = read()
        self._depth -= 1
        return inside

    def _peek(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._tokens[self._place]
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token


_MISPLACED = {
    "and": "{0} needs something before and after it",
    "or": "{0} needs something before and after it",
    "close": "something is missing before this )",
    "end": "something is missing at the end",
}
