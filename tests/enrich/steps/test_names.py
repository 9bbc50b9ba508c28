"""Who and what articles name, by the model and the gazetteer that ship with Dateline."""

import json
import pickle
import random
import re
from pathlib import Path

import pytest

from services.contracts.articles import Article
from services.contracts.enrichments import Language, Name, Times, Timestamp
from services.enrich.names.articles import Namer, load_namer
from services.enrich.names.model import load_model
from services.enrich.names.places import load_gazetteer
from services.enrich.step import Draft
from services.enrich.steps.names import MOST_TAGS, name_tags, names_step
from tests.conftest import CORPORA
from tests.enrich.articles import NOON, article
from tests.ingest.test_corpora import unpacked

SEEN = Timestamp(at=NOON, method="first_seen", precision="second", zone="explicit")


@pytest.fixture(scope="module")
def namer() -> Namer:
    return load_namer()


def drafted(one: Article, language: str | None = "en") -> Draft:
    return Draft(one, Times(first_seen=SEEN), language=Language(code=language, confidence=0.99, method="text"))


def named(namer: Namer, one: Article, language: str | None = "en") -> dict[str, Name]:
    (draft,) = names_step(namer).run([drafted(one, language)])
    return {name.slug: name for name in draft.names}


def spelled(one: Article, name: Name) -> list[str]:
    fields = {"title": one.title, "summary": one.summary or "", "text": one.text or ""}
    return [fields[mention.field][mention.start : mention.end] for mention in name.mentions]


@pytest.mark.parametrize(
    ("title", "slugs"),
    [
        ("Zelensky meets Macron in Paris as talks with Russia stall", {"place:paris", "place:russia"}),
        (
            "Boris Johnson resigns as leader of the Conservative Party",
            {"person:boris-johnson", "org:conservative-party"},
        ),
        ("EU and NATO leaders gather in Brussels", {"org:eu", "org:nato", "place:brussels"}),
        ("Floods kill dozens in South Korea, officials in Seoul say", {"place:south-korea", "place:seoul"}),
        ("PRESIDENT LULA VISITS CHINA TO SIGN TRADE DEAL", {"place:china"}),
        (
            "Prime Minister Narendra Modi Arrives in New York for United Nations Summit",
            {"person:narendra-modi", "org:un"},
        ),
        ("Angela Merkel praises the work of the World Bank in Kenya", {"person:angela-merkel", "org:world-bank"}),
    ],
)
def test_headlines_name_whom_they_are_about(namer: Namer, title: str, slugs: set[str]) -> None:
    assert slugs <= named(namer, article(title)).keys()


def test_a_surname_joins_the_full_name(namer: Namer) -> None:
    one = article(
        "Putin orders new exercise",
        text="Vladimir Putin, the president of Russia, spoke in Moscow on Monday. Putin said it would begin soon.",
    )
    names = named(namer, one)
    putin = names["person:vladimir-putin"]
    assert putin.label == "Vladimir Putin"
    assert spelled(one, putin) == ["Putin", "Vladimir Putin", "Putin"]
    assert "person:putin" not in names
    assert (names["place:moscow"].country, names["place:russia"].country) == ("RU", "RU")
    assert names["place:moscow"].latitude == pytest.approx(55.75, abs=0.1)


def test_initials_join_what_they_stand_for(namer: Namer) -> None:
    one = article(
        "Rescuers reach the island",
        text="The Harbour Rescue Association said its boats were out. Peter Lang of the HRA praised the crew.",
    )
    names = named(namer, one)
    assert spelled(one, names["org:hra"]) == ["Harbour Rescue Association", "HRA"]
    assert names["org:hra"].label == "Harbour Rescue Association"


@pytest.mark.parametrize(
    ("title", "never"),
    [
        ("Paris Hilton opens a hotel in Dubai", "place:paris"),
        ("The Washington Post names a new editor", "place:washington"),
        ("Jack London wrote here, the museum says", "place:london"),
    ],
)
def test_a_place_within_another_name_is_no_place(namer: Namer, title: str, never: str) -> None:
    assert never not in named(namer, article(title))


@pytest.mark.parametrize(
    ("title", "language", "slugs"),
    [
        ("Le président se rend à Londres pour rencontrer Emmanuel Martin", "fr", {"place:london"}),
        ("Der Minister sprach gestern in Berlin mit Vertretern der NATO", "de", {"place:berlin", "org:nato"}),
        ("В городе Москва прошла встреча", "ru", {"place:moscow"}),
        ("首相は東京で会見した", "ja", {"place:tokyo"}),
        ("قال المسؤول إن القاهرة ترحب", "ar", {"place:cairo"}),
    ],
)
def test_other_languages_are_read_by_lists_and_say_so(namer: Namer, title: str, language: str, slugs: set[str]) -> None:
    names = named(namer, article(title), language)
    assert slugs <= names.keys()
    assert {names[slug].method for slug in slugs} == {"names:gazetteer"}
    assert all(names[slug].confidence <= 0.7 for slug in slugs)


