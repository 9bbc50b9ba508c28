"""Words of a text: the quick ways give what the patterns give."""

import random
import re
import unicodedata

import pytest

from services.enrich.words import runs_of, tokens_of

SIGNS = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
TOKENS = re.compile(rf"[{SIGNS}]|[^\W_{SIGNS}]+")
PIECES = "aB9_ -’“…–\u00a0\u0301éßﬁ①½ªº政府ガか゛\u3099ｱ한กำ\u1100\u1161\ud800\x1c\x85\u200b·ǰ"


@pytest.mark.parametrize(
    ("text", "tokens", "runs"),
    [
        ("", [], []),
        ("The ferry's 2nd_deck", ["the", "ferry", "s", "2nd", "deck"], ["the", "ferry", "s", "2nd_deck"]),
        ("“Ferries” – it’s… late", ["ferries", "it", "s", "late"], ["ferries", "it", "s", "late"]),
        (
            "In der STRASSE, in der Straße",
            ["in", "der", "strasse"] * 2,
            ["in", "der", "strasse", "in", "der", "straße"],
        ),
        ("a café at the harbour of the town", "a café at the harbour of the town".split(), None),
        ("政府 says", ["政", "府", "says"], ["政府", "says"]),
    ],
)
def test_words_are_found_without_case(text: str, tokens: list[str], runs: list[str] | None) -> None:
    assert tokens_of(text) == tokens
    assert runs_of(text) == (tokens if runs is None else runs)


@pytest.mark.parametrize("tail", ["", " x y z and a good many words more of plain text"])
def test_whatever_a_text_holds_the_words_are_those_of_the_pattern(tail: str) -> None:
    chance = random.Random(7)
    for _ in range(3000):
        text = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 14))) + tail
        assert tokens_of(text) == TOKENS.findall(unicodedata.normalize("NFKC", text).casefold()), repr(text)
        assert runs_of(text) == re.findall(r"\w+", text.lower()), repr(text)
