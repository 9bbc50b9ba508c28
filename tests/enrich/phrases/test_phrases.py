"""Key phrases: what an article is about, in its own words."""

import pytest

from services.contracts.enrichments import Language, Mention, Name, Phrase, Times, Timestamp
from services.enrich.phrases.background import load_backgrounds
from services.enrich.step import Draft
from services.enrich.steps.phrases import MOST, phrases_step
from tests.enrich.articles import NOON, article

STEP = phrases_step(load_backgrounds())
TIMES = Times(first_seen=Timestamp(at=NOON, method="first_seen", precision="second", zone="explicit"))


def drafted(title: str, summary: str = "", language: str | None = "en", names: tuple[str, ...] = ()) -> Draft:
    mention = Mention(field="title", start=0, end=1)
    found = tuple(
        Name(slug=f"person:{label}", label=label, kind="person", mentions=(mention,), method="test", confidence=1)
        for label in names
    )
    told = Language(code=language, method="text")
    return Draft(article(title, summary=summary or None), TIMES, language=told, names=found)


def phrases(title: str, summary: str = "", language: str | None = "en", names: tuple[str, ...] = ()) -> list[str]:
    return [phrase.text for phrase in STEP.run([drafted(title, summary, language, names)])[0].phrases]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The ferry to the island", ["ferry", "island"]),
        ("Night ferry, lighthouse and the harbour pilots", ["Night ferry", "lighthouse", "harbour pilots"]),
        ("U.S. lighthouse", ["U.S. lighthouse"]),
        ("41 dead in 2026", ["dead"]),
        ("It was what it was", []),
        ("", []),
        ("?!", []),
    ],
)
def test_runs_between_stop_words_and_signs(title: str, expected: list[str]) -> None:
    assert sorted(phrases(title)) == sorted(expected)


def test_names_come_first_and_are_not_said_twice() -> None:
    found = phrases("Ada Sund wins the harbour vote", "Ada Sund, a pilot, won by two votes.", names=("Ada Sund",))
    assert found[0] == "Ada Sund"
    assert not any("Sund" in phrase for phrase in found[1:])
    assert "pilot" in found


def test_rare_words_weigh_more_than_common_ones() -> None:
    weights = {
        phrase.text: phrase.weight for phrase in STEP.run([drafted("A government and a palaeontologist")])[0].phrases
    }
    assert weights["palaeontologist"] > weights["government"]


def test_there_are_no_more_than_eight_and_all_stand_in_the_article() -> None:
    text = "; ".join(f"the {word} harbour{word}" for word in "ab cd ef gh ij kl mn op qr st".split())
    found = phrases("Harbours", text)
    assert len(found) == MOST
    assert all(phrase in f"Harbours {text}" for phrase in found)


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("de", "Die Fähre zum Leuchtturm auf der Insel", {"Fähre", "Leuchtturm", "Insel"}),
        (None, "Die Fähre zum Leuchtturm auf der Insel", {"Fähre", "Leuchtturm", "Insel"}),
        ("zh", "港口渡轮在浓雾中搁浅", set()),
    ],
)
def test_other_languages_go_by_the_length_of_words(language: str | None, title: str, expected: set[str]) -> None:
    assert set(phrases(title, language=language)) == expected


def test_results_do_not_depend_on_the_batch() -> None:
    drafts = [drafted("Night ferry"), drafted("Night ferry and lighthouse"), drafted("")]
    together = [draft.phrases for draft in STEP.run(drafts)]
    assert together == [STEP.run([draft])[0].phrases for draft in drafts]
    assert together[0] == (Phrase(text="Night ferry", weight=together[0][0].weight),)


@pytest.mark.parametrize("text", ["İ" * 50, "\x00 \u202e", "a" * 20_000, "-' " * 5000, "’’’"])
def test_whatever_stands_in_a_text_is_borne(text: str) -> None:
    assert len(phrases(text, text)) <= MOST
