"""The words that stories are told by."""

from dataclasses import replace

import pytest

from services.contracts.enrichments import Language
from services.enrich.context import Context
from services.enrich.pipeline import begin
from services.enrich.steps.terms import MOST, terms_step
from services.enrich.stories.words import words_of, words_of_address
from tests.enrich.articles import article


def terms(language: str | None = "en", **fields: object) -> dict[str, int]:
    draft = replace(begin(article("Ferries", **fields), Context()), language=Language(code=language, method="text"))
    [after] = terms_step().run([draft])
    return dict(after.terms)


def test_words_of_summary_and_text_are_counted_but_for_those_that_are_everywhere() -> None:
    found = terms(summary="The ferry's trial", text="Ferries ran late. The ferry returned.")
    assert found == {"ferry": 3, "trial": 1, "ran": 1, "late": 1, "returned": 1}


def test_an_article_without_summary_and_text_has_none() -> None:
    assert terms() == {}


def test_the_most_frequent_are_kept_and_of_equals_the_earlier_ones() -> None:
    found = terms(text=" ".join(f"wörd{number}" for number in range(300)) + " wörd299")
    assert len(found) == MOST
    assert list(found)[:2] == ["wörd299", "wörd0"]


def test_what_is_everywhere_depends_on_the_language() -> None:
    assert terms("de", summary="Die Fähre und der Hafen") == {"fähre": 1, "hafen": 1}
    assert terms(None, summary="Die Fähre") == {"die": 1, "fähre": 1}


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Cities, buses and glass", "en", ["city", "buse", "and", "glass"]),
        ("Paris", "fr", ["paris"]),
        ("Don’t panic: 3,000 O'Briens", "en", ["don't", "panic", "3", "000", "o'brien"]),
        ("東京都で火災", "ja", ["東京", "京都", "都で", "で火", "火災"]),
        ("กรุงเทพ", "th", ["กร", "รุ", "ุง", "งเ", "เท", "ทพ"]),
        ("…", "en", []),
    ],
)
def test_words(text: str, language: str, words: list[str]) -> None:
    assert words_of(text, language) == words


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://tidings.example/2026/ferry-starts-winter-trial/", ["ferry", "start", "winter", "trial"]),
        ("https://tidings.example/article-2026-77", []),
        ("https://[broken", []),
        (None, []),
    ],
)
def test_words_of_an_address(url: str | None, words: list[str]) -> None:
    assert words_of_address(url, "en") == words
