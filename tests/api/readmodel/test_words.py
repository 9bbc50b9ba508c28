"""What a user types never is a syntax error."""

import sqlite3

import pytest

from services.api.readmodel.words import match_expression


@pytest.mark.parametrize(
    ("words", "expression"),
    [
        ("ferry", '"ferry"'),
        ("ferry harbour", '"ferry" "harbour"'),
        ('"winter trial" ferry', '"winter trial" "ferry"'),
        ('an unclosed "phrase here', '"an" "unclosed" "phrase here"'),
        ("don't AND (panic*", '"don\'t" "AND" "(panic*"'),
        ("title:ferry^2 -tram", '"title:ferry^2" "-tram"'),
        ('5" pipe', '"5 " "pipe"'),
        ("北京 Üben", '"北京" "Üben"'),
        ("", None),
        ('  "" * () -', None),
        ("nul\0byte", '"nul" "byte"'),
    ],
)
def test_words_become_an_expression_of_quoted_words(words: str, expression: str | None) -> None:
    assert match_expression(words) == expression


@pytest.mark.parametrize(
    "words", ["NOT", "a OR", "NEAR(a b", "^a", "a*", "col:a", '"', "a + b", "{a b}:c", "-a", "..a"]
)
def test_the_search_engine_accepts_whatever_was_typed(words: str) -> None:
    expression = match_expression(words)
    if expression is None:
        return
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5 (a)")
    assert connection.execute("SELECT * FROM t WHERE t MATCH ?", (expression,)).fetchall() == []
    connection.close()
