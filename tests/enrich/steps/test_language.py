"""Who decides on a language: the text where it is clear, the feed's claim where it is not, nobody where neither is."""

import socket

import pytest

from services.contracts.enrichments import Language
from services.enrich.identify import load_identifier
from services.enrich.pipeline import Pipeline
from services.enrich.steps.language import Identifier, claimed_language, decide_language, language_step
from tests.enrich.articles import article

LONG = "a text that is long enough to be judged by what it looks like alone"
KNOWN = frozenset({"en", "fr", "de", "no"})
BRIEF = "psg – om : 3-1"


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
        (LONG, "fr", [("en", 0.7)], Language(code="en", confidence=0.7, method="text")),
        (LONG, None, [("en", 0.61)], Language(code="en", confidence=0.61, method="text")),
        (LONG, None, [("en", 0.5)], Language(method="none")),
        (LONG, "fr", [("en", 0.5), ("fr", 0.3)], Language(code="fr", confidence=0.3, method="feed")),
        (LONG, "fr", [("en", 0.5), ("de", 0.3)], Language(method="none")),
        (LONG, "fr", [("en", 0.5), ("fr", 0.04)], Language(method="none")),
        (LONG, "zu", [("en", 0.5), ("de", 0.3)], Language(code="zu", method="feed")),
        (LONG, "zu", [("en", 0.7), ("de", 0.3)], Language(code="en", confidence=0.7, method="text")),
        (LONG, "fr", [("fr", 0.4)], Language(code="fr", confidence=0.4, method="feed")),
        (BRIEF, "fr", [("en", 0.8), ("fr", 0.1)], Language(code="fr", confidence=0.1, method="feed")),
        (BRIEF, "fr", [("en", 0.8), ("de", 0.1)], Language(method="none")),
        (BRIEF, "zu", [("en", 0.8), ("de", 0.1)], Language(code="zu", method="feed")),
        (BRIEF, "fr", [("en", 0.95), ("de", 0.01)], Language(code="en", confidence=0.95, method="text")),
        (BRIEF, None, [("en", 0.8)], Language(code="en", confidence=0.8, method="text")),
        ("2:1 – 14", "fr", [("en", 0.99)], Language(code="fr", method="feed")),
        ("", None, [("en", 0.99)], Language(method="none")),
        (LONG, "no", [("nb", 0.9)], Language(code="no", confidence=0.9, method="text")),
    ],
)
def test_text_and_claim_are_weighed(
    sample: str, claim: str | None, seen: list[tuple[str, float]], expected: Language
) -> None:
    assert decide_language(sample, claim, Identifier(KNOWN, lambda _text: seen)) == expected


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("en", "en"), ("EN-gb", "en"), ("pt_BR", "pt"), (" zh-Hans-CN ", "zh"), ("iw", "he"), ("nb-NO", "no"),
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


def test_the_model_is_asked_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    identifier = load_identifier()
    assert {"en", "fr", "zh", "ar"} <= identifier.known
    assert identifier.likely("the council approved the plan")[0][0] == "en"
