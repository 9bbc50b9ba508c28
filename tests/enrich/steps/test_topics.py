"""The step that gives Media Topics: what counts as evidence, how sure it is, and when nothing is said."""

from dataclasses import replace

from services.contracts.articles import Article
from services.contracts.enrichments import Language, Tag, Times, Timestamp
from services.enrich.step import Draft
from services.enrich.steps.topics import LEAST, OF_CATEGORY, OF_URL, strongest, topics_step
from services.enrich.topics.rules import load_topic_rules
from services.enrich.topics.sections import load_sections
from services.enrich.topics.text_model import TextModel
from tests.enrich.articles import NOON, article

STEP = topics_step(TextModel.load(), load_sections(), load_topic_rules())

FINAL = "Late goal sends Harbour United into the cup final after a tense match against their rivals"
VOTE = "Prime minister faces vote of no confidence as opposition parties unite in parliament"


def draft(one: Article, language: str | None = "en") -> Draft:
    seen = Timestamp(at=NOON, method="first_seen", precision="second", zone="explicit")
    spoken = Language(code=language, confidence=1, method="text") if language else Language(method="none")
    return Draft(one, Times(first_seen=seen), language=spoken)


def tags(one: Article, language: str | None = "en") -> dict[str, Tag]:
    [found] = STEP.run([draft(one, language)])
    assert len({tag.slug for tag in found.tags}) == len(found.tags)
    return {tag.slug: tag for tag in found.tags}


def test_english_text_gives_its_topic_with_a_probability() -> None:
    tag = tags(article(VOTE))["topic:politics"]
    assert (tag.label, tag.method, tag.concept) == ("Politics", "topics:text", "medtop:11000000")
    assert LEAST <= tag.confidence < 1


def test_text_of_another_or_an_unknown_language_says_nothing() -> None:
    assert tags(article(VOTE), "fr") == tags(article(VOTE), None) == {}
    assert tags(article("Ceasefire holds for a second night"), "de") == {}


def test_categories_and_urls_count_in_any_language() -> None:
    found = tags(
        article("Ein Titel", categories=["Fußball", "Meinung"], url="https://blatt.example/wirtschaft/x"), "de"
    )
    assert {slug: (tag.method, tag.confidence) for slug, tag in found.items()} == {
        "topic:soccer": ("topics:category", OF_CATEGORY),
        "topic:sport": ("topics:category", OF_CATEGORY),
        "topic:economy-business-and-finance": ("topics:url", OF_URL),
    }


def test_a_topic_stands_once_with_its_surest_evidence() -> None:
    found = tags(article("x", categories=["Sport"], url="https://courier.example/sport/x"))
    assert [(tag.slug, tag.method) for tag in found.values()] == [("topic:sport", "topics:category")]
    weak, strong = ("medtop:15000000", "topics:url", 0.85), ("medtop:15000000", "topics:text", 0.99)
    assert strongest([weak, strong]) == strongest([strong, weak]) == [strong]


def test_an_article_may_have_several_topics_the_surest_first() -> None:
    found = tags(article(VOTE, categories=["Health"]))
    assert {"topic:politics", "topic:health"} <= set(found)
    sure = [tag.confidence for tag in found.values()]
    assert sure == sorted(sure, reverse=True)


def test_words_give_the_topics_that_the_model_does_not_know() -> None:
    tag = tags(article("Ceasefire in the northern valley, army says"))["topic:conflict-war-and-peace"]
    assert (tag.method, tag.concept) == ("topics:rule", "medtop:16000000")


def test_words_of_war_and_weather_mean_something_else_in_sport() -> None:
    title = "Hurricanes storm into the playoff final as striker scores twice: truce ends in fifth match of the league"
    assert set(tags(article(title))) == {"topic:sport"}


def test_the_body_is_read_where_there_is_one() -> None:
    title, summary = "What happened on Tuesday", "An account."
    assert tags(article(title, summary=summary)) == {}
    assert "topic:sport" in tags(article(title, summary=summary, text=FINAL * 3))


def test_nothing_is_said_of_nothing() -> None:
    assert tags(article("")) == tags(article("Ten minutes of sun a day")) == {}


def test_earlier_tags_stay_and_stand_first() -> None:
    before = Tag(slug="category:news", label="News", method="category")
    one = draft(article(VOTE))
    [found] = STEP.run([replace(one, tags=(before,))])
    assert found.tags[0] == before
    assert len(found.tags) > 1


def test_results_do_not_depend_on_the_batch() -> None:
    drafts = [
        draft(article(VOTE)),
        draft(article("Ein Titel", categories=["Sport"]), "de"),
        draft(article("")),
        draft(article(FINAL, url="https://courier.example/sport/x")),
    ]
    together = list(STEP.run(drafts))
    assert together == [found for each in drafts for found in STEP.run([each])]
    assert together == list(STEP.run(drafts[::-1]))[::-1]
    assert list(STEP.run([])) == []
