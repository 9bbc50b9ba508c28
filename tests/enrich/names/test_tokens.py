"""How text is cut into words and sentences."""

import pytest

from services.enrich.names.tokens import END, tokens_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mr. Putin's visit", ["Mr.", "Putin", "'s", "visit", END]),
        ("the U.S. Senate", ["the", "U.S.", "Senate", END]),
        ("J. K. Rowling", ["J.", "K.", "Rowling", END]),
        ("O'Brien didn’t go", ["O'Brien", "didn’t", "go", END]),
        ("It rains. Paris waits!", ["It", "rains", ".", END, "Paris", "waits", "!", END]),
        ('He said "go." Then', ["He", "said", '"', "go", ".", END, '"', "Then", END]),
        ("al-Qaeda, 3.5%", ["al", "-", "Qaeda", ",", "3.5", "%", END]),
        ("One\n\nTwo", ["One", END, "Two", END]),
        ("", [END]),
        ("   \u200b ", ["\u200b", END]),
    ],
)
def test_words_and_sentences(text: str, words: list[str]) -> None:
    assert [END if word.isspace() else word for word in tokens_of(text).words] == words


@pytest.mark.parametrize("text", ["Zoë’s café, in São Paulo.", "e\u0301 \ud800 x", "日本 Tokyo 🎉 ok", "a\n\n\n b"])
def test_every_word_is_where_it_says(text: str) -> None:
    tokens = tokens_of(text)
    assert all(text[start : start + len(word)] == word for word, start in zip(tokens.words, tokens.starts, strict=True))
