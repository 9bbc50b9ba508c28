"""What counts as a word, and how long words take."""

import pytest

from services.enrich.pipeline import Pipeline
from services.enrich.steps.reading import count, reading_step
from tests.enrich.articles import article


@pytest.mark.parametrize(
    ("text", "words", "signs"),
    [
        ("", 0, 0),
        ("The crossing takes eleven minutes.\n\nIt runs twice an hour.", 10, 0),
        ("state-of-the-art, don't, 3.5 %", 3, 0),
        ("before—after and/or", 4, 0),
        ("- * … “quoted” (so)", 2, 0),
        ("Über Straßen naïver Bürger", 4, 0),
        ("सरकार ने नया बजट पेश किया", 6, 0),
        ("정부가 새로운 예산안을 발표했다", 4, 0),
        ("政府発表", 0, 4),
        ("政府は AI を発表", 1, 6),
        ("รัฐบาลประกาศงบประมาณใหม่", 5, 0),
        ("-" * 100_000, 0, 0),
    ],
)
def test_words_and_signs_are_counted(text: str, words: int, signs: int) -> None:
    assert count(text) == (words, signs)


@pytest.mark.parametrize(
    ("fields", "words", "seconds"),
    [
        ({"title": "two words"}, 2, 1),
        ({"title": "two words", "summary": "now three words"}, 3, 1),
        ({"title": "two words", "summary": "now three words", "text": "word " * 238}, 238, 60),
        ({"title": "two words", "text": "word " * 239}, 239, 61),
        ({"title": "two words", "text": "語" * 500}, 500, 60),
        ({"title": ""}, 0, 0),
    ],
)
def test_the_longest_text_is_what_is_read(fields: dict[str, str], words: int, seconds: int) -> None:
    found = Pipeline((reading_step(),)).enrich([article(**fields)])[0]
    assert (found.words, found.reading_seconds) == (words, seconds)