@pytest.mark.parametrize("title", ["", "…", "12:30", "the cat sat on the mat", "\u200b", "🎉🎉🎉", "'s 's"])
def test_where_nothing_is_named_nothing_is_found(namer: Namer, title: str) -> None:
    assert named(namer, article(title)) == {}


ARTICLES = [
    article("Putin orders new exercise", text="Vladimir Putin spoke in Moscow. NATO said it watched. " * 3),
    article("FLOODS IN SEOUL", summary="Rain fell on Seoul and Busan, South Korea's weather agency said."),
    article("Apple Inc sues Samsung Electronics in California", text="Apple said Tim Cook would speak in San Jose."),
    article("Nothing happens", summary="The cat sat on the mat."),
    article("Bundestag berät", summary="In Berlin sprach Olaf Scholz."),
    article(
        "São Paulo’s mayor meets U.S. envoy John Smith-Jones at the U.N.", text="“Smith-Jones is welcome,” he said."
    ),
]


def test_a_name_is_always_text_of_the_article(namer: Namer) -> None:
    for draft in names_step(namer).run([drafted(one) for one in ARTICLES]):
        for name in draft.names:
            spellings = spelled(draft.article, name)
            assert name.label in {" ".join(spelling.split()) for spelling in spellings}
            assert name.mentions
            assert 0.5 <= name.confidence <= 1


def test_results_do_not_depend_on_the_batch(namer: Namer) -> None:
    step = names_step(namer)
    alone = {draft.article.id: draft.names for one in ARTICLES for draft in step.run([drafted(one)])}
    order = ARTICLES * 3
    random.Random(4).shuffle(order)
    fresh = names_step(load_namer())
    for draft in fresh.run([drafted(one) for one in order]):
        assert draft.names == alone[draft.article.id]


def test_a_name_is_what_the_contract_checks(namer: Namer) -> None:
    """It is made without checks, and is the same as one that was checked: as JSON, as an equal, out of a pickle."""
    names = [name for draft in names_step(namer).run([drafted(one) for one in ARTICLES]) for name in draft.names]
    assert names
    for name in names:
        checked = Name.model_validate_json(name.model_dump_json())
        assert checked == name
        assert hash(checked) == hash(name)
        assert checked.model_dump_json(exclude_unset=True) == name.model_dump_json(exclude_unset=True)
        assert pickle.loads(pickle.dumps(name)) == name
        assert name.model_copy(update={"label": "Another"}).mentions == name.mentions


@pytest.mark.parametrize(
    ("one", "language", "words"),
    [
        (ARTICLES[0], "en", 'the model reads English: person:vladimir-putin .* by "Vladimir Putin" in the text at 0, '),
        (ARTICLES[0], "en", r"\d mentions, also as Putin"),
        (ARTICLES[0], "en", r"on the map as Moscow \(RU\): "),
        (article("Protests in Georgia"), "en", "not on the map: a country and a state, and nothing says which"),
        (article("Paris Hilton opens a hotel in Dubai"), "en", "person:paris-hilton .* in the title at 0"),
        (article("Ministertreffen in Berlin"), "de", "only lists of names count: place:berlin 0.7 by "),
        (article("the cat sat on the mat"), "en", "nothing is named"),
    ],
)
def test_it_says_why_a_name_is_told(namer: Namer, one: Article, language: str, words: str) -> None:
    explain = names_step(namer).explain
    assert explain is not None
    assert re.search(words, explain(drafted(one, language)))


def test_it_says_what_was_too_unsure_to_be_told() -> None:
    careful = Namer(load_model(), load_gazetteer(), least=0.999)
    explain = names_step(careful).explain
    assert explain is not None
    assert "not told since less likely than 0.999: Seoul (place 0." in explain(drafted(article("Rain falls on Seoul")))


def test_tags_are_of_names_that_matter_most(namer: Namer) -> None:
    people = ", ".join(f"{first} {last}" for first in ("John", "Mary", "Peter", "Anna") for last in ("Smith", "Jones", "Brown", "Miller", "Davis", "Wilson", "Clark"))  # fmt: skip # noqa: E501
    (draft,) = names_step(namer).run([drafted(article("Mary Wilson wins in Kenya", text=f"The others were {people}."))])
    assert len(draft.names) > MOST_TAGS
    assert len(draft.tags) == MOST_TAGS
    assert {"person:mary-wilson", "place:kenya"} <= {tag.slug for tag in draft.tags}
    assert {tag.method for tag in draft.tags} == {"names"}
    assert name_tags(draft.names[:2], draft.tags) == ()


def test_strings_that_break_software_break_nothing(namer: Namer, tmp_path: Path) -> None:
    assert CORPORA.is_absolute()
    (path,) = [path for path in unpacked("hostile", tmp_path) if path.name == "blns.json"]
    strings = [text for text in json.loads(path.read_text(encoding="utf-8")) if isinstance(text, str)]
    for language in ("en", None, "fr", "ja"):
        drafts = names_step(namer).run([drafted(article(text or "-", summary=text), language) for text in strings])
        for draft in drafts:
            for name in draft.names:
                assert all(spelled(draft.article, name))
