"""A query is read, or refused with the place of the mistake: nothing else happens, whatever is typed."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.api.query.errors import QueryError
from services.api.query.parse import parse
from services.api.query.tree import Query
from tests.properties.texts import WORDS, anything

_PIECES = (
    *WORDS,
    *("(", ")", "-", "!", "NOT", "AND", "OR", '"', "“", "«", "'", " ", ":", ",", "/", "\0", "\u200b"),
    *("intitle:", "author:", "source:", "tag:", "lang:", "site:", "before:", "after:", "date:", "feed:", "story:"),
    *("2026-03-01", "P1D", "2026-02/2026-03-01T11", "99999-01-01", "2026-13-45T99", "P9999999999D", "P-1Y", "http://"),
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
typed = anything | st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)


@given(typed)
def test_every_text_is_a_query_or_says_where_it_is_none(text: str) -> None:
    query = read(text)
    if isinstance(query, QueryError):
        assert 0 <= query.at <= len(text)
        assert query.message
    else:
        assert read(text) == query


@given(typed)
def test_a_group_changes_nothing(text: str) -> None:
    query = read(text)
    if isinstance(query, Query):
        grouped = read(f"({text})")
        assert isinstance(grouped, Query), grouped
        assert grouped.root == query.root


def read(text: str) -> Query | QueryError:
    try:
        return parse(text, NOW)
    except QueryError as error:
        return error
