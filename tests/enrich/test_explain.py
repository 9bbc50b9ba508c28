"""What each step saw, added, and why: the same as what is published, in words and as JSON."""

import json
from typing import Any

import pytest

from services.contracts.enrichments import Repeat
from services.enrich.assembly import load_pipeline, with_rules
from services.enrich.context import Context
from services.enrich.dates.learned import FeedDates
from services.enrich.explain import explain
from services.enrich.offline import explain_lines
from services.enrich.pipeline import Pipeline
from services.enrich.rules import TagRules
from services.enrich.rules_file import parse_rules
from services.enrich.step_names import STEP_NAMES
from tests.enrich.articles import NOON, article

LINE = json.dumps(
    {"title": "Council approves plan for new tram", "summary": "x" * 500, "language": "fr-FR", "categories": ["Sea"]}
)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load_pipeline()


def test_each_step_gives_an_account_in_order(pipeline: Pipeline) -> None:
    accounts = explain(article("Title"), Context(), pipeline)
    assert [account.step for account in accounts] == list(STEP_NAMES)
    assert {account.step: account.version for account in accounts} == pipeline.enrich([article("Title")])[0].steps


def test_what_is_said_to_be_added_is_what_is_published(pipeline: Pipeline) -> None:
    one = article(
        "Angela Merkel visits Seoul", text="The ferry was late.", categories=["Travel"], published="2026-03-01"
    )
    published = json.loads(pipeline.enrich([one])[0].model_dump_json(exclude_none=True))
    added: dict[str, Any] = {}
    for account in explain(one, Context(), pipeline):
        for name, value in account.added.items():
            added[name] = added.get(name, []) + value if isinstance(value, list) else value
    assert {"times", "language", "words", "reading_seconds", "names", "tags"} <= added.keys()
    for name, value in added.items():
        if name != "tags":
            assert value == published[name], name
    assert {tag["slug"] for tag in published["tags"]} <= {tag["slug"] for tag in added["tags"]}


def test_it_says_what_a_step_saw_and_why_it_decided_so(pipeline: Pipeline) -> None:
    [line] = explain_lines([LINE], pipeline, NOON, as_json=True)
    steps = {account["step"]: account for account in json.loads(line)["steps"]}
    assert steps["language"]["saw"]["language"] == "fr-FR"
    assert steps["language"]["saw"]["summary"].endswith("x… (500 characters)")
    assert "the feed claims fr" in steps["language"]["why"]


def test_topics_times_and_repeats_say_why(pipeline: Pipeline) -> None:
    one = article("Striker scores twice as the home side wins the cup final on penalties")
    earlier = Repeat(id=one.id, likeness=0.9, method="title")
    late = FeedDates(delays=(-120,) * 24)
    why = {account.step: account.why or "" for account in explain(one, Context(earlier, late), pipeline)}
    assert "the words say Sport " in why["topics"]
    assert why["times"] == "the feed's dates are off by +02:00, as 24 polls show"
    assert why["repeats"] == f"90% of its pairs of words, of title, stand in {one.id} too"
    unknown = {account.step: account.why or "" for account in explain(article("1"), Context(), pipeline)}
    assert "only the publisher's sections" in unknown["topics"]
    assert unknown["times"].startswith("by 0 polls")


def test_categories_phrases_and_rules_say_why(pipeline: Pipeline) -> None:
    rules = parse_rules('[[tag]]\nslug = "boats"\nwords = ["ferry"]\nsources = ["paper.example"]\n', "tags.toml")
    changes = parse_rules('forbid = ["category:travel"]', "tags.toml").changes
    renewed = with_rules(pipeline, TagRules.compiled(rules.rules, changes))
    one = article("The night ferry and the lighthouse", categories=["Travel", "Uncategorized"])
    why = {account.step: account.why or "" for account in explain(one, Context(), renewed)}
    assert why["categories"].startswith("a tag for each of 1 categories; left out")
    assert why["categories"].endswith(": 'Uncategorized'")
    assert why["phrases"].startswith("0 names first, then by rarity as in en news: 'lighthouse' ")
    assert why["rules"].startswith("boats since the text has 'ferry'")
    assert why["rules"].endswith("; category:travel is forbidden")
    unknown = {account.step: account.why or "" for account in explain(article("Night"), Context(), renewed)}
    assert unknown["categories"] == "the publisher gives no category"
    assert unknown["rules"] == "none of 1 rules is met"


def test_in_words_a_skipped_step_has_its_reason(pipeline: Pipeline) -> None:
    [text] = explain_lines([LINE], Pipeline(pipeline.steps, frozenset({"names"})), NOON)
    assert text.startswith("Council approves plan for new tram\n  times (version ")
    assert "    skipped: switched off" in text
    assert "    saw language: fr-FR" in text
    assert "{'slug': 'category:sea'" in text


def test_a_line_that_is_no_article_gives_its_reason_in_its_place(pipeline: Pipeline) -> None:
    found = list(explain_lines(["{}", LINE], pipeline, NOON))
    assert found[0].startswith('{"error": {"line": 1')
    assert len(found) == 2
