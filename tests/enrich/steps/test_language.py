"""Who decides on a language: the text where it is clear, the feed's claim where it is not, nobody where neither is."""

import socket

import pytest

from services.contracts.enrichments import Language
from services.enrich.identify import load_identifier, weighed
from services.enrich.pipeline import Pipeline
from services.enrich.steps.language import (
    Identifier,
    claimed_language,
    confidence,
    decide_language,
    language_of,
    language_step,
)
from tests.enrich.articles import article

LONG = "a text that is long enough to be judged by what it looks like alone"
KNOWN = frozenset({"bs", "de", "en", "fr", "hr", "id", "ms", "no", "sr"})
BRIEF = "psg – om : 3-1"
UNSURE = {
    "Rada schválila stavbu novej školy": "sk",
    "Vlada je potrdila nov proračun": "sl",
    "O goberno aproba o novo orzamento": "gl",
    "Most otwarty po remoncie": "pl",
}
"""Headlines that fastText alone takes for another language."""


@pytest.fixture(scope="module")
def identifier() -> Identifier:
    return load_identifier()


@pytest.mark.parametrize(
    ("title", "summary", "code"),
    [
        ("Parliament votes on the budget after a long night of talks", None, "en"),
        ("COUNCIL APPROVES PLAN FOR NEW TRAM LINE THROUGH THE OLD TOWN", None, "en"),
        ("Le gouvernement présente son projet de loi sur les retraites", None, "fr"),
        ("Der Bundestag berät über das neue Klimaschutzgesetz", None, "de"),
        ("El presidente anuncia nuevas medidas contra la inflación", None, "es"),
        ("Правительство представило новый проект бюджета", None, "ru"),
        ("政府は新しい予算案を発表しました", None, "ja"),
        ("정부가 새로운 예산안을 발표했다", None, "ko"),
        ("أعلنت الحكومة عن ميزانية جديدة", None, "ar"),
        ("सरकार ने नया बजट पेश किया", None, "hi"),
        ("Ok", "Die Stadt baut eine neue Brücke über den Fluss, sagte die Bürgermeisterin am Montag.", "de"),
    ],
)
def test_a_clear_text_is_believed(identifier: Identifier, title: str, summary: str | None, code: str) -> None:
    drafted = article(title, summary=summary, language="xx-wrong")
    found = Pipeline((language_step(identifier),)).enrich([drafted])[0].language
    assert (found.code, found.method) == (code, "text")
    assert found.confidence is not None
    assert found.confidence > 0.6


def test_a_clear_text_outweighs_the_claim_of_the_feed(identifier: Identifier) -> None:
    text = article("Le gouvernement présente son projet de loi sur les retraites", language="en-US")
    assert Pipeline((language_step(identifier),)).enrich([text])[0].language.code == "fr"


@pytest.mark.parametrize(
    ("sample", "claim", "seen", "expected"),
    [
        (LONG, "fr", [("en", 0.65)], Language(code="en", confidence=0.965, method="text")),
        (LONG, None, [("en", 0.35)], Language(code="en", confidence=0.66, method="text")),
        (LONG, None, [("en", 0.34)], Language(method="none")),
        (LONG, "fr", [("en", 0.3), ("fr", 0.15)], Language(code="fr", confidence=0.34, method="feed")),
        (LONG, "fr", [("en", 0.3), ("de", 0.3)], Language(method="none")),
        (LONG, "fr", [("en", 0.3), ("fr", 0.09)], Language(method="none")),
        (LONG, "zu", [("en", 0.3), ("de", 0.3)], Language(code="zu", method="feed")),
        (LONG, "zu", [("en", 0.65), ("de", 0.3)], Language(code="en", confidence=0.965, method="text")),
        (LONG, "fr", [("fr", 0.25)], Language(code="fr", confidence=0.45, method="feed")),
        (BRIEF, "fr", [("en", 0.55), ("fr", 0.15)], Language(code="fr", confidence=0.34, method="feed")),
        (BRIEF, "fr", [("en", 0.55), ("de", 0.1)], Language(method="none")),
        (BRIEF, "zu", [("en", 0.55), ("de", 0.1)], Language(code="zu", method="feed")),
        (BRIEF, "fr", [("en", 0.65), ("de", 0.01)], Language(code="en", confidence=0.965, method="text")),
        (BRIEF, None, [("en", 0.55)], Language(code="en", confidence=0.87, method="text")),
        ("2:1 – 14", "fr", [("en", 0.99)], Language(code="fr", method="feed")),
        ("", None, [("en", 0.99)], Language(method="none")),
        (LONG, "no", [("no", 1.0)], Language(code="no", confidence=1.0, method="text")),
        (LONG, "bs", [("hr", 0.65), ("sr", 0.2)], Language(code="bs", confidence=0.965, method="feed")),
        (LONG, "ms", [("id", 0.65), ("ms", 0.25)], Language(code="ms", confidence=0.45, method="feed")),
        (LONG, None, [("und", 0.0)], Language(method="none")),
    ],
)
def test_text_and_claim_are_weighed(
    sample: str, claim: str | None, seen: list[tuple[str, float]], expected: Language
) -> None:
    assert decide_language(sample, claim, Identifier(KNOWN, lambda _text: seen)) == expected


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("en", "en"), ("EN-gb", "en"), ("pt_BR", "pt"), (" zh-Hans-CN ", "zh"),
        ("iw", "he"), ("nb-NO", "no"), ("nn", "no"), ("sh", "sr"),
        ("und", None), ("x-default", None), ("english", None), ("", None), (None, None), ("e", None), ("en us", None),
    ],
)  # fmt: skip
def test_a_claim_counts_as_its_primary_code(claim: str | None, code: str | None) -> None:
    assert claimed_language(claim) == code


def test_the_model_sees_lower_case_on_one_line_and_not_too_much() -> None:
    given: list[str] = []

    def likely(text: str) -> list[tuple[str, float]]:
        given.append(text)
        return [("en", 1.0)]

    Pipeline((language_step(Identifier(KNOWN, likely)),)).enrich(
        [article("A Title", text="First.\n\nSecond\x00 " + "word " * 10_000)]
    )
    assert given[0].startswith("a title first. second")
    assert len(given[0]) <= 1000
    assert "\n" not in given[0]


@pytest.mark.parametrize(
    "title",
    [
        "Donald Trump, Vladimir Putin",
        "PSG – OM : 3-1",
        "2026 12 14",
        "S&P 500 -1.2%",
        "asdf qwer",
        "🎉 🎉",
        "Elon Musk",
    ],
)
def test_names_numbers_and_nonsense_are_in_no_language(identifier: Identifier, title: str) -> None:
    assert language_of(article(title), identifier) == Language(method="none")
    assert language_of(article(title, language="en-GB"), identifier).code in {"en", None}


def test_confidence_grows_with_the_score_from_0_to_1() -> None:
    steps = [confidence(n / 100) for n in range(-5, 106)]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0.0, 1.0)


def test_the_second_model_is_asked_where_the_first_is_unsure(identifier: Identifier) -> None:
    assert {title: language_of(article(title), identifier).code for title in UNSURE} == UNSURE


def test_two_models_are_weighed() -> None:
    found = weighed([("en", 0.5), ("fr", 0.4)], [("fr", 0.6), ("de", 0.2)])
    assert [(code, round(score, 6)) for code, score in found] == [("fr", 0.54), ("en", 0.15), ("de", 0.14)]


def test_the_models_are_asked_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    identifier = load_identifier()
    assert {"en", "fr", "zh", "ar"} <= identifier.known
    assert identifier.likely("the council approved the plan")[0][0] == "en"
